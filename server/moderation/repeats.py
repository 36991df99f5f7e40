"""The same button pressed twice, or a form sent again on a slow line: what a moderator did a moment ago.

It is answered as the first time, not told as something that failed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from models.database import fetch_one
from server.moderation.deciding import digest_of, question_of
from server.moderation.passing_on import escalated_for
from triage.queue.cases import reasons_from

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.forms import DecisionForm

A_MOMENT = timedelta(minutes=10)


class Done(NamedTuple):
    """What a button did; ``decision`` is ``None`` where the case was passed on."""

    decision: int | None = None


async def find_done(act: str, case_id: int, moderator_id: int, form: DecisionForm, *, at: datetime) -> Done | None:
    """Return what a moderator who does not have the case any more did with this very form a moment ago, if anything."""
    if act == "decide":
        decision = await find_decision(case_id, moderator_id, form, at=at)
        return None if decision is None else Done(decision)
    case = await fetch_one(
        """SELECT escalated_at, on_call_by, escalation, reasons FROM moderation_case
           WHERE id = $1 AND (closed_at IS NULL OR closed_at > $3)
             AND EXISTS (SELECT 1 FROM case_pass WHERE "case" = $1 AND moderator = $2)""",
        case_id,
        moderator_id,
        at - A_MOMENT,
    )
    if case is None:
        return None
    if act == "escalate":
        is_new = case["escalated_at"] is not None and case["escalated_at"] > at - A_MOMENT
        said = (case["escalation"], escalated_for(case["escalated_at"], case["on_call_by"]))
        return Done() if is_new and said == (form.escalate_why, form.escalate_for) else None
    return Done() if question_of(moderator_id, form.question) in reasons_from(case["reasons"]) else None


async def find_decision(case_id: int, moderator_id: int, *forms: DecisionForm, at: datetime) -> int | None:
    """Return the decision that a moderator made a moment ago with one of these very forms, if any."""
    row = await fetch_one(
        """SELECT id FROM decision
           WHERE "case" = $1 AND moderator = $2 AND decided_at > $3 AND undone_at IS NULL
             AND before ->> 'form' = ANY($4)
           ORDER BY id DESC LIMIT 1""",
        case_id,
        moderator_id,
        at - A_MOMENT,
        [digest_of(form) for form in forms],
    )
    return None if row is None else int(row["id"])
