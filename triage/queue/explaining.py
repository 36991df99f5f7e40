"""Which sentences weighed most, for the page of a case: worked out after the post was read, when there is time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from models.database import execute, fetch_one
from triage.queue.tasks import IN_CONTEXT, post_of
from triage.scales import Severity

if TYPE_CHECKING:
    from triage.posts import Post


class Unexplained(NamedTuple):
    """A flagged post of which nobody has worked out yet what weighed most."""

    assessment_id: int
    post: Post
    severity: Severity
    is_misinformation: bool


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
            RETURNING assessment.id, assessment.severity, assessment.is_misinformation,
                      wanted.title, wanted.body, wanted.parent"""
    )
    if row is None:
        return None
    return Unexplained(row["id"], post_of(row), Severity(row["severity"]), row["is_misinformation"])


async def keep_explanation(assessment_id: int, sentences: list[tuple[int, int, float]]) -> None:
    """Keep which sentences weighed most: where they begin and end, and how far the chance falls without each."""
    await execute(
        "UPDATE assessment SET sentences = $2 WHERE id = $1", assessment_id, msgspec.json.encode(sentences).decode()
    )
