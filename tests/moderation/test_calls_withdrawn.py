"""What asks people to come to a case is gone from their notices once somebody has it, or it is closed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.forum.taking_down import delete_post
from server.members.erasure import erase_member
from server.moderation import shifts
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import ask_second_opinion, decide, escalate
from server.moderation.forms import DecisionForm
from server.moderation.passing_on import OnCallFor, give
from server.notices.sentences import CALL_TO_CASE, CASE_DECIDED, CASE_GIVEN
from server.notices.service import tell_of_case
from tests.support.beside import amid_a_transaction
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.claims import claim, claim_next
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

NOBODY_HAS_COME = "nobody has come yet"
LEAVE = DecisionForm(revision=1)


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def waiting_case(app: Litestar, thread: Written, severity: Severity = Severity.CRISIS) -> int:
    """Flag the post two days ago, and have everybody called to it."""
    case_id = await flag_post(thread.post_id, severity, at=now() - timedelta(days=2))
    assert await raise_alerts(app.state.settings, app.state.redis, at=now())
    return case_id


async def kinds_for(person: Person) -> list[str]:
    """Return what the unread notices of somebody are about."""
    return [row["kind"] for row in await fetch("SELECT kind FROM notice WHERE member = $1", person.id)]


@pytest.mark.parametrize("way", ["chosen", "handed over"])
async def test_call_is_gone_for_everybody_once_somebody_has_the_case(
    app: Litestar, client: httpx.AsyncClient, thread: Written, moderator: Person, second: Person, way: str
) -> None:
    for person in (moderator, second):
        await shifts.start(person.id, at=now())
    case_id = await waiting_case(app, thread)
    assert NOBODY_HAS_COME in (await client.get("/notices")).text

    taken = claim(case_id, second.id, at=now()) if way == "chosen" else claim_next(second.id, at=now())
    assert await taken

    assert NOBODY_HAS_COME not in (await client.get("/notices")).text


async def test_calls_to_other_cases_and_those_that_were_read_stay(
    app: Litestar, thread: Written, author: Person, first: Person
) -> None:
    await shifts.start(first.id, at=now())
    case_id = await waiting_case(app, thread)
    await execute("UPDATE notice SET read_at = $1", now())
    await waiting_case(app, await a_thread(await a_board("calm-place"), author))

    assert await claim(case_id, first.id, at=now())

    assert await kinds_for(first) == ["case-overdue"] * 2


async def test_what_is_given_or_wanted_today_is_asked_for_until_the_case_is_closed(
    app: Litestar, thread: Written, author: Person, first: Person, second: Person
) -> None:
    clinician = await a_member("wise-crane-3", role="clinician")
    case_id = await flag_post(thread.post_id, Severity.RED)
    assert await claim(case_id, first.id, at=now())
    await escalate(case_id, first.id, wanted=OnCallFor.TODAY, at=now())
    assert await claim(case_id, second.id, at=now())
    assert await give(case_id, second.id, clinician.handle, at=now())
    assert await claim(case_id, clinician.id, at=now())
    assert await kinds_for(clinician) == ["case-today", "case-given"]

    await decide(case_id, clinician.id, LEAVE, at=now())

    assert await kinds_for(clinician) == []


async def test_whoever_asked_for_a_second_opinion_still_hears_of_the_decision(
    thread: Written, first: Person, second: Person
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, first.id, at=now())
    await ask_second_opinion(case_id, first.id, at=now())
    assert await claim(case_id, second.id, at=now())

    await decide(case_id, second.id, LEAVE, at=now())

    assert await kinds_for(first) == ["case-decided"]


@pytest.mark.parametrize("how", ["taken down", "erased"])
async def test_call_is_gone_with_what_it_was_about(
    app: Litestar, thread: Written, author: Person, first: Person, how: str
) -> None:
    await shifts.start(first.id, at=now())
    await waiting_case(app, thread, Severity.AMBER)
    assert await kinds_for(first) == ["case-overdue"]

    if how == "taken down":
        await delete_post(thread.post_id, author.id, at=now())
    else:
        await erase_member(app.state.redis, author.id, at=now())

    assert await kinds_for(first) == []


async def test_whoever_is_just_reading_their_notices_keeps_nobody_waiting(
    app: Litestar, thread: Written, first: Person
) -> None:
    await shifts.start(first.id, at=now())
    case_id = await waiting_case(app, thread)

    async with amid_a_transaction(lambda: execute("UPDATE notice SET read_at = $1", now())):
        assert await asyncio.wait_for(claim(case_id, first.id, at=now()), 15)


async def test_calls_to_cases_that_were_closed_before_are_withdrawn_once(
    app: Litestar, thread: Written, author: Person, first: Person
) -> None:
    await shifts.start(first.id, at=now())
    closed = await waiting_case(app, thread)
    waiting = await waiting_case(app, await a_thread(await a_board("calm-place"), author))
    await execute("UPDATE moderation_case SET closed_at = $2 WHERE id = $1", closed, now())
    await tell_of_case([first.id], CASE_GIVEN, waiting + 1, at=now())
    await tell_of_case([first.id], CASE_DECIDED, closed, at=now())

    await execute(import_module("models.piccolo_migrations.kith_2026_11_30t20_22_00_000000").WITHDRAW)

    notices = await fetch("SELECT kind, detail FROM notice WHERE member = $1 ORDER BY id", first.id)
    assert [tuple(row) for row in notices] == [(CALL_TO_CASE, str(waiting)), (CASE_DECIDED, str(closed))]
