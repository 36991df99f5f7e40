"""What somebody has not had on screen stays new to them, whichever page of a thread they read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

NEW = '<span class="new-mark">new</span>'


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def thread(author: Person) -> Written:
    """A thread with thirty posts, each a branch of its own: two pages."""
    thread = await a_thread(await a_board(), author)
    for number in range(29):
        await a_reply(thread, author, f"Answer {number}")
    return thread


@pytest.fixture
async def reader(app: Litestar, client: httpx.AsyncClient) -> Person:
    reader = await a_member("brave-robin-77")
    await enter(client, app, reader)
    return reader


async def read(client: httpx.AsyncClient, thread: Written) -> tuple[str, str]:
    """Read both pages of a thread."""
    first = (await client.get(f"/threads/{thread.thread_id}")).text
    later = re.search(r'href="(/threads/\d+\?from=[\d-]+)"', first)
    assert later
    return first, (await client.get(later[1])).text


def marked(page: str) -> list[int]:
    """Return which posts of a page are marked as new."""
    return [int(post) for post in re.findall(r'<article[^>]*class="[^"]*is-new[^"]*"[^>]*id="post-(\d+)"', page)]


async def is_new(client: httpx.AsyncClient) -> bool:
    return NEW in (await client.get("/")).text


async def test_first_page_does_not_make_the_news_of_the_second_read(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await read(client, thread)
    assert not await is_new(client)
    on_second_page = await a_reply(thread, author, "A branch of its own.")
    on_first_page = await a_reply(thread, author, "To the first.", to=thread.post_id + 1)

    page = (await client.get(f"/threads/{thread.thread_id}")).text

    assert marked(page) == [on_first_page]
    assert await is_new(client)
    _, second = await read(client, thread)
    assert marked(second) == [on_second_page]


async def test_thread_whose_pages_were_all_read_is_new_no_more(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await read(client, thread)
    await a_reply(thread, author, "A branch of its own.")
    await a_reply(thread, author, "To the first.", to=thread.post_id + 1)

    await read(client, thread)
    await read(client, thread)

    assert not await is_new(client)


async def test_own_answer_on_another_page_is_not_new(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await read(client, thread)
    await a_reply(thread, author, "To the first.", to=thread.post_id + 1)
    await a_reply(thread, reader, "A branch of my own.")

    await client.get(f"/threads/{thread.thread_id}")

    assert not await is_new(client)


async def test_who_comes_to_the_last_page_first_is_not_told_of_all_before_it(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    newest = await a_reply(thread, author, "The newest.")

    await client.get(f"/posts/{newest}", follow_redirects=True)

    assert not await is_new(client)
