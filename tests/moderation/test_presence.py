"""What members read of the moderators: how long a post waits while somebody is here, and how long while nobody is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.clock import now
from server.moderation import shifts
from server.moderation.deciding import escalate
from server.moderation.passing_on import OnCallFor
from server.moderation.presence import ALONE_KEY, ENOUGH_CASES, USUAL_KEY, minutes_alone, usual_minutes
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from triage.policy import TriagePolicy
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

PAGES = ("/", "/about")
HELP = '<a href="/help">Help that is open now</a>'
RED = timedelta(minutes=TriagePolicy().red_minutes)
"""So long a red post may wait."""


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


async def shown(client: httpx.AsyncClient, path: str) -> str:
    return re.sub(r"\s+", " ", (await client.get(path)).text)


async def waited(board: BoardInTest, author: Person, since: timedelta, **ends: timedelta) -> None:
    """Flag a post so long ago; each end, a column, came so long after that."""
    at = now() - since
    case_id = await flag_post((await a_thread(board, author, at=at)).post_id, Severity.RED, at=at)
    for column, after in ends.items():
        await execute(f"UPDATE moderation_case SET {column} = $2 WHERE id = $1", case_id, at + after)


@pytest.mark.parametrize("path", PAGES)
async def test_with_nobody_here_the_time_is_that_of_such_hours(
    app: Litestar, client: httpx.AsyncClient, path: str
) -> None:
    await app.state.redis.mset({USUAL_KEY: 7, ALONE_KEY: 240})

    page = await shown(client, path)

    assert "When nobody is here, the first look at an urgent post usually takes 4 h" in page
    assert "7 min" not in page
    assert HELP in page


@pytest.mark.parametrize("path", PAGES)
async def test_with_nobody_here_and_nothing_known_of_such_hours_it_may_take_hours(
    app: Litestar, client: httpx.AsyncClient, path: str
) -> None:
    await app.state.redis.mset({USUAL_KEY: 7, ALONE_KEY: 0})

    page = await shown(client, path)

    assert "It may take hours until somebody looks." in page
    assert "7 min" not in page
    assert HELP in page


@pytest.mark.parametrize("path", PAGES)
async def test_with_somebody_here_the_usual_time_stands_alone(
    app: Litestar, client: httpx.AsyncClient, path: str
) -> None:
    await shifts.start((await a_member("calm-owl-1", role="moderator")).id, at=now())
    await app.state.redis.mset({USUAL_KEY: 7, ALONE_KEY: 240})

    page = await shown(client, path)

    assert "Usually the first look at an urgent post takes 7 min" in page
    assert "4 h" not in page
    assert HELP not in page


async def test_post_that_nobody_ever_looked_at_counts_with_its_wait_so_far(board: BoardInTest) -> None:
    author = await a_member("quiet-otter-41")
    for _ in range(ENOUGH_CASES):
        await waited(board, author, timedelta(days=1), first_look_at=timedelta(minutes=3))
    for _ in range(ENOUGH_CASES + 1):
        await waited(board, author, timedelta(hours=5))

    assert await usual_minutes(at=now()) == 300
    assert await minutes_alone(at=now()) == 300


async def test_post_that_nobody_looked_at_counts_until_it_was_taken_down(board: BoardInTest) -> None:
    author = await a_member("quiet-otter-41")
    for _ in range(ENOUGH_CASES):
        await waited(board, author, timedelta(days=1), closed_at=timedelta(hours=2))

    assert await usual_minutes(at=now()) == 120


async def test_post_that_nobody_had_to_look_at_yet_does_not_count(board: BoardInTest) -> None:
    author = await a_member("quiet-otter-41")
    for _ in range(ENOUGH_CASES):
        await waited(board, author, RED / 2)
        await waited(board, author, timedelta(days=1), closed_at=RED / 2)

    assert await usual_minutes(at=now()) is None


async def escalated(board: BoardInTest, author: Person, moderator: Person, wanted: OnCallFor) -> int:
    """Have a moderator open an amber post after five hours and escalate it, 15 hours ago; return its case."""
    escalated_at = now() - timedelta(hours=15)
    at = escalated_at - timedelta(hours=5)
    case_id = await flag_post((await a_thread(board, author, at=at)).post_id, at=at)
    assert await claim(case_id, moderator.id, at=escalated_at - timedelta(minutes=2))
    await escalate(case_id, moderator.id, why="They are alone.", wanted=wanted, at=escalated_at)
    return case_id


@pytest.mark.parametrize("comes_after", [None, timedelta(hours=7)])
async def test_what_is_escalated_for_today_does_not_lengthen_the_wait_that_members_are_told(
    board: BoardInTest, comes_after: timedelta | None
) -> None:
    author, owl = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    on_call = await a_member("calm-owl-2", role="clinician")
    for _ in range(ENOUGH_CASES):
        await waited(board, author, timedelta(days=1), first_look_at=timedelta(minutes=3))
    for _ in range(ENOUGH_CASES + 1):
        case_id = await escalated(board, author, owl, OnCallFor.TODAY)
        if comes_after:
            assert await claim(case_id, on_call.id, at=now() - timedelta(hours=15) + comes_after)

    assert await usual_minutes(at=now()) == 3


async def test_what_is_escalated_now_waits_from_then_on(board: BoardInTest) -> None:
    author, owl = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    on_call = await a_member("calm-owl-2", role="clinician")
    for _ in range(ENOUGH_CASES):
        case_id = await escalated(board, author, owl, OnCallFor.NOW)
        assert await claim(case_id, on_call.id, at=now() - timedelta(hours=15) + timedelta(minutes=4))

    assert await usual_minutes(at=now()) == 4
