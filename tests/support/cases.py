"""Cases in tests: flagged through the same services as in life, claimed and decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import fetch, fetch_one, transaction
from server.clock import now
from server.moderation.deciding import decide
from triage.assessment import Assessment, Reason, Route
from triage.classifier import assess_unread
from triage.policy import TriagePolicy
from triage.queue.cases import Flag, raise_case
from triage.queue.claims import claim
from triage.queue.tasks import MOST_ATTEMPTS, Effect, Task, give_up
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.forms import DecisionForm
    from tests.support.people import Person

POLICY = TriagePolicy()


async def flag_post(
    post_id: int, severity: Severity = Severity.AMBER, *, at: datetime | None = None, policy: TriagePolicy = POLICY
) -> int:
    """Open the case of a post, or raise it, and return its id."""
    reason = Reason("model", severity.label, "The classifier flags it.")
    async with transaction():
        post = await fetch_one("SELECT revision FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id)
        flag = Flag(post_id=post_id, revision=post["revision"], severity=severity, reasons=(reason,))
        return await raise_case(flag, policy, at=at or now())


async def decided(post_id: int, moderator: Person, form: DecisionForm, *, at: datetime | None = None) -> int:
    """Flag a post, and have a moderator take and decide its case; return the decision."""
    case_id = await flag_post(post_id, at=at)
    assert await claim(case_id, moderator.id, at=at or now())
    return await decide(case_id, moderator.id, form, at=at or now())


async def give_up_for_good(task: Task) -> Effect | None:
    """Hand a post to people that could not be read once too often."""
    unread = assess_unread(task.post, "test")
    return await give_up(task._replace(attempts=MOST_ATTEMPTS), "ModelFailed", unread, at=now())


async def open_cases() -> list[dict[str, object]]:
    """Return the open cases by id."""
    return [dict(row) for row in await fetch("SELECT * FROM moderation_case WHERE closed_at IS NULL ORDER BY id")]


def an_assessment(
    severity: Severity = Severity.GREEN, *, route: Route = Route.PUBLISH, meaning: bytes = b""
) -> Assessment:
    """Return what a classifier might say."""
    needs_review = severity > Severity.GREEN or route is not Route.PUBLISH
    scores = tuple(1.0 if level is severity else 0.0 for level in Severity)
    return Assessment(
        severity=severity,
        scores=scores,  # type: ignore[arg-type]
        urgent=float(severity.is_urgent),
        misinformation=0.0,
        is_misinformation=False,
        myth=None,
        needs_review=needs_review,
        route=route,
        reasons=(Reason("model", severity.label, "The classifier flags it."),) if needs_review else (),
        model="test",
        meaning=meaning,
    )
