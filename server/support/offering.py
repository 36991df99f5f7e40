"""Meeting the author of an urgent post at once: a notice that shows as a panel with help until it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute, fetch_one

if TYPE_CHECKING:
    from datetime import datetime

KIND = "support"
"""Of the notice."""


async def offer_support(author_id: int, post_id: int, *, at: datetime) -> None:
    """Offer help to the author of a post, once; the caller's transaction holds the post."""
    await execute(
        """INSERT INTO notice (member, kind, post, detail, created_at)
           SELECT $1, 'support', $2, '', $3
           WHERE NOT EXISTS (SELECT 1 FROM notice WHERE member = $1 AND post = $2 AND kind = 'support')""",
        author_id,
        post_id,
        at,
    )


async def close_support(member_id: int, *, at: datetime) -> None:
    """Close the panel: what it offered counts as read."""
    await execute(
        "UPDATE notice SET read_at = $2 WHERE member = $1 AND kind = 'support' AND read_at IS NULL", member_id, at
    )


async def is_support_offered(member_id: int) -> bool:
    """Tell whether a member has an open offer."""
    row = await fetch_one(
        "SELECT 1 FROM notice WHERE member = $1 AND kind = 'support' AND read_at IS NULL LIMIT 1", member_id
    )
    return row is not None
