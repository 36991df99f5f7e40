"""One resource takes the place of another: under posts, where the old one was kept, and at its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member, enter, submit
from tests.support.resources import a_resource, attach
from tests.support.saying import goes_to
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from tests.support.people import Person

TODAY = now().date()


async def test_replacing_moves_every_post_to_the_new_one(writer: Person, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    reply = await a_reply(thread, author)
    old, new = await a_resource("Old Line"), await a_resource("New Line")
    await attach(thread.post_id, old)
    await attach(reply, old)
    await attach(reply, new)

    answer = await submit(client, f"/moderation/resources/{old}/replace", {"by": str(new)})

    assert goes_to(answer) == (f"/moderation/resources/{new}", "saved")
    rows = await fetch("SELECT post, resource FROM post_resource ORDER BY post")
    assert [(row["post"], row["resource"]) for row in rows] == [(thread.post_id, new), (reply, new)]
    row = await fetch_one("SELECT state, replaced_by FROM resource WHERE id = $1", old)
    assert (row["state"], row["replaced_by"]) == ("retired", new)
    assert (await client.get("/resources/old-line")).headers["location"] == "/resources/new-line"
    entry = (await read_entries())[-1]
    assert (entry.act, entry.subject, entry.detail) == ("replace-resource", f"resource:{old}", {"by": new, "posts": 1})


@pytest.mark.parametrize("state", ["draft", "review", "expired", "retired", "due"])
async def test_nothing_unvetted_takes_the_place_of_another(
    writer: Person, client: httpx.AsyncClient, state: str
) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    old = await a_resource("Old Line")
    new = await a_resource(
        "New Line", state="vetted" if state == "due" else state, review_on=TODAY if state == "due" else None
    )
    await attach(thread.post_id, old)

    answer = await submit(client, f"/moderation/resources/{old}/replace", {"by": str(new)})

    assert answer.status_code == 409
    assert (await fetch_one("SELECT resource FROM post_resource"))["resource"] == old
    assert (await fetch_one("SELECT state FROM resource WHERE id = $1", old))["state"] == "vetted"


@pytest.mark.parametrize(("by", "status"), [("", 422), ("x", 422), ("1", 409), ("999", 404)])
async def test_forged_replacement_changes_nothing(
    writer: Person, client: httpx.AsyncClient, by: str, status: int
) -> None:
    await a_resource()

    assert (await submit(client, "/moderation/resources/1/replace", {"by": by})).status_code == status
    assert (await fetch_one("SELECT state FROM resource"))["state"] == "vetted"


@pytest.fixture
async def member(app: Litestar, new_browser: NewBrowser) -> httpx.AsyncClient:
    """The browser of a member who kept the old line, resource 1."""
    browser = new_browser()
    await enter(browser, app, await a_member("quiet-otter-41"))
    await a_resource("Old Line")
    await submit(browser, "/resources/old-line/save", page="/resources/old-line")
    return browser


async def test_kept_resource_leads_to_what_took_its_place(
    member: httpx.AsyncClient, writer: Person, client: httpx.AsyncClient
) -> None:
    new = await a_resource("New Line")
    await submit(client, "/moderation/resources/1/replace", {"by": str(new)})

    assert 'In its place: <a href="/resources/new-line">New Line</a>' in (await member.get("/me/resources")).text


@pytest.mark.parametrize("state", ["review", "expired", "retired", "due"])
async def test_replacement_that_is_not_vetted_any_more_is_neither_named_nor_led_to(
    member: httpx.AsyncClient, writer: Person, client: httpx.AsyncClient, state: str
) -> None:
    new = await a_resource("New Line")
    await submit(client, "/moderation/resources/1/replace", {"by": str(new)})
    change = "review_on = $2::date" if state == "due" else "state = $2::varchar"
    await execute(f"UPDATE resource SET {change} WHERE id = $1", new, TODAY if state == "due" else state)

    kept, old = (await member.get("/me/resources")).text, await member.get("/resources/old-line")

    assert "New Line" not in kept
    assert "new-line" not in kept
    assert old.status_code == 404
    for page in (kept, old.text):
        assert "We are not sure any more that this is right" in page


async def test_resource_leads_past_what_was_replaced_in_turn(
    member: httpx.AsyncClient, writer: Person, client: httpx.AsyncClient
) -> None:
    next_one, last = await a_resource("Next Line"), await a_resource("Last Line")
    await submit(client, "/moderation/resources/1/replace", {"by": str(next_one)})
    await submit(client, f"/moderation/resources/{next_one}/replace", {"by": str(last)})

    assert 'In its place: <a href="/resources/last-line">Last Line</a>' in (await member.get("/me/resources")).text
    assert (await member.get("/resources/old-line")).headers["location"] == "/resources/last-line"
