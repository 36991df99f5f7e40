"""Whom the escalation ladder calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.moderation import shifts
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import escalate
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
CRISIS_DUE = 5
"""Minutes after OPENED."""


@pytest.fixture
async def crisis(app: Litestar) -> int:
    """A crisis, flagged when the clock stands at OPENED."""
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"), at=OPENED)
    return await flag_post(thread.post_id, Severity.CRISIS, at=OPENED)


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
