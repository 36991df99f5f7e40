"""Meeting the author of an urgent post at once: a notice that shows as a panel with help until it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from server.clock import to_the_hour
from triage.rules.screen import ENCOURAGEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from triage.assessment import Reason

KIND = "support"
"""Of the notice."""


def may_be_about_author(reasons: Iterable[Reason]) -> bool:
    """Tell whether what makes a post urgent may be its author's own need.

    It is not where the rules found only that the post pushes somebody else on: the model cannot tell these two apart.
    """
    rules = [reason.detail for reason in reasons if reason.kind == "rule"]
    return not rules or any(not rule.startswith(ENCOURAGEMENT) for rule in rules)


async def offer_support(author_id: int, post_id: int, *, at: datetime) -> None:
    """Offer help to the author of a post, once for what it says now; the caller's transaction holds the post.

    An offer that is still open is not made again, and the author alone makes a new text: what a moderator blacks out
    or puts back is none.
    """
    await execute(
        """INSERT INTO notice (member, kind, post, detail, created_at)
           SELECT $1, 'support', post.id, '', $3 FROM post
           WHERE post.id = $2 AND NOT EXISTS (
             SELECT 1 FROM notice WHERE member = $1 AND notice.post = post.id AND kind = 'support'
               AND (read_at IS NULL OR notice.created_at >= coalesce(post.edited_at, post.created_at)))""",
        author_id,
        post_id,
        at,
    )


async def close_support(member_id: int, *, up_to: int, at: datetime) -> None:
    """Close the panel: what it offered counts as read, and no offer that came after ``up_to``."""
    await execute(
        "UPDATE notice SET read_at = $3 WHERE member = $1 AND kind = 'support' AND read_at IS NULL AND id <= $2",
        member_id,
        up_to,
        to_the_hour(at),
    )


async def is_support_offered(member_id: int) -> bool:
    """Tell whether a member has an open offer."""
    row = await fetch_one(
        "SELECT 1 FROM notice WHERE member = $1 AND kind = 'support' AND read_at IS NULL LIMIT 1", member_id
    )
    return row is not None
