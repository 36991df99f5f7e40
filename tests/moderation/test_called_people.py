"""Whom the escalation ladder calls, how often to what can wait, and for how long its rows are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server import housekeeping
from server.moderation import shifts
from server.moderation.alerting import ALERTS_KEPT_FOR, acknowledge, raise_alerts
from server.moderation.deciding import decide, escalate
from server.moderation.forms import DecisionForm
from server.moderation.passing_on import OnCallFor
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.claims import claim, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

OPENED = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CRISIS_DUE, AMBER_DUE = 5, 24 * 60
"""Minutes after OPENED."""


async def a_case(severity: Severity = Severity.CRISIS, *, author: str = "quiet-otter-41") -> int:
    thread = await a_thread(await a_board(author), await a_member(author), at=OPENED)
    return await flag_post(thread.post_id, severity, at=OPENED)


@pytest.fixture
async def crisis(app: Litestar) -> int:
    """A crisis, flagged when the clock stands at OPENED."""
    return await a_case()


@pytest.fixture
async def owl(app: Litestar) -> Person:
    return await on_shift("calm-owl-1")


@pytest.fixture
async def clinician(app: Litestar) -> Person:
    return await a_member("wise-crane-3", role="clinician")


@pytest.fixture
async def admin(app: Litestar) -> Person:
    return await a_member("steady-heron-20", role="admin")


async def on_shift(handle: str, role: str = "moderator") -> Person:
    person = await a_member(handle, role=role)
    await shifts.start(person.id, at=OPENED - MINUTE)
    return person


async def passes(case_id: int, person: Person, minute: float) -> None:
    """Have somebody take a case and press "Not this one"."""
    assert await claim(case_id, person.id, at=OPENED + minute * MINUTE)
    assert await hand_back(case_id, person.id, at=OPENED + minute * MINUTE)


async def called_at(app: Litestar, minute: float) -> set[str]:
    """Let the worker look once; return the handles of those whom it calls now."""
    await execute("DELETE FROM notice")
    await raise_alerts(app.state.settings, app.state.redis, at=OPENED + minute * MINUTE)
    rows = await fetch(
        "SELECT handle FROM notice JOIN member ON member.id = notice.member WHERE notice.kind = 'case-overdue'"
    )
    handles = [row["handle"] for row in rows]
    assert len(handles) == len(set(handles)), "nobody is told twice"
    return set(handles)


async def test_who_is_alone_on_shift_and_handed_it_back_is_not_called_and_on_call_does_not_wait(
    app: Litestar, crisis: int, owl: Person, clinician: Person
) -> None:
    await passes(crisis, owl, 1)

    assert await called_at(app, CRISIS_DUE) == {clinician.handle}


async def test_colleague_on_shift_is_called_where_another_handed_it_back(
    app: Litestar, crisis: int, owl: Person, clinician: Person
) -> None:
    colleague = await on_shift("calm-owl-2")
    await passes(crisis, owl, 1)

    assert await called_at(app, CRISIS_DUE) == {colleague.handle}


async def test_on_call_comes_at_once_when_the_last_one_on_shift_hands_it_back(
    app: Litestar, crisis: int, owl: Person, clinician: Person
) -> None:
    assert await called_at(app, CRISIS_DUE) == {owl.handle}
    await passes(crisis, owl, CRISIS_DUE + 1)

    assert await called_at(app, CRISIS_DUE + 2) == {clinician.handle}


async def test_another_clinician_is_called_where_one_handed_it_back(
    app: Litestar, crisis: int, clinician: Person, admin: Person
) -> None:
    second = await a_member("wise-crane-4", role="clinician")
    await passes(crisis, clinician, 1)

    assert await called_at(app, CRISIS_DUE) == {second.handle}


async def test_admins_are_called_where_every_clinician_handed_it_back(
    app: Litestar, crisis: int, clinician: Person, admin: Person
) -> None:
    await passes(crisis, clinician, 1)

    assert await called_at(app, CRISIS_DUE) == {admin.handle}


async def test_who_handed_it_back_is_called_where_nobody_else_is_left(
    app: Litestar, crisis: int, clinician: Person
) -> None:
    await passes(crisis, clinician, 1)

    assert await called_at(app, CRISIS_DUE) == {clinician.handle}


async def test_from_the_fourth_call_on_admins_are_called_too(
    app: Litestar, crisis: int, owl: Person, clinician: Person, admin: Person
) -> None:
    assert [await called_at(app, CRISIS_DUE + minute) for minute in (0, 5, 15, 25, 35)] == [
        {owl.handle},
        {clinician.handle},
        {clinician.handle},
        {clinician.handle, admin.handle},
        {clinician.handle, admin.handle},
    ]


async def test_escalated_case_reaches_those_on_shift_and_on_call_in_its_first_step(
    app: Litestar, crisis: int, owl: Person, clinician: Person
) -> None:
    colleague = await on_shift("calm-owl-2")
    clinician_on_shift = await on_shift("wise-crane-4", role="clinician")
    await claim(crisis, owl.id, at=OPENED + MINUTE)
    await escalate(crisis, owl.id, at=OPENED + 2 * MINUTE)

    assert await called_at(app, 2) == {colleague.handle, clinician.handle, clinician_on_shift.handle}
    assert await called_at(app, 12) == {clinician.handle, clinician_on_shift.handle}


async def test_clinician_who_escalates_is_not_called_to_it(
    app: Litestar, crisis: int, owl: Person, clinician: Person, admin: Person
) -> None:
    await claim(crisis, clinician.id, at=OPENED + MINUTE)
    await escalate(crisis, clinician.id, at=OPENED + 2 * MINUTE)

    assert await called_at(app, 2) == {owl.handle, admin.handle}


async def test_those_on_shift_are_called_on_where_no_other_than_the_clinician_who_escalated_is_on_call(
    app: Litestar, crisis: int, owl: Person, clinician: Person
) -> None:
    await claim(crisis, clinician.id, at=OPENED + MINUTE)
    await escalate(crisis, clinician.id, at=OPENED + 2 * MINUTE)

    assert [await called_at(app, minute) for minute in (2, 12)] == [{owl.handle}] * 2


async def test_clinician_who_escalates_for_today_is_not_told_of_it(
    app: Litestar, crisis: int, clinician: Person, admin: Person
) -> None:
    await claim(crisis, clinician.id, at=OPENED + MINUTE)
    await escalate(crisis, clinician.id, why="They can wait.", wanted=OnCallFor.TODAY, at=OPENED + 2 * MINUTE)

    assert [row["member"] for row in await fetch("SELECT member FROM notice WHERE kind = 'case-today'")] == [admin.id]


async def calls_of(app: Litestar, due: int, minutes: list[int]) -> list[int]:
    """Look at each of these minutes after the deadline and at the one before; return at which of them was called."""
    for minute in minutes:
        for looked in (minute - 1, minute):
            await raise_alerts(app.state.settings, app.state.redis, at=OPENED + (due + looked) * MINUTE)
    return [
        round((row["sent_at"] - OPENED) / MINUTE) - due
        for row in await fetch("SELECT sent_at FROM alert ORDER BY sent_at")
    ]


async def test_what_can_wait_is_called_out_less_and_less_often_down_to_once_a_day(app: Litestar, owl: Person) -> None:
    await a_case(Severity.AMBER)
    day = 24 * 60
    minutes = [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 2555 + day, 2555 + 2 * day]

    assert await calls_of(app, AMBER_DUE, minutes) == minutes
    assert len(await fetch("SELECT 1 FROM audit_entry WHERE act = 'call'")) == len(minutes)


async def test_urgent_case_keeps_its_rhythm(app: Litestar, crisis: int, owl: Person) -> None:
    minutes = [0, *range(5, 300, 10)]

    assert await calls_of(app, CRISIS_DUE, minutes) == minutes


async def test_what_becomes_urgent_is_called_out_often_again(app: Litestar, owl: Person, clinician: Person) -> None:
    case_id = await a_case(Severity.AMBER)
    await calls_of(app, AMBER_DUE, [0, 5, 15, 35, 75, 155, 315, 635])
    [case] = await fetch("SELECT post FROM moderation_case WHERE id = $1", case_id)
    await flag_post(case["post"], Severity.CRISIS, at=OPENED + (AMBER_DUE + 640) * MINUTE)

    assert [await called_at(app, AMBER_DUE + minute) for minute in (645, 646, 655)] == [
        {clinician.handle}, set(), {clinician.handle},
    ]  # fmt: skip


async def test_calls_to_what_can_wait_end_with_an_acknowledgement_and_begin_anew(app: Litestar, owl: Person) -> None:
    case_id = await a_case(Severity.AMBER)
    minutes = [0, 5, 15, 35, 75]
    await calls_of(app, AMBER_DUE, minutes)
    await acknowledge(case_id, owl.id, at=OPENED + (AMBER_DUE + 80) * MINUTE)

    assert await calls_of(app, AMBER_DUE, [95, 100, 110, 130]) == [*minutes, 95, 100, 110, 130]


async def test_calls_to_a_case_are_forgotten_some_days_after_it_was_closed(
    app: Litestar, crisis: int, owl: Person
) -> None:
    waiting = await a_case(author="quiet-otter-42")
    assert await raise_alerts(app.state.settings, app.state.redis, at=OPENED + CRISIS_DUE * MINUTE) == 2
    closed_at = OPENED + (CRISIS_DUE + 2) * MINUTE
    await claim(crisis, owl.id, at=closed_at)
    await decide(crisis, owl.id, DecisionForm(revision=1), at=closed_at)

    await housekeeping.run_all(now=closed_at + ALERTS_KEPT_FOR)
    assert await called_cases() == [crisis, waiting]
    await housekeeping.run_all(now=closed_at + ALERTS_KEPT_FOR + MINUTE)
    assert await called_cases() == [waiting]


async def called_cases() -> list[int]:
    return [row["case"] for row in await fetch('SELECT DISTINCT "case" FROM alert ORDER BY "case"')]
