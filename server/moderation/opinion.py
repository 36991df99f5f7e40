"""The classifier's opinion, kept from a moderator who wants to judge first, and whether they had seen it.

What they had seen is derived from what the server showed: a judgement counts as made first only for a post that was
written after the moderator chose so, and whose opinion no page has shown them since.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.database import execute, execute_lightly, fetch_one
from server.moderation.cases import CaseView, Marked
from triage.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

OPINION_KINDS = frozenset({"model", "near-threshold", "myth", "deadly"})
"""Reasons that come from the classifier; rules, reports and the author's appeal are none of its opinion."""


async def judges_first(moderator_id: int) -> bool:
    """Tell whether a moderator wants to judge before they see what the classifier says."""
    row = await fetch_one("SELECT judges_first_since IS NOT NULL AS chosen FROM member WHERE id = $1", moderator_id)
    return bool(row["chosen"])


async def set_judges_first(moderator_id: int, *, wanted: bool, at: datetime) -> None:
    """Keep a moderator's choice; it counts from the moment at which it was first made."""
    await execute(
        "UPDATE member SET judges_first_since = CASE WHEN $2 THEN coalesce(judges_first_since, $3) END WHERE id = $1",
        moderator_id,
        wanted,
        at,
    )


async def may_show_opinion(case: CaseView, moderator_id: int, *, is_asked_for: bool, at: datetime) -> bool:
    """Tell whether the page of a case shows the opinion, and note for one who judges first that it was shown."""
    if not await judges_first(moderator_id):
        return True
    has_seen = await fetch_one(
        "SELECT 1 FROM opinion_shown WHERE post = $1 AND moderator = $2", case.post_id, moderator_id
    )
    if has_seen or is_asked_for or case.closed_at is not None:
        # The chart of the author's posts says how each of them was read.
        await _note_shown({case.post_id, *(past.id for past in case.author_posts)}, moderator_id, at=at)
        return True
    return False


async def _note_shown(post_ids: Iterable[int], moderator_id: int, *, at: datetime) -> None:
    await execute_lightly(
        """INSERT INTO opinion_shown (post, moderator, shown_at)
           SELECT id, $2, $3 FROM post WHERE id = ANY($1) ON CONFLICT (post, moderator) DO NOTHING""",
        sorted(post_ids),
        moderator_id,
        at,
    )


async def had_seen_opinion(decision_id: int) -> bool:
    """Tell whether whoever decided had seen, or may have seen, what the classifier says of the post."""
    row = await fetch_one(
        """SELECT coalesce(post.created_at >= member.judges_first_since, false)
                  AND NOT EXISTS (SELECT 1 FROM opinion_shown
                                  WHERE opinion_shown.post = post.id AND opinion_shown.moderator = member.id)
                  AS judged_first
           FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
           JOIN post ON post.id = moderation_case.post JOIN member ON member.id = decision.moderator
           WHERE decision.id = $1""",
        decision_id,
    )
    return not row["judged_first"]


def without_opinion(case: CaseView) -> CaseView:
    """Return a case without what the classifier says of it; its severity and deadline are left to the page to hide."""
    return replace(
        case,
        reasons=tuple(reason for reason in case.reasons if reason.kind not in OPINION_KINDS),
        is_misinformation=False,
        scores=None,
        model="",
        pieces=[Marked(case.body, weighed=False)],
        is_title_weighed=False,
        is_note_weighed=False,
        summary=summarise(case.body),
        myth=None,
    )
