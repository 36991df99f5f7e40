"""Taking a case from the list after too much of late: a colleague who is free is named first, and one may insist."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from server.admin.care import set_care_limits
from server.clock import now
from server.moderation import shifts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, hidden_fields, submit
from tests.support.saying import goes_to
from triage.queue.claims import LEASE, assign, claim
from triage.queue.limits import CareLimits
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx

ASKED = "A colleague is free to take this one"


@pytest.fixture
async def board(author: Person) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def colleague(board: BoardInTest) -> Person:
    """Somebody on shift who has nothing."""
    person = await a_member("calm-owl-2", role="moderator")
    await shifts.start(person.id, at=now())
    return person


@pytest.fixture
async def tired(moderator: Person, board: BoardInTest, author: Person) -> Person:
    """The moderator, who decided one urgent case, which is as much as the admin allows within an hour."""
    await set_care_limits(CareLimits(1, 1, 5), moderator.id, at=now())
    await decided(moderator, board, author, Severity.RED)
    return moderator


async def a_case(
    board: BoardInTest, author: Person, severity: Severity = Severity.RED, *, ago: timedelta = timedelta()
) -> int:
    return await flag_post((await a_thread(board, author)).post_id, severity, at=now() - ago)


async def decided(person: Person, board: BoardInTest, author: Person, severity: Severity) -> None:
    case_id = await a_case(board, author, severity)
    assert await claim(case_id, person.id, at=now())
    await decide(case_id, person.id, DecisionForm(revision=1), at=now())


async def take(client: httpx.AsyncClient, case_id: int, **fields: str) -> httpx.Response:
    return await submit(client, f"/moderation/cases/{case_id}/claim", fields, page="/me")


async def holders() -> list[object]:
    return [case["claimed_by"] for case in await open_cases()]


async def test_whoever_had_enough_is_asked_first_and_may_insist(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    case_id = await a_case(board, author)

    asked = await take(client, case_id)

    assert asked.status_code == 409
    assert ASKED in asked.text
    assert "Take this case" not in asked.text, "the same question again"
    assert await holders() == [None]

    sure = await take(client, case_id, **hidden_fields(asked.text))

    assert sure.headers["location"] == f"/moderation/cases/{case_id}"
    assert await holders() == [tired.id]


async def test_after_crises_in_a_row_the_next_crisis_is_asked_about_and_nothing_else(
    client: httpx.AsyncClient, moderator: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    await set_care_limits(CareLimits(4, 8, 1), moderator.id, at=now())
    await decided(moderator, board, author, Severity.CRISIS)

    assert (await take(client, await a_case(board, author, Severity.CRISIS))).status_code == 409
    assert (await take(client, await a_case(board, author, Severity.RED))).status_code == 303


async def test_what_is_not_urgent_is_taken_without_a_question(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    assert (await take(client, await a_case(board, author, Severity.AMBER))).status_code == 303
    assert await holders() == [tired.id]


async def test_where_no_colleague_is_free_nobody_is_asked(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    await claim(await a_case(board, author), colleague.id, at=now())

    assert (await take(client, await a_case(board, author))).status_code == 303
    assert await holders() == [colleague.id, tired.id]


async def test_post_past_its_deadline_waits_for_no_question(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    assert (await take(client, await a_case(board, author, ago=timedelta(days=1)))).status_code == 303
    assert await holders() == [tired.id]


async def test_case_given_by_name_is_taken_without_a_question(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    case_id = await a_case(board, author)
    await claim(case_id, colleague.id, at=now())
    await assign(case_id, colleague.id, tired.handle, at=now())

    assert (await take(client, case_id)).status_code == 303


async def test_case_that_one_had_until_now_is_taken_again_without_a_question(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    long_ago = now() - LEASE - timedelta(minutes=1)
    case_id = await a_case(board, author)
    assert await claim(case_id, tired.id, at=long_ago)

    assert (await take(client, case_id)).status_code == 303
    assert await holders() == [tired.id]


async def test_case_that_a_colleague_has_is_not_free_as_ever(
    client: httpx.AsyncClient, tired: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    await shifts.start((await a_member("calm-owl-3", role="moderator")).id, at=now())
    case_id = await a_case(board, author)
    await claim(case_id, colleague.id, at=now())

    assert goes_to(await take(client, case_id))[1] == "case-not-free"
