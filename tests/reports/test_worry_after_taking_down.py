"""A worry about a post whose author takes it down while somebody writes to the moderators: it still reaches them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.taking_down import delete_post, forget_deleted_text
from tests.support.cases import open_cases
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import Person, a_member, enter, form_token, submit
from triage.queue.cases import MAY_NEED_SOMEBODY, reasons_from
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

TITLE, GOODBYE = "Plantedtitle", "Thank you for the good days."
WORRY = {"details": "They said goodbye."}


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, title=TITLE, body=GOODBYE)


@pytest.fixture
async def reader(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody who is signed in."""
    person = await a_member("brave-heron-7")
    await enter(client, app, person)
    return person


@pytest.mark.parametrize("which", ["opening", "answer"])
async def test_worry_about_a_post_that_was_just_taken_down_reaches_the_moderators(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person, reader: Person,
    which: str,
) -> None:  # fmt: skip
    post_id = thread.post_id if which == "opening" else await a_reply(thread, author, GOODBYE)
    path = f"/posts/{post_id}/worried"
    token = await form_token(client, path)
    await delete_post(post_id, author.id, at=now())

    answer = await client.post(path, data={**WORRY, "_csrf_token": token})

    assert answer.status_code == 303, answer.text
    assert "It is with the moderators" in (await client.get(answer.headers["location"])).text
    [case] = await open_cases()
    assert case["severity"] == Severity.RED
    assert MAY_NEED_SOMEBODY in reasons_from(str(case["reasons"]))
    moderator = new_browser()
    await enter(moderator, app, await a_member("calm-owl-1", role="moderator"), second_factor=True)
    page = (await moderator.get(f"/moderation/cases/{case['id']}")).text
    assert GOODBYE in page
    assert WORRY["details"] in page


async def test_page_of_the_worry_says_that_it_was_taken_down_and_nothing_of_what_it_was(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await delete_post(thread.post_id, author.id, at=now())

    page = (await client.get(f"/posts/{thread.post_id}/worried")).text

    assert "This post was taken down by whoever wrote it." in page
    assert 'href="/help"' in page
    assert not [word for word in (TITLE, GOODBYE, author.handle) if word in page]
    assert f'href="/posts/{thread.post_id}' not in page, "nothing is there any more"


async def test_author_can_still_ask_for_a_hand(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person
) -> None:
    await delete_post(thread.post_id, author.id, at=now())
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/worried"

    assert "You took this post down." in (await client.get(path)).text
    assert (await submit(client, path, WORRY, page=path)).status_code == 303
    assert len(await open_cases()) == 1


async def test_rules_are_not_reported_of_a_post_that_is_down(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await delete_post(thread.post_id, author.id, at=now())
    path = f"/posts/{thread.post_id}/report"

    assert (await client.get(path)).status_code == 404
    assert (await submit(client, path, {"breaks": "spam"}, page="/me")).status_code == 404
    assert await fetch("SELECT 1 FROM report") == []


@pytest.mark.parametrize("why", ["it was held", "the text is gone"])
async def test_post_that_others_never_read_or_nobody_can_read_any_more_is_gone(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person, why: str
) -> None:
    if why == "it was held":
        await set_state(thread.post_id, "held")
    await delete_post(thread.post_id, author.id, at=now())
    if why == "the text is gone":
        await forget_deleted_text(now=now() + timedelta(days=31))
    path = f"/posts/{thread.post_id}/worried"

    assert (await client.get(path)).status_code == 404
    assert (await submit(client, path, WORRY, page="/me")).status_code == 404
    assert (await fetch_one("SELECT count(*) AS n FROM report"))["n"] == 0
