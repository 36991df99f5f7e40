"""A worry about an answer while its thread closes around it: it still reaches the moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch
from server.clock import now
from server.forum.taking_down import delete_post
from tests.support.cases import open_cases
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import Person, a_member, enter, form_token, submit
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

TITLE, GOODBYE = "Plantedtitle", "Thank you for the good days."
WORRY = {"details": "They said goodbye."}


@pytest.fixture
async def thread(app: Litestar) -> Written:
    return await a_thread(await a_board(), await a_member("quiet-otter-41"), title=TITLE)


@pytest.fixture
async def writer(app: Litestar) -> Person:
    return await a_member("calm-fern-12")


@pytest.fixture
async def answer(thread: Written, writer: Person) -> int:
    return await a_reply(thread, writer, GOODBYE)


@pytest.fixture
async def reader(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody who is signed in."""
    person = await a_member("brave-heron-7")
    await enter(client, app, person)
    return person


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("state", ["held", "removed"])
@pytest.mark.parametrize("then", ["stands", "is taken down"])
async def test_worry_about_an_answer_reaches_the_moderators_when_the_opening_is_hidden_meanwhile(
    client: httpx.AsyncClient, thread: Written, writer: Person, answer: int, state: str, then: str
) -> None:
    path = f"/posts/{answer}/worried"
    token = await form_token(client, path)
    await set_state(thread.post_id, state)
    if then == "is taken down":
        await delete_post(answer, writer.id, at=now())

    told = await client.post(path, data={**WORRY, "_csrf_token": token})

    assert told.status_code == 303, told.text
    assert "It is with the moderators" in (await client.get(told.headers["location"])).text
    [case] = await open_cases()
    assert case["severity"] == Severity.RED
    [report] = await fetch("SELECT details FROM report WHERE post = $1", answer)
    assert report["details"] == WORRY["details"]


@pytest.mark.usefixtures("reader")
async def test_page_of_the_worry_says_nothing_of_the_closed_thread(
    client: httpx.AsyncClient, thread: Written, writer: Person, answer: int
) -> None:
    await set_state(thread.post_id, "held")

    page = (await client.get(f"/posts/{answer}/worried")).text

    assert "This post stands in a thread that is not open now. Moderators can still read it." in page
    assert 'href="/help"' in page
    assert not [word for word in (TITLE, GOODBYE, writer.handle) if word in page]
    assert f'href="/posts/{answer}' not in page, "nobody else can open it"


@pytest.mark.usefixtures("reader")
async def test_rules_are_not_reported_in_a_closed_thread(
    client: httpx.AsyncClient, thread: Written, answer: int
) -> None:
    await set_state(thread.post_id, "held")
    path = f"/posts/{answer}/report"

    assert (await client.get(path)).status_code == 404
    assert (await submit(client, path, {"breaks": "spam"}, page="/me")).status_code == 404
    assert await fetch("SELECT 1 FROM report") == []


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("state", ["held", "removed"])
async def test_answer_that_is_hidden_itself_stays_hidden(client: httpx.AsyncClient, answer: int, state: str) -> None:
    await set_state(answer, state)

    assert (await client.get(f"/posts/{answer}/worried")).status_code == 404
