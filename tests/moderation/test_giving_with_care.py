"""A case given by name weighs on whom it was given to, and who has had enough for now is not given one by the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from server.clock import now
from server.moderation import shifts
from server.moderation.exposure import urgent_by_hour
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.saying import goes_to
from triage.queue.claims import LEASE, claim, claim_next
from triage.queue.limits import CareLimits
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

ENOUGH = "has had enough for now"


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    return await a_member("calm-owl-2", role="moderator")


@pytest.fixture
async def theirs(app: Litestar, new_browser: NewBrowser, colleague: Person) -> httpx.AsyncClient:
    """The colleague's browser."""
    browser = new_browser()
    await enter(browser, app, colleague, second_factor=True)
    return browser


async def a_case(board: BoardInTest, author: Person, severity: Severity = Severity.CRISIS) -> int:
    return await flag_post((await a_thread(board, author)).post_id, severity)


async def send(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await submit(client, path, fields, page="/me")


async def give(client: httpx.AsyncClient, case_id: int, **fields: str) -> httpx.Response:
    """Take a case, and give it away."""
    await send(client, f"/moderation/cases/{case_id}/claim")
    return await send(client, f"/moderation/cases/{case_id}/assign", **fields)


async def urgent_of(person: Person) -> tuple[int, int]:
    """Return how many urgent cases somebody had in the last hour and the last day, as their own pages say."""
    shift = await shifts.shift_of(person.id, at=now())
    assert sum(hour.urgent for hour in await urgent_by_hour(person.id, at=now())) == shift.urgent_last_day
    return shift.urgent_last_hour, shift.urgent_last_day


async def tire(person: Person, board: BoardInTest, author: Person) -> None:
    """Have somebody take as many crises in a row as the limit allows."""
    for _ in range(CareLimits().crises_in_a_row):
        case_id = await a_case(board, author)
        assert await claim(case_id, person.id, at=now() - LEASE - timedelta(minutes=1))


async def given_to() -> list[object]:
    return [case["assigned_to"] for case in await open_cases() if case["assigned_to"] is not None]


@pytest.mark.parametrize("way", ["claim", "open"])
async def test_case_given_by_name_counts_once_its_taker_opens_it(
    client: httpx.AsyncClient, moderator: Person, theirs: httpx.AsyncClient, board: BoardInTest, author: Person,
    colleague: Person, way: str,
) -> None:  # fmt: skip
    case_id = await a_case(board, author)
    await give(client, case_id, colleague=colleague.handle)
    assert await urgent_of(colleague) == (0, 0), "they may not even know yet"

    path = f"/moderation/cases/{case_id}"
    await (send(theirs, f"{path}/claim") if way == "claim" else theirs.get(path))

    assert await urgent_of(colleague) == (1, 1)
    await theirs.get(path)
    await send(theirs, f"{path}/claim")
    assert await urgent_of(colleague) == (1, 1), "it is one case however often it is opened"
    await send(theirs, f"{path}/decide", revision="1", act="decide")
    assert await urgent_of(colleague) == (1, 1)


async def test_case_counts_for_whoever_had_it_and_gave_it_away(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, colleague: Person
) -> None:
    await give(client, await a_case(board, author), colleague=colleague.handle)

    assert await urgent_of(moderator) == (1, 1)


async def test_case_that_somebody_looks_at_in_passing_does_not_count(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person
) -> None:
    await client.get(f"/moderation/cases/{await a_case(board, author)}")

    assert await urgent_of(moderator) == (0, 0)


async def test_crises_given_by_name_count_in_a_row(
    client: httpx.AsyncClient, moderator: Person, theirs: httpx.AsyncClient, board: BoardInTest, author: Person,
    colleague: Person,
) -> None:  # fmt: skip
    await shifts.start((await a_member("calm-owl-3", role="moderator")).id, at=now())
    for _ in range(CareLimits().crises_in_a_row):
        case_id = await a_case(board, author)
        await give(client, case_id, colleague=colleague.handle)
        await send(theirs, f"/moderation/cases/{case_id}/claim")
        await send(theirs, f"/moderation/cases/{case_id}/decide", revision="1", act="decide")
    await a_case(board, author)

    assert await claim_next(colleague.id, at=now()) is None


async def test_form_says_kindly_who_has_had_enough_and_no_more(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, colleague: Person
) -> None:
    await a_member("calm-owl-3", role="moderator")
    await tire(colleague, board, author)
    case_id = await a_case(board, author, Severity.AMBER)
    await send(client, f"/moderation/cases/{case_id}/claim")

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert f">{colleague.handle} ({ENOUGH})</option>" in page
    assert page.count(ENOUGH) == 1


async def test_giving_to_somebody_who_has_had_enough_is_asked_about_first_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, colleague: Person
) -> None:
    await tire(colleague, board, author)
    case_id = await a_case(board, author)

    asked = await give(client, case_id, colleague=colleague.handle.upper(), revision="1", words="I read this.")

    assert asked.status_code == 409
    assert "has had enough for now" in asked.text
    assert 'name="sure_of"' in asked.text
    assert "I read this." in asked.text
    assert await given_to() == []

    sure = await send(client, f"/moderation/cases/{case_id}/assign", colleague="", sure_of=colleague.handle)

    assert goes_to(sure) == ("/moderation", "passed-on")
    assert await given_to() == [colleague.id]


async def test_somebody_else_is_given_it_without_a_question(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, colleague: Person
) -> None:
    await tire(colleague, board, author)
    third = await a_member("calm-owl-3", role="moderator")

    answer = await give(client, await a_case(board, author), colleague=third.handle)

    assert answer.status_code == 303
    assert await given_to() == [third.id]


async def test_who_had_enough_yesterday_is_asked_for_again_today(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, colleague: Person
) -> None:
    for _ in range(CareLimits().crises_in_a_row):
        assert await claim(await a_case(board, author), colleague.id, at=now() - timedelta(hours=25))

    answer = await give(client, await a_case(board, author), colleague=colleague.handle)

    assert answer.status_code == 303
    assert await given_to() == [colleague.id]
