"""Who hears of a new post, and what they hear."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from models.members import AvoidanceKind
from server.clock import now
from server.forum.reading import PAGE_SIZE
from server.members.avoidance import avoid
from server.notices.service import mark_all_read, mark_posts_read
from server.support.service import follow, unfollow
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person


async def unread(member: Person) -> list[tuple[str, int]]:
    """Return a member's unread notices as kind and post, oldest first."""
    rows = await fetch("SELECT kind, post FROM notice WHERE member = $1 AND read_at IS NULL ORDER BY id", member.id)
    return [(row["kind"], row["post"]) for row in rows]


async def test_author_of_the_thread_hears_that_they_were_answered(app: Litestar) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)

    reply = await a_reply(thread, friend)

    assert await unread(author) == [("reply", reply)]
    assert await unread(friend) == []


async def test_author_of_the_answered_post_hears_so_and_other_followers_hear_of_a_new_post(app: Litestar) -> None:
    author, friend, third = await a_member("quiet-otter-41"), await a_member("brave-heron-7"), await a_member("third-3")
    thread = await a_thread(await a_board(), author)
    first = await a_reply(thread, friend)
    await mark_all_read(author.id, at=now())

    second = await a_reply(thread, third, to=first)

    assert await unread(friend) == [("reply", second)]
    assert await unread(author) == [("followed", second)]


async def test_newest_post_replaces_the_unread_notice_of_the_same_thread(app: Litestar) -> None:
    author, reader, friend = await a_member("quiet-otter-41"), await a_member("reader-1"), await a_member("friend-2")
    board = await a_board()
    thread, other = await a_thread(board, author), await a_thread(board, author)
    for followed in (thread, other):
        await follow(reader.id, followed.thread_id, now())

    await a_reply(thread, friend)
    elsewhere = await a_reply(other, friend)
    newest = await a_reply(thread, friend)

    assert await unread(reader) == [("followed", elsewhere), ("followed", newest)]


async def test_two_posts_at_once_leave_one_notice_of_the_thread(app: Litestar) -> None:
    author, reader = await a_member("quiet-otter-41"), await a_member("reader-1")
    friends = [await a_member(f"friend-{number}") for number in range(4)]
    thread = await a_thread(await a_board(), author)
    await follow(reader.id, thread.thread_id, now())

    posts = await asyncio.gather(*(a_reply(thread, friend) for friend in friends))

    notices = await unread(reader)
    assert len(notices) == 1
    assert notices[0][1] in posts


async def test_read_notices_are_not_replaced(app: Litestar) -> None:
    author, reader, friend = await a_member("quiet-otter-41"), await a_member("reader-1"), await a_member("friend-2")
    thread = await a_thread(await a_board(), author)
    await follow(reader.id, thread.thread_id, now())
    await a_reply(thread, friend)
    await mark_all_read(reader.id, at=now())

    newest = await a_reply(thread, friend)

    assert await unread(reader) == [("followed", newest)]
    assert len(await fetch("SELECT 1 FROM notice WHERE member = $1", reader.id)) == 2


async def test_own_posts_make_no_notice(app: Litestar) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)

    await a_reply(thread, author)

    assert await unread(author) == []


async def test_who_unfollowed_hears_nothing_more(app: Litestar) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await unfollow(author.id, thread.thread_id)

    await a_reply(thread, friend)

    assert await unread(author) == []


@pytest.mark.parametrize(
    ("avoider_writes", "kind", "hears"),
    [
        (False, AvoidanceKind.MUTE, False),
        (False, AvoidanceKind.BLOCK, False),
        (True, AvoidanceKind.BLOCK, False),
        (True, AvoidanceKind.MUTE, True),
    ],
)
async def test_nobody_hears_of_those_they_avoid_or_who_block_them(
    app: Litestar, *, avoider_writes: bool, kind: AvoidanceKind, hears: bool
) -> None:
    author, writer, reader = await a_member("quiet-otter-41"), await a_member("writer-1"), await a_member("reader-2")
    thread = await a_thread(await a_board(), author)
    await follow(reader.id, thread.thread_id, now())
    avoider, avoided = (writer, reader) if avoider_writes else (reader, writer)
    await avoid(avoider.id, avoided.id, kind, at=now())

    post = await a_reply(thread, writer)

    assert await unread(reader) == ([("followed", post)] if hears else [])


async def test_reading_a_thread_reads_what_notices_said_of_it(app: Litestar) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    board = await a_board()
    thread, other = await a_thread(board, author), await a_thread(board, author)
    seen = await a_reply(thread, friend)
    elsewhere = await a_reply(other, friend)
    later = await a_reply(thread, friend)

    await mark_posts_read(author.id, thread.thread_id, [seen], at=now())

    assert await unread(author) == [("reply", elsewhere), ("reply", later)]


async def test_opening_a_page_reads_nothing_of_what_stands_on_the_next(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    posts = [await a_reply(thread, friend) for _ in range(PAGE_SIZE + 3)]
    on_the_next = await a_reply(thread, friend, to=posts[-1])
    nested_on_the_first = await a_reply(thread, friend, to=posts[0])
    await execute("DELETE FROM notice WHERE post <> ALL($1::bigint[])", [posts[-1], posts[0], nested_on_the_first])
    await enter(client, app, author)

    await client.get(f"/threads/{thread.thread_id}")

    assert nested_on_the_first > on_the_next
    assert await unread(author) == [("reply", posts[-1])]


async def test_notice_of_a_held_answer_waits_until_it_can_be_read(app: Litestar, client: httpx.AsyncClient) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    reply = await a_reply(thread, friend)
    await set_state(reply, "held")
    await enter(client, app, author)

    await client.get(f"/threads/{thread.thread_id}")
    assert await unread(author) == [("reply", reply)]

    await set_state(reply, "published")
    await client.get(f"/threads/{thread.thread_id}")
    assert await unread(author) == []


@pytest.mark.parametrize("state", ["deleted", "removed"])
async def test_notice_of_an_answer_that_is_gone_is_read_with_its_thread(
    app: Litestar, client: httpx.AsyncClient, state: str
) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await set_state(await a_reply(thread, friend), state)
    await enter(client, app, author)

    await client.get(f"/threads/{thread.thread_id}")

    assert await unread(author) == []
