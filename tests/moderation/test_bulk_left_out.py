"""What people wrote to the moderators is never answered among many: such a case is decided by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.moderation.acts import PostAct
from server.moderation.appealing import appeal
from server.moderation.deciding import ask_second_opinion, escalate
from server.moderation.forms import DecisionForm
from server.moderation.passing_on import OnCallFor
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, hidden_fields
from triage.queue.claims import claim

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

SPAM = "Buy the wonder cure for every pain at my shop today, offer"
WORRY, BREACH = "She wrote that she has taken something.", "It is the third one today."
LEAVE = {"post_act": "leave"}


@pytest.fixture
async def posts(author: Person) -> list[int]:
    """Two posts that are much alike."""
    board = await a_board()
    return [(await a_thread(board, author, body=f"{SPAM} {n}!")).post_id for n in range(2)]


async def objects(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    hold = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Selling.")
    await appeal(await decided(post_id, colleague, hold), author.id, "It is no advert.", at=now())


async def worries(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    await tell_worry(post_id, reader.id, ReportForm(), at=now())


async def asks_for_a_hand(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    await tell_worry(post_id, author.id, ReportForm(), at=now())


async def reports_in_words(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    await report_rules(post_id, reader.id, ReportForm("spam", BREACH), at=now())


async def asks(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    case_id = await flag_post(post_id)
    assert await claim(case_id, colleague.id, at=now())
    await ask_second_opinion(case_id, colleague.id, question="Is it the same shop?", at=now())


async def calls_on_call(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    case_id = await flag_post(post_id)
    assert await claim(case_id, colleague.id, at=now())
    await escalate(case_id, colleague.id, why="They may be ill.", wanted=OnCallFor.TODAY, at=now())


async def calls_on_call_without_a_word(post_id: int, author: Person, reader: Person, colleague: Person) -> None:
    case_id = await flag_post(post_id)
    assert await claim(case_id, colleague.id, at=now())
    await escalate(case_id, colleague.id, at=now())


COMES = [objects, worries, asks_for_a_hand, reports_in_words, asks, calls_on_call, calls_on_call_without_a_word]


@pytest.mark.parametrize("this", [0, 1])
@pytest.mark.parametrize("comes", COMES)
async def test_case_in_which_somebody_wrote_is_not_among_them(
    client: httpx.AsyncClient, posts: list[int], author: Person, moderator: Person, second: Person, this: int,
    comes: Callable[[int, Person, Person, Person], Awaitable[None]],
) -> None:  # fmt: skip
    await flag_post(posts[0])
    await comes(posts[1], author, await a_member("brave-heron-7"), second)
    cases = [await flag_post(post_id) for post_id in posts]

    page = (await client.get(f"/moderation/cases/{cases[this]}/alike")).text

    assert f'name="case-{cases[0]}"' in page
    assert f'name="case-{cases[1]}"' not in page
    assert "is not among them: please decide those one by one." in page


async def test_report_without_words_is_shown_with_the_post(
    client: httpx.AsyncClient, posts: list[int], moderator: Person
) -> None:
    cases = [await flag_post(post_id) for post_id in posts]
    reader = await a_member("brave-heron-7")
    await report_rules(posts[1], reader.id, ReportForm("spam"), at=now())

    page = (await client.get(f"/moderation/cases/{cases[0]}/alike")).text

    assert f'name="case-{cases[1]}"' in page
    assert "A member reports: Spam or selling." in page


@pytest.mark.parametrize("comes", [*COMES[1:], "a report without words"])
async def test_what_came_while_the_page_was_open_is_left_alone(
    client: httpx.AsyncClient, posts: list[int], author: Person, moderator: Person, second: Person,
    comes: Callable[[int, Person, Person, Person], Awaitable[None]] | str,
) -> None:  # fmt: skip
    cases = [await flag_post(post_id) for post_id in posts]
    address, reader = f"/moderation/cases/{cases[0]}/alike", await a_member("brave-heron-7")
    carried = hidden_fields((await client.get(address)).text)
    if isinstance(comes, str):
        await report_rules(posts[1], reader.id, ReportForm("spam"), at=now())
    else:
        await comes(posts[1], author, reader, second)

    answer = await client.post(address, data={**carried, **LEAVE, **{f"case-{one}": "1" for one in cases}})

    assert answer.headers["location"].endswith("decided=1&left=1")
    assert [case["id"] for case in await open_cases()] == [cases[1]]
    assert await fetch("SELECT 1 FROM report WHERE decided_at IS NOT NULL") == []


async def test_second_press_is_answered_as_the_first_though_a_worry_came_between(
    client: httpx.AsyncClient, posts: list[int], moderator: Person
) -> None:
    cases = [await flag_post(post_id) for post_id in posts]
    address, reader = f"/moderation/cases/{cases[0]}/alike", await a_member("brave-heron-7")
    sent = {**hidden_fields((await client.get(address)).text), **LEAVE, **{f"case-{one}": "1" for one in cases}}
    first = await client.post(address, data=sent)
    await tell_worry(posts[1], reader.id, ReportForm(details=WORRY), at=now())

    second = await client.post(address, data=sent)

    assert first.headers["location"] == second.headers["location"]
    assert (await fetch_one("SELECT count(*) AS n FROM decision"))["n"] == 2
    assert len(await open_cases()) == 1
