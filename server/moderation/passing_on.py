"""What a case that somebody passed on says to others, and who hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from models.database import fetch, fetch_one, transaction
from server.moderation.alerting import on_call_for
from server.notices.sentences import CASE_DECIDED, CASE_GIVEN, CASE_TODAY
from server.notices.service import tell_of_case
from triage.queue.audit import record
from triage.queue.cases import reasons_from
from triage.queue.claims import assign
from triage.queue.handing import SECOND_OPINION


class OnCallFor(StrEnum):
    """How soon on-call should come to an escalated case."""

    NOW = "now"
    TODAY = "today"

    @property
    def within(self) -> timedelta:
        """After so long they are called, again and again, until somebody comes."""
        return timedelta(hours=8) if self is OnCallFor.TODAY else timedelta()


ON_CALL_CHOICES: dict[OnCallFor, tuple[str, str]] = {
    OnCallFor.NOW: ("Now", "A life may be at risk: they are called at once, until somebody comes."),
    OnCallFor.TODAY: ("Today", "They are told, and called in eight hours if nobody has come."),
}
"""What each says beside its button, and a hint."""


NOT_FOR_COLLEAGUE = "This colleague cannot be given this case. Please choose somebody else."


def escalated_for(escalated_at: datetime | None, on_call_by: datetime | None) -> OnCallFor | None:
    """Tell from a case's columns how soon on-call was wanted; ``None`` where it was not escalated."""
    if escalated_at is None:
        return None
    return OnCallFor.NOW if on_call_by is None or on_call_by <= escalated_at else OnCallFor.TODAY


async def give(case_id: int, moderator_id: int, handle: str, *, at: datetime) -> bool:
    """Give a case to a named colleague and tell them; False where it cannot be given to them."""
    async with transaction():
        colleague = await assign(case_id, moderator_id, handle, at=at)
        if colleague is None:
            return False
        await tell_of_case([colleague], CASE_GIVEN, case_id, at=at)
        await record("assign", f"case:{case_id}", actor=moderator_id, at=at, detail={"to": colleague})
    return True


async def is_given(case_id: int, moderator_id: int, handle: str) -> bool:
    """Tell whether a case that a moderator had lies with this colleague by name."""
    row = await fetch_one(
        """SELECT 1 FROM moderation_case JOIN member ON member.id = assigned_to
           JOIN case_seen ON case_seen."case" = moderation_case.id AND case_seen.moderator = $2
           WHERE moderation_case.id = $1 AND closed_at IS NULL AND member.handle_key = lower($3)""",
        case_id,
        moderator_id,
        handle,
    )
    return row is not None


async def tell_on_call(case_id: int, *, at: datetime) -> None:
    """Tell on-call, inside Kith alone, that they are wanted today."""
    await tell_of_case(await on_call_for(case_id), CASE_TODAY, case_id, at=at)


async def tell_askers(case_id: int, decided_by: int, *, at: datetime) -> None:
    """Tell whoever asked for a second opinion that the case was decided: a link, nothing more."""
    case = await fetch_one("SELECT reasons FROM moderation_case WHERE id = $1", case_id)
    asked = {int(reason.detail) for reason in reasons_from(case["reasons"]) if reason.kind == SECOND_OPINION}
    if asked:
        rows = await fetch(
            "SELECT id FROM member WHERE id = ANY($1) AND id <> $2 AND role <> 'member'", list(asked), decided_by
        )
        await tell_of_case([row["id"] for row in rows], CASE_DECIDED, case_id, at=at)
