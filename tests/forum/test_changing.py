"""Changing and taking down: only one's own, never over somebody else's change, with a history for moderators."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.forum.posts import ThreadGone
from server.forum.taking_down import DELETED_TEXT_KEPT_FOR, delete_post, forget_deleted_text
from server.members.erasure import erase_member
from tests.support.beside import amid_a_transaction
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, submit
from tests.support.saying import goes_to
from tests.support.waiting import somebody_waits_for_a_lock, until

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

PLANTED_TITLE = "I live in Plantedstreet"


async def test_change_keeps_what_was_there_and_is_triaged_again(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="First", body="Before")
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/edit"

    answer = await submit(client, path, {"title": "Second", "body": "After", "revision": "1"}, page=path)

    assert answer.status_code == 303
    page = await client.get(answer.headers["location"], follow_redirects=True)
    assert "After" in page.text
    assert "Before" not in page.text
    assert "changed <time" in page.text
    kept = await fetch_one("SELECT title, body, revision FROM post_revision")
    assert (kept["title"], kept["body"], kept["revision"]) == ("First", "Before", 1)
    tasks = await fetch("SELECT revision FROM triage_task ORDER BY revision")
    assert [task["revision"] for task in tasks] == [1, 2]


async def test_change_that_changes_nothing_is_not_triaged_again(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Same title", body="Same")
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/edit"

    await submit(client, path, {"title": "Same title", "body": "Same", "revision": "1"}, page=path)

    assert (await fetch_one("SELECT count(*) AS n FROM triage_task"))["n"] == 1


async def test_change_over_a_newer_change_shows_both_texts(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Title", body="One")
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/edit"
    await submit(client, path, {"title": "Title", "body": "From my phone", "revision": "1"}, page=path)

    conflict = await submit(client, path, {"title": "Title", "body": "From my desk", "revision": "1"}, page=path)

    assert conflict.status_code == 409
    assert "From my phone" in conflict.text
    assert "From my desk" in conflict.text
    assert (await fetch_one("SELECT body FROM post"))["body"] == "From my phone"


async def test_nobody_changes_or_takes_down_somebody_elses_post(app: Litestar, client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body="Mine alone")
    await enter(client, app, await a_member("brave-robin-77"))

    changed = await submit(
        client, f"/posts/{thread.post_id}/edit", {"title": "No no", "body": "Hijacked", "revision": "1"}
    )
    deleted = await submit(client, f"/posts/{thread.post_id}/delete")

    assert (changed.status_code, deleted.status_code) == (403, 403)
    post = await fetch_one("SELECT body, state FROM post")
    assert (post["body"], post["state"]) == ("Mine alone", "published")


async def test_taking_down_the_only_post_takes_the_thread_along(app: Litestar, client: httpx.AsyncClient) -> None:
    author, board = await a_member("quiet-otter-41"), await a_board()
    thread = await a_thread(board, author)
    await enter(client, app, author)

    answer = await submit(client, f"/posts/{thread.post_id}/delete")

    assert goes_to(answer) == (f"/boards/{board.slug}", "deleted")
    assert (await client.get(f"/threads/{thread.thread_id}")).status_code == 404


async def test_answer_on_its_way_keeps_the_thread_whose_last_post_is_taken_down(app: Litestar) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), author)

    async with amid_a_transaction(lambda: a_reply(thread, other)):
        taking_down = asyncio.create_task(delete_post(thread.post_id, author.id, at=now()))
        await until(somebody_waits_for_a_lock)

    assert await taking_down == thread.thread_id
    assert (await fetch_one("SELECT deleted_at FROM thread"))["deleted_at"] is None


async def test_answer_that_comes_too_late_is_refused(app: Litestar) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), author)

    async with amid_a_transaction(lambda: delete_post(thread.post_id, author.id, at=now())):
        answering = asyncio.create_task(a_reply(thread, other))
        await until(somebody_waits_for_a_lock)

    with pytest.raises(ThreadGone):
        await answering
    assert [row["state"] for row in await fetch("SELECT state FROM post")] == ["deleted"]


async def test_draft_of_a_change_knows_that_the_post_was_changed_since(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, body="Before")
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/edit"
    half = {"place": f"post:{thread.post_id}", "title": "A long night", "body": "Half a change", "revision": "1"}
    await submit(client, path, {"title": "A long night", "body": "From elsewhere", "revision": "1"}, page=path)
    await submit(client, "/drafts", half)

    page = (await client.get(path)).text
    [revision] = re.findall(r'name="revision" value="(\d+)"', page)
    answer = await submit(
        client, path, {"title": "A long night", "body": "Half a change", "revision": revision}, page=path
    )

    assert "Half a change" in page
    assert answer.status_code == 409
    assert "From elsewhere" in answer.text
    assert (await fetch_one("SELECT body FROM post"))["body"] == "From elsewhere"


async def test_taking_down_an_opening_post_leaves_the_answers(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="My very own title", body="Private after all")
    await a_reply(thread, await a_member("calm-fern-12"), "I am with you.")
    await enter(client, app, author)

    await submit(client, f"/posts/{thread.post_id}/delete")

    page = (await client.get(f"/threads/{thread.thread_id}")).text
    assert "I am with you." in page
    assert "Taken down by its author." in page
    assert "Private after all" not in page
    assert "My very own title" not in page


@pytest.mark.parametrize("state", ["held", "removed"])
@pytest.mark.parametrize("leaves", [False, True])
async def test_thread_that_was_hidden_stays_so_when_its_opening_post_is_taken_down(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, state: str, *, leaves: bool
) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    await a_reply(thread, other, "I am with you.")
    await set_state(thread.post_id, state)
    reader = new_browser()
    await enter(reader, app, other)
    await enter(client, app, author)

    await submit(client, f"/posts/{thread.post_id}/delete")
    shown = (await client.get(f"/threads/{thread.thread_id}")).text
    if leaves:
        await erase_member(app.state.redis, author.id, at=now())

    assert "Taken down by its author." in shown
    assert (await reader.get(f"/threads/{thread.thread_id}")).status_code == 404
    assert f"/threads/{thread.thread_id}" not in (await reader.get("/boards/low-days")).text


@pytest.mark.parametrize("state", ["published", "held", "removed"])
async def test_page_that_asks_says_what_becomes_of_the_thread(
    app: Litestar, client: httpx.AsyncClient, state: str
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await set_state(thread.post_id, state)
    await enter(client, app, author)

    page = (await client.get(f"/posts/{thread.post_id}/delete")).text

    assert ("Answers of others stay." in page) is (state == "published")
    assert ("with answers it stays under a neutral title" in page) is (state == "published")
    assert ("only you and the moderators can see now" in page) is (state != "published")


async def test_thread_that_was_hidden_stays_so_when_its_author_leaves(app: Litestar, client: httpx.AsyncClient) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    await a_reply(thread, other, "I am with you.")
    await set_state(thread.post_id, "removed")
    await enter(client, app, other)

    await erase_member(app.state.redis, author.id, at=now())

    assert (await client.get(f"/threads/{thread.thread_id}")).status_code == 404


async def test_taken_down_text_is_forgotten_after_thirty_days(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title=PLANTED_TITLE, body="Private after all")
    await enter(client, app, author)
    await submit(client, f"/posts/{thread.post_id}/delete")

    await forget_deleted_text(now=now() + timedelta(days=29))
    kept = await fetch_one("SELECT title, body FROM post_revision")
    assert (kept["title"], kept["body"]) == (PLANTED_TITLE, "Private after all")
    await forget_deleted_text(now=now() + timedelta(days=31))
    assert await fetch("SELECT 1 FROM post_revision") == []
    assert [row["title"] for row in await fetch("SELECT title FROM thread")] != [PLANTED_TITLE]


async def test_held_post_can_still_be_changed_by_its_author(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Title", body="One")
    await execute("UPDATE post SET state = 'held'")
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/edit"

    await submit(client, path, {"title": "Title", "body": "Two", "revision": "1"}, page=path)

    row = await fetch_one("SELECT body, state FROM post")
    assert (row["body"], row["state"]) == ("Two", "held")


async def test_history_is_for_moderators_with_their_second_factor_alone(app: Litestar, new_browser: NewBrowser) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Title", body="Before")
    mine, moderators, unconfirmed = new_browser(), new_browser(), new_browser()
    await enter(mine, app, author)
    moderator = await a_member("steady-heron-20", role="moderator")
    await enter(moderators, app, moderator, second_factor=True)
    await enter(unconfirmed, app, moderator)
    edit, history = f"/posts/{thread.post_id}/edit", f"/posts/{thread.post_id}/history"
    await submit(mine, edit, {"title": "Title", "body": "After", "revision": "1"}, page=edit)
    await submit(mine, f"/posts/{thread.post_id}/delete")

    seen = (await moderators.get(history)).text

    assert seen.index("After") < seen.index("Before")
    assert (await mine.get(history)).status_code == 404
    assert "/sign-in/code" in (await unconfirmed.get(history)).headers["location"]


async def test_paused_author_cannot_change_but_can_take_down(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, body="Before")
    await execute("UPDATE member SET may_write_from = $2 WHERE id = $1", author.id, now() + timedelta(days=1))
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/edit"

    answer = await submit(client, path, {"title": "Title", "body": "After", "revision": "1"}, page="/me")

    assert answer.status_code == 403
    assert "paused your writing until" in answer.text
    assert "After" in answer.text
    assert "paused your writing until" in (await client.get(path)).text
    assert (await fetch_one("SELECT body FROM post"))["body"] == "Before"
    taken_down = await submit(client, f"/posts/{thread.post_id}/delete", page=f"/posts/{thread.post_id}/delete")
    assert taken_down.status_code == 303


async def test_author_can_take_down_what_a_moderator_removed_and_change_nothing(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, body="Before")
    await set_state(thread.post_id, "removed")
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}"

    page = (await client.get(f"/threads/{thread.thread_id}")).text
    changed = await submit(client, f"{path}/edit", {"title": "Title", "body": "After", "revision": "1"}, page="/me")
    taken_down = await submit(client, f"{path}/delete", page=f"{path}/delete")

    assert "Only you and the moderators can still read it." in page
    assert f'href="{path}/edit"' not in page
    assert f'href="{path}/delete"' in page
    assert (changed.status_code, taken_down.status_code) == (404, 303)
    assert [tuple(row) for row in await fetch("SELECT body, state FROM post")] == [("", "deleted")]
    await forget_deleted_text(now=now() + DELETED_TEXT_KEPT_FOR + timedelta(minutes=1))
    assert await fetch("SELECT 1 FROM post_revision") == []


async def test_author_of_an_answer_in_a_closed_thread_is_led_where_they_can_go(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), await a_member("calm-owl-2"), title=PLANTED_TITLE)
    answer = await a_reply(thread, author)
    await set_state(thread.post_id, "removed")
    await enter(client, app, author)

    assert PLANTED_TITLE not in (await client.get(f"/posts/{answer}/edit")).text
    asked = await client.get(f"/posts/{answer}/delete")
    assert f'href="/posts/{answer}"' not in asked.text
    assert goes_to(await submit(client, f"/posts/{answer}/delete", page=f"/posts/{answer}/delete")) == (
        "/me",
        "deleted",
    )
