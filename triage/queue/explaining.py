"""What the page of a case shows beside the assessment: worked out after the post was read, when there is time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from models.database import execute, fetch_one
from triage.queue.tasks import IN_CONTEXT, post_of
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from triage.posts import Post


MEANING_KEPT_FOR = timedelta(days=1)
"""After its case was closed: until then a decision may be taken back."""


class Unexplained(NamedTuple):
    """A flagged post of which nobody has worked out yet what weighed most."""

    assessment_id: int
    post: Post
    severity: Severity
    is_misinformation: bool
    model: str
    """Which model assessed it."""
    has_meaning: bool


async def take_unexplained() -> Unexplained | None:
    """Take the most urgent open case whose sentences were not weighed yet; it is taken once, whatever comes of it."""
    row = await fetch_one(
        f"""UPDATE assessment SET sentences = '[]' FROM (
              SELECT assessment.id, written.* FROM moderation_case
              JOIN assessment ON assessment.post = moderation_case.post
              JOIN LATERAL ({IN_CONTEXT} WHERE post.id = assessment.post) AS written
                   ON written.newest = assessment.revision
              WHERE moderation_case.closed_at IS NULL AND assessment.sentences IS NULL
              ORDER BY moderation_case.severity DESC, moderation_case.id LIMIT 1) AS wanted
            WHERE assessment.id = wanted.id AND assessment.sentences IS NULL
            RETURNING assessment.id, assessment.severity, assessment.is_misinformation, assessment.model,
                      assessment.meaning IS NOT NULL AS has_meaning, wanted.title, wanted.body, wanted.parent"""
    )
    if row is None:
        return None
    return Unexplained(
        row["id"], post_of(row), Severity(row["severity"]), row["is_misinformation"], row["model"], row["has_meaning"]
    )


async def keep_explanation(assessment_id: int, sentences: list[tuple[int, int, float]]) -> None:
    """Keep which sentences weighed most: where they begin and end, and how far the chance falls without each."""
    await execute(
        "UPDATE assessment SET sentences = $2 WHERE id = $1", assessment_id, msgspec.json.encode(sentences).decode()
    )


async def keep_meaning(assessment_id: int, meaning: bytes) -> None:
    """Keep what the post of a case means, where its assessment alone gave it none: members reported it."""
    await execute("UPDATE assessment SET meaning = $2 WHERE id = $1", assessment_id, meaning)


async def forget_meanings(*, now: datetime) -> None:
    """Forget what posts mean whose case is over, or that say something else by now: nothing is suggested for them."""
    await execute(
        """UPDATE assessment SET meaning = NULL FROM post
           WHERE post.id = assessment.post AND assessment.meaning IS NOT NULL
             AND (post.revision <> assessment.revision
                  OR NOT EXISTS (SELECT 1 FROM moderation_case
                                 WHERE moderation_case.post = post.id AND coalesce(closed_at > $1, true)))""",
        now - MEANING_KEPT_FOR,
    )
