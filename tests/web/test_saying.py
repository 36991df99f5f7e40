"""What was just done is said once, on the page that follows, and never by an address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from server.app import create_app
from server.web.sentences import SAID
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, enter, form_token, submit
from tests.support.resources import a_resource
from tests.support.saying import goes_to

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.conversation import Written

POSTED = SAID["posted"]["text"]
FOLLOWED = SAID["followed"]["text"]


@pytest_asyncio.fixture
async def thread(app: Litestar, client: httpx.AsyncClient) -> Written:
    """A thread that the signed-in browser can answer."""
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    await enter(client, app, await a_member("quiet-otter-41"))
    return thread


async def follow(client: httpx.AsyncClient, thread: Written) -> str:
    """Follow a thread, and return the address of the page that says so."""
    return goes_to(await submit(client, f"/threads/{thread.thread_id}/follow"))[0]


async def test_sentence_is_said_once_and_stands_in_no_address(client: httpx.AsyncClient, thread: Written) -> None:
    fields = {"body": "I hear you.", "submission_key": str(uuid4())}

    answer = await submit(client, f"/threads/{thread.thread_id}/replies", fields)
    place = await client.get(answer.headers["location"])
    page = await client.get(place.headers["location"])

    assert POSTED in page.text
    assert "said" not in answer.headers["location"] + place.headers["location"]
    assert POSTED not in (await client.get(place.headers["location"])).text
    assert "kith-said" not in client.cookies


async def test_thread_that_was_opened_in_place_is_said_on_its_page(client: httpx.AsyncClient, thread: Written) -> None:
    board, token = await a_board("other-days"), await form_token(client)
    fields = {"title": "A night", "body": "It was long.", "submission_key": str(uuid4()), "_csrf_token": token}

    answer = await client.post(f"/boards/{board.slug}/new", data=fields, headers={"hx-request": "true"})

    assert answer.headers["hx-redirect"] != f"/threads/{thread.thread_id}"
    assert POSTED in (await client.get(answer.headers["hx-redirect"])).text


@pytest.mark.parametrize("code", ["asked-for-a-hand", "erased", "posted"])
async def test_no_address_makes_a_page_say_anything(client: httpx.AsyncClient, thread: Written, code: str) -> None:
    for path in ("/", f"/threads/{thread.thread_id}", f"/posts/{thread.post_id}"):
        page = await client.get(f"{path}?said={code}", follow_redirects=True)
        assert SAID[code]["text"] not in page.text


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {"sec-purpose": "prefetch;prerender"}])
async def test_what_nobody_reads_yet_leaves_the_sentence_to_the_page(
    client: httpx.AsyncClient, thread: Written, headers: dict[str, str]
) -> None:
    page = await follow(client, thread)

    assert FOLLOWED not in (await client.get(page, headers=headers)).text
    assert FOLLOWED in (await client.get(page)).text


async def test_page_in_another_tab_leaves_the_sentence_to_its_own(client: httpx.AsyncClient, thread: Written) -> None:
    page = await follow(client, thread)

    assert FOLLOWED not in (await client.get("/")).text
    assert FOLLOWED in (await client.get(page)).text


@pytest.mark.usefixtures("thread")
async def test_page_that_a_browser_may_keep_says_nothing_of_anybody(client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")
    page, code = goes_to(await submit(client, "/resources/night-line/save", {"next": "/help"}))
    client.cookies.delete("kith-session")

    shown = await client.get(page)

    assert shown.headers["cache-control"] == "private, no-cache"
    assert SAID[code]["text"] not in shown.text


async def test_sentence_waits_a_minute_where_no_script_reads_it(client: httpx.AsyncClient, thread: Written) -> None:
    answer = await submit(client, f"/threads/{thread.thread_id}/follow")

    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("kith-said=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "max-age=60", "path=/", "samesite=lax"}


async def test_over_https_the_sentence_is_held_to_this_host(app: Litestar) -> None:
    secure = create_app(replace(app.state.settings, base_url="https://kith.example.org"))
    transport = httpx.ASGITransport(app=secure)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://kith.example.org") as browser:
        answer = await submit(browser, "/sign-out")

    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-kith-said=signed-out")]
    assert "; Secure" in cookie
    assert "; Path=/" in cookie


async def test_leaving_quickly_takes_what_was_not_said_yet(client: httpx.AsyncClient, thread: Written) -> None:
    page = await follow(client, thread)

    await client.get("/leave")

    assert "kith-said" not in client.cookies
    assert FOLLOWED not in (await client.get(page)).text


@pytest.mark.usefixtures("thread")
async def test_who_signs_out_is_told_so(client: httpx.AsyncClient) -> None:
    page, _ = goes_to(await submit(client, "/sign-out", page="/account/region"))

    assert SAID["signed-out"]["text"] in (await client.get(page)).text
