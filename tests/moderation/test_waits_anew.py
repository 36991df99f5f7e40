"""How long the first look takes is told from when a post became urgent, by who was really there then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from server.admin.promises import promises_kept
from server.clock import now
from server.moderation import shifts
from server.moderation.deciding import escalate
from server.moderation.passing_on import OnCallFor
from server.moderation.presence import ENOUGH_CASES, minutes_alone, usual_minutes
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from triage.queue.claims import claim, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from litestar import Litestar

    from server.admin.promises import Promise
    from tests.support.people import Person

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


async def looked_at(case_id: int, moderator: Person, *, at: datetime) -> None:
    assert await claim(case_id, moderator.id, at=at)
    assert await hand_back(case_id, moderator.id, at=at + MINUTE)


async def promise_of(severity: Severity) -> Promise:
    [found] = [promise for promise in await promises_kept(now=now()) if promise.severity is severity]
    return found


@pytest.mark.parametrize("minutes", [3, 300])
async def test_what_becomes_a_crisis_after_somebody_looked_waits_for_a_look_at_the_crisis(
    board: BoardInTest, author: Person, first: Person, second: Person, minutes: int
) -> None:
    opened = now() - timedelta(days=1)
    post_id = (await a_thread(board, author, at=opened)).post_id
    await looked_at(await flag_post(post_id, at=opened), first, at=opened + HOUR)
    case_id = await flag_post(post_id, Severity.CRISIS, at=opened + 10 * HOUR)

    before = await promise_of(Severity.CRISIS)
    await looked_at(case_id, second, at=opened + 10 * HOUR + minutes * MINUTE)
    after = await promise_of(Severity.CRISIS)

    assert (before.cases, before.looked_at, before.in_time) == (1, 0, 0)
    assert (after.cases, after.looked_at, after.in_time) == (1, 1, minutes == 3)
    assert after.median_seconds == minutes * 60


async def test_red_post_that_nobody_looked_at_before_it_became_a_crisis_waits_since_it_was_red(
    board: BoardInTest, author: Person, first: Person
) -> None:
    opened = now() - timedelta(days=1)
    post_id = (await a_thread(board, author, at=opened)).post_id
    await flag_post(post_id, Severity.RED, at=opened)
    case_id = await flag_post(post_id, Severity.CRISIS, at=opened + 3 * HOUR)

    await looked_at(case_id, first, at=opened + 3 * HOUR + MINUTE)

    crisis = await promise_of(Severity.CRISIS)
    assert (crisis.in_time, crisis.median_seconds) == (0, 181 * 60)


async def test_whoever_has_the_case_when_it_becomes_urgent_is_there_at_once(
    board: BoardInTest, author: Person, first: Person
) -> None:
    opened = now() - HOUR
    post_id = (await a_thread(board, author, at=opened)).post_id
    assert await claim(await flag_post(post_id, at=opened), first.id, at=opened + 20 * MINUTE)

    await flag_post(post_id, Severity.RED, at=opened + 25 * MINUTE)

    red = await promise_of(Severity.RED)
    assert (red.looked_at, red.in_time, red.median_seconds) == (1, 1, 0)


@pytest.mark.parametrize("minutes", [1, 6])
async def test_look_at_a_new_crisis_is_in_time_however_late_the_post_was_before(
    board: BoardInTest, author: Person, first: Person, minutes: int
) -> None:
    opened = now() - timedelta(days=5)
    post_id = (await a_thread(board, author, at=opened)).post_id
    await flag_post(post_id, at=opened)
    case_id = await flag_post(post_id, Severity.CRISIS, at=opened + 72 * HOUR)

    await looked_at(case_id, first, at=opened + 72 * HOUR + minutes * MINUTE)

    crisis = await promise_of(Severity.CRISIS)
    assert (crisis.looked_at, crisis.in_time, crisis.median_seconds) == (1, minutes == 1, minutes * 60)


async def test_post_that_could_wait_and_is_escalated_waits_for_who_is_on_call(
    board: BoardInTest, author: Person, first: Person, second: Person
) -> None:
    opened = now() - timedelta(days=5)
    case_id = await flag_post((await a_thread(board, author, at=opened)).post_id, at=opened)
    assert await claim(case_id, first.id, at=opened + 72 * HOUR)

    await escalate(case_id, first.id, at=opened + 72 * HOUR + MINUTE)

    assert (await promise_of(Severity.RED)).looked_at == 0
    assert await claim(case_id, second.id, at=opened + 72 * HOUR + 21 * MINUTE)
    red = await promise_of(Severity.RED)
    assert (red.looked_at, red.median_seconds) == (1, 20 * 60)


@pytest.mark.parametrize(("after", "in_time"), [(timedelta(seconds=10), 1), (31 * MINUTE, 0)])
async def test_who_is_called_now_is_in_time_where_they_come_as_soon_as_to_a_red_post(
    board: BoardInTest, author: Person, first: Person, second: Person, after: timedelta, in_time: int
) -> None:
    opened = now() - timedelta(days=1)
    case_id = await flag_post((await a_thread(board, author, at=opened)).post_id, at=opened)
    assert await claim(case_id, first.id, at=opened + HOUR)
    await escalate(case_id, first.id, at=opened + HOUR)

    assert await claim(case_id, second.id, at=opened + HOUR + after)

    assert (await promise_of(Severity.RED)).in_time == in_time


@pytest.mark.parametrize(("hours", "in_time"), [(1, 1), (72, 0)])
async def test_what_is_escalated_for_today_keeps_the_look_that_it_had(
    board: BoardInTest, author: Person, first: Person, second: Person, hours: int, in_time: int
) -> None:
    opened = now() - timedelta(days=5)
    case_id = await flag_post((await a_thread(board, author, at=opened)).post_id, at=opened)
    assert await claim(case_id, first.id, at=opened + hours * HOUR)
    await escalate(case_id, first.id, wanted=OnCallFor.TODAY, at=opened + hours * HOUR + MINUTE)

    assert await claim(case_id, second.id, at=opened + (hours + 7) * HOUR)

    red = await promise_of(Severity.RED)
    assert (red.cases, red.looked_at, red.in_time, red.median) == (1, 1, in_time, "before it was urgent")


async def test_second_flag_that_is_no_more_urgent_changes_nothing(
    board: BoardInTest, author: Person, first: Person
) -> None:
    opened = now() - HOUR
    post_id = (await a_thread(board, author, at=opened)).post_id
    await looked_at(await flag_post(post_id, Severity.RED, at=opened), first, at=opened + 20 * MINUTE)

    await flag_post(post_id, Severity.RED, at=opened + 40 * MINUTE)

    assert (await promise_of(Severity.RED)).median_seconds == 20 * 60


async def test_members_are_told_how_long_it_takes_from_when_a_post_became_urgent(
    board: BoardInTest, author: Person, first: Person
) -> None:
    opened = now() - timedelta(days=1)
    for _ in range(ENOUGH_CASES):
        post_id = (await a_thread(board, author, at=opened)).post_id
        await looked_at(await flag_post(post_id, at=opened), first, at=opened + MINUTE)
        case_id = await flag_post(post_id, Severity.RED, at=opened + 10 * HOUR)
        await looked_at(case_id, first, at=opened + 14 * HOUR)

    assert await usual_minutes(at=now()) == 240


async def test_post_that_became_urgent_during_a_break_came_while_nobody_was_here(
    board: BoardInTest, author: Person, first: Person
) -> None:
    began = now() - timedelta(days=1)
    await shifts.start(first.id, at=began)
    await shifts.pause(first.id, at=began + HOUR)
    for _ in range(ENOUGH_CASES):
        post_id = (await a_thread(board, author, at=began + 2 * HOUR)).post_id
        case_id = await flag_post(post_id, Severity.RED, at=began + 2 * HOUR)
        await looked_at(case_id, first, at=began + 8 * HOUR)

    await shifts.start(first.id, at=began + 8 * HOUR)

    assert await minutes_alone(at=now()) == 360


async def test_whoever_comes_back_from_a_break_is_on_shift_once(app: Litestar, first: Person) -> None:
    began = now() - 3 * HOUR
    await shifts.start(first.id, at=began)
    await shifts.pause(first.id, at=began + HOUR)

    for _ in range(2):
        await shifts.start(first.id, at=began + 2 * HOUR)

    shift = await shifts.shift_of(first.id, at=now())
    assert (shift.is_on, shift.started_at) == (True, began + 2 * HOUR)
    assert await shifts.count_on_shift() == 1
