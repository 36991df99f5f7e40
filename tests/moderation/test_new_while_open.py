"""What is told of a post while a moderator has its case open is read before it is answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.moderation.acts import PostAct
from server.moderation.appealing import appeal
from server.moderation.forms import DecisionForm
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, hidden_fields, submit
from tests.support.saying import goes_to
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx
    from litestar import Litestar

COVER = DecisionForm(revision=1, post_act=PostAct.COVER)
WORRY, BREACH, OBJECTION = "She wrote that she has taken something.", "It names my street.", "I meant no harm by it."
TYPED = {"words": "How are you today?", "details": "Ask again tomorrow."}


@pytest.fixture
async def reader(app: Litestar) -> Person:
    return await a_member("brave-heron-7")


@pytest.fixture
async def post_id(author: Person) -> int:
    return (await a_thread(await a_board(), author)).post_id


@pytest.fixture
async def earlier(post_id: int) -> int:
    """An earlier decision of a colleague about the post."""
    return await decided(post_id, await a_member("calm-owl-2", role="moderator"), COVER)


@pytest.fixture
async def case_id(post_id: int, earlier: int, reader: Person, moderator: Person) -> int:
    """An amber case, in which a reader is worried without many words, and which the moderator has."""
    found = await flag_post(post_id)
    await tell_worry(post_id, reader.id, ReportForm(details="They seem low."), at=now())
    assert await claim(found, moderator.id, at=now())
    return found


async def opened(client: httpx.AsyncClient, case_id: int) -> dict[str, str]:
    """Open the page of a case; return what its forms carry unseen."""
    return hidden_fields((await client.get(f"/moderation/cases/{case_id}")).text)


async def press(client: httpx.AsyncClient, case_id: int, carried: dict[str, str], **fields: str) -> httpx.Response:
    sent = {"act": "decide", "post_act": "cover", **TYPED, **carried, **fields}
    return await client.post(f"/moderation/cases/{case_id}/decide", data=sent)


async def worry(post_id: int, earlier: int, author: Person, reader: Person) -> None:
    other = await a_member("brave-heron-8")
    await tell_worry(post_id, other.id, ReportForm(details=WORRY), at=now())


async def worry_told_again(post_id: int, earlier: int, author: Person, reader: Person) -> None:
    await tell_worry(post_id, reader.id, ReportForm(details=WORRY), at=now())


async def breach(post_id: int, earlier: int, author: Person, reader: Person) -> None:
    await report_rules(post_id, reader.id, ReportForm("encourages-harm", BREACH), at=now())


async def objection(post_id: int, earlier: int, author: Person, reader: Person) -> None:
    await appeal(earlier, author.id, OBJECTION, at=now())


async def another_reading(post_id: int, earlier: int, author: Person, reader: Person) -> None:
    await flag_post(post_id, Severity.CRISIS)


@pytest.mark.parametrize(
    ("comes", "words"),
    [(worry, WORRY), (worry_told_again, WORRY), (breach, BREACH), (objection, OBJECTION), (another_reading, "crisis")],
)
async def test_what_came_since_is_shown_before_it_is_answered(
    client: httpx.AsyncClient, post_id: int, earlier: int, case_id: int, author: Person, reader: Person,
    comes: Callable[[int, int, Person, Person], Awaitable[None]], words: str,
) -> None:  # fmt: skip
    carried = await opened(client, case_id)
    await comes(post_id, earlier, author, reader)

    answer = await press(client, case_id, carried)

    assert answer.status_code == 409
    assert "Something new came in since you opened this case" in answer.text
    assert words in answer.text
    assert all(typed in answer.text for typed in TYPED.values())
    [case] = await open_cases()
    assert case["id"] == case_id
    assert case["claimed_by"] is not None
    assert await fetch("SELECT 1 FROM report WHERE decided_at IS NOT NULL") == []
    assert (await press(client, case_id, hidden_fields(answer.text))).status_code == 303
    assert await open_cases() == []


async def test_same_reading_once_more_is_nothing_new(
    client: httpx.AsyncClient, post_id: int, case_id: int, reader: Person
) -> None:
    carried = await opened(client, case_id)
    await flag_post(post_id)
    await tell_worry(post_id, reader.id, ReportForm(details="They seem low."), at=now())

    assert (await press(client, case_id, carried)).status_code == 303


@pytest.mark.parametrize("page", ["extend", "note", "decide"])
async def test_page_that_was_shown_for_something_else_does_not_count_as_read(
    client: httpx.AsyncClient, post_id: int, case_id: int, page: str
) -> None:
    carried = await opened(client, case_id)
    other = await a_member("brave-heron-8")
    await tell_worry(post_id, other.id, ReportForm(details=WORRY), at=now())
    sent = {**carried, **TYPED, "act": "search-resources"}
    between = await client.post(f"/moderation/cases/{case_id}/{page}", data=sent)
    assert between.status_code == 200

    answer = await press(client, case_id, hidden_fields(between.text))

    assert answer.status_code == 409
    assert len(await open_cases()) == 1


async def test_case_that_is_taken_again_is_not_closed_over_what_came_meanwhile(
    client: httpx.AsyncClient, post_id: int, case_id: int
) -> None:
    carried = await opened(client, case_id)
    await execute("UPDATE moderation_case SET claimed_until = now() - interval '1 minute'")
    other = await a_member("brave-heron-8")
    await tell_worry(post_id, other.id, ReportForm(details=WORRY), at=now())

    answer = await press(client, case_id, carried, again="1")

    assert answer.status_code == 409
    assert WORRY in answer.text
    assert TYPED["words"] in answer.text


async def test_second_press_is_answered_as_the_first_though_a_worry_came_between(
    client: httpx.AsyncClient, post_id: int, case_id: int
) -> None:
    carried = await opened(client, case_id)
    first = await press(client, case_id, carried)
    other = await a_member("brave-heron-8")
    await tell_worry(post_id, other.id, ReportForm(details=WORRY), at=now())

    second = await press(client, case_id, carried)

    assert goes_to(first) == goes_to(second)
    assert len(await fetch("SELECT 1 FROM decision WHERE undone_at IS NULL")) == 2, "the earlier one and this"
    [report] = await fetch("SELECT decided_at FROM report WHERE details = $1", WORRY)
    assert report["decided_at"] is None


async def test_two_presses_at_the_same_moment_are_answered_alike(client: httpx.AsyncClient, case_id: int) -> None:
    carried = await opened(client, case_id)

    answers = await asyncio.gather(*(press(client, case_id, carried) for _ in range(2)))

    assert [answer.status_code for answer in answers] == [303, 303]


async def test_form_counts_again_once_its_decision_was_taken_back(client: httpx.AsyncClient, case_id: int) -> None:
    carried = await opened(client, case_id)
    await press(client, case_id, carried)
    decision = await fetch_one("SELECT max(id) AS id FROM decision")
    await submit(client, f"/moderation/decisions/{decision['id']}/undo", page="/me")

    assert (await press(client, case_id, carried)).status_code == 303


async def test_report_without_words_of_what_is_known_is_nothing_new(
    client: httpx.AsyncClient, post_id: int, case_id: int, reader: Person
) -> None:
    await report_rules(post_id, reader.id, ReportForm("unkind"), at=now())
    carried = await opened(client, case_id)
    await report_rules(post_id, (await a_member("brave-heron-9")).id, ReportForm("unkind"), at=now())

    assert (await press(client, case_id, carried)).status_code == 303


async def test_changed_text_with_a_new_reason_is_read_once_more_and_no_more(
    client: httpx.AsyncClient, post_id: int, case_id: int
) -> None:
    carried = await opened(client, case_id)
    await execute("UPDATE post SET revision = 2, body = 'Other words.' WHERE id = $1", post_id)
    await flag_post(post_id, Severity.CRISIS)

    refused = await press(client, case_id, carried)

    assert refused.status_code == 409
    assert (await press(client, case_id, hidden_fields(refused.text))).status_code == 303
