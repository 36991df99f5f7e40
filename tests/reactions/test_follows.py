"""Following a thread, and no longer following it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.support.service import follow
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

FOLLOWS = "SELECT 1 FROM follow WHERE member = $1 AND thread = $2"


async def test_following_and_unfollowing_lead_back_to_the_thread(app: Litestar, client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    reader = await a_member("brave-heron-7")
    await enter(client, app, reader)
    page = f"/threads/{thread.thread_id}"

    answer = await submit(client, f"{page}/follow", page=page)
    assert answer.status_code == 303
    assert "You follow this thread now." in (await client.get(answer.headers["location"])).text
    assert await fetch(FOLLOWS, reader.id, thread.thread_id)

    answer = await submit(client, f"{page}/unfollow", page=page)
    assert "You no longer follow this thread." in (await client.get(answer.headers["location"])).text
    assert not await fetch(FOLLOWS, reader.id, thread.thread_id)


async def test_following_twice_is_following_once(app: Litestar) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    reader = await a_member("brave-heron-7")

    await follow(reader.id, thread.thread_id, now())
    await follow(reader.id, thread.thread_id, now())

    assert len(await fetch("SELECT 1 FROM follow WHERE member = $1", reader.id)) == 1


async def test_htmx_gets_the_other_button(app: Litestar, client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    await enter(client, app, await a_member("brave-heron-7"))
    client.headers["hx-request"] = "true"

    answer = await submit(client, f"/threads/{thread.thread_id}/follow", page="/me")

    assert answer.status_code == 200
    assert f'action="/threads/{thread.thread_id}/unfollow"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("thread_id", ["0", "424242", "99999999999999999999999"])
async def test_threads_that_do_not_exist_cannot_be_followed(
    app: Litestar, client: httpx.AsyncClient, thread_id: str
) -> None:
    await enter(client, app, await a_member("brave-heron-7"))

    assert (await submit(client, f"/threads/{thread_id}/follow", page="/me")).status_code == 404
    assert await fetch("SELECT 1 FROM follow") == []


async def test_hidden_and_deleted_threads_cannot_be_followed(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    board = await a_board()
    held, deleted = await a_thread(board, author), await a_thread(board, author)
    await set_state(held.post_id, "held")
    await execute("UPDATE thread SET deleted_at = now() WHERE id = $1", deleted.thread_id)
    reader = await a_member("brave-heron-7")
    await enter(client, app, reader)

    for thread in (held, deleted):
        assert (await submit(client, f"/threads/{thread.thread_id}/follow", page="/me")).status_code == 404
        assert not await fetch(FOLLOWS, reader.id, thread.thread_id)
