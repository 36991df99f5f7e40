"""Many cases at once: near-duplicates and raids. Each is a decision of its own: told, appealed and undone by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, transaction
from server.errors import KithError
from server.moderation.deciding import decide
from server.moderation.queue import FlaggedPost
from triage.queue import claims
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.forms import DecisionForm

ALIKE = 0.5
"""Trigram similarity from which on two posts count as near-duplicates."""
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Alike(FlaggedPost):
    """An open case whose post is much like another's."""

    id: int
    author: str | None
    revision: int


async def find_alike(case_id: int, moderator_id: int, *, at: datetime) -> list[Alike]:
    """Return the case and the open, free ones like it, the most alike first; none whose post is the moderator's own."""
    rows = await fetch(
        f"""SELECT moderation_case.id, member.handle AS author, post.body, moderation_case.severity, post.revision,
                   moderation_case.is_misinformation, moderation_case.topics
            FROM moderation_case JOIN post ON post.id = moderation_case.post
            LEFT JOIN member ON member.id = post.author
            CROSS JOIN (SELECT post.body FROM moderation_case JOIN post ON post.id = moderation_case.post
                        WHERE moderation_case.id = $1) AS this
            WHERE moderation_case.closed_at IS NULL AND post.author IS DISTINCT FROM $2
              AND (moderation_case.claimed_by IS NULL OR moderation_case.claimed_by = $2
                   OR moderation_case.claimed_until < $3)
              AND (moderation_case.id = $1 OR similarity(post.body, this.body) >= {ALIKE})
            ORDER BY moderation_case.id <> $1, similarity(post.body, this.body) DESC LIMIT {MOST_AT_ONCE}""",
        case_id,
        moderator_id,
        at,
    )
    return [
        Alike(
            body=row["body"],
            severity=Severity(row["severity"]),
            is_misinformation=row["is_misinformation"],
            topics=row["topics"],
            id=row["id"],
            author=row["author"],
            revision=row["revision"],
        )
        for row in rows
    ]


async def decide_all(cases: dict[int, int], moderator_id: int, form: DecisionForm, *, at: datetime) -> tuple[int, int]:
    """Decide cases (id to the revision seen) in the same way; return how many were decided, and how many were not.

    What a colleague has, what was changed or closed meanwhile, is left alone.
    """
    decided = 0
    for case_id, revision in list(cases.items())[:MOST_AT_ONCE]:
        if await claims.claim(case_id, moderator_id, at=at) is None:
            continue
        try:
            await decide(case_id, moderator_id, form.for_revision(revision), at=at)
            decided += 1
        except KithError:
            async with transaction():
                freed = await claims.free_all_of(moderator_id)
                await claims.record_freed(freed, moderator_id, claims.Freed.NOT_DECIDED, at=at)
    return decided, len(cases) - decided
