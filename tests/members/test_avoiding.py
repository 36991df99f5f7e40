"""Muting and blocking: each member's own business, never told to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from models.members import AvoidanceKind
from server.clock import now
from server.members.avoidance import avoid, may_answer
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from tests.support.people import Person


async def avoided_by(member: Person) -> dict[int, str]:
    """Return whom a member mutes or blocks."""
    rows = await fetch("SELECT other, kind FROM avoidance WHERE member = $1", member.id)
    return {row["other"]: row["kind"] for row in rows}


async def test_blocking_from_a_post(app: Litestar, client: httpx.AsyncClient) -> None:
    author, reader = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, reader)
    page = f"/posts/{thread.post_id}/author/avoid"

    asked = await client.get(page)
    answer = await submit(client, page, {"kind": "block"}, page=page)

    assert "calm-otter-12" in asked.text
    assert goes_to(answer) == (f"/threads/{thread.thread_id}", "blocked")
    assert await avoided_by(reader) == {author.id: AvoidanceKind.BLOCK}
    assert await fetch("SELECT 1 FROM notice WHERE member = $1", author.id) == []


async def test_blocking_keeps_both_from_answering(app: Litestar) -> None:
    one, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")

    await avoid(one.id, other.id, AvoidanceKind.BLOCK, at=now())

    assert not await may_answer(one.id, other.id)
    assert not await may_answer(other.id, one.id)


async def test_muting_keeps_nobody_from_answering(app: Litestar) -> None:
    one, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")

    await avoid(one.id, other.id, AvoidanceKind.MUTE, at=now())

    assert await may_answer(one.id, other.id)
    assert await may_answer(other.id, one.id)


async def test_the_later_choice_replaces_the_earlier(app: Litestar) -> None:
    one, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")

    await avoid(one.id, other.id, AvoidanceKind.BLOCK, at=now())
    await avoid(one.id, other.id, AvoidanceKind.MUTE, at=now())

    assert await avoided_by(one) == {other.id: AvoidanceKind.MUTE}


async def test_undoing_from_the_account(app: Litestar, client: httpx.AsyncClient) -> None:
    one, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    await avoid(one.id, other.id, AvoidanceKind.MUTE, at=now())
    await enter(client, app, one)
    entry = await fetch_one("SELECT id FROM avoidance")

    listed = await client.get("/account/avoided")
    answer = await submit(client, "/account/avoided", {"avoidance": str(entry["id"])})

    assert "brave-wren-7" in listed.text
    assert goes_to(answer) == ("/account/avoided", "unblocked")
    assert await avoided_by(one) == {}


@pytest.mark.parametrize("entry", ["theirs", "0", "", "-1", "1 OR 1=1", "9" * 100, "1\x00", "\u0661"])
async def test_nobody_undoes_what_somebody_else_chose(app: Litestar, client: httpx.AsyncClient, entry: str) -> None:
    one, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    await avoid(one.id, other.id, AvoidanceKind.BLOCK, at=now())
    await enter(client, app, other)
    theirs = str((await fetch_one("SELECT id FROM avoidance"))["id"])

    answer = await submit(client, "/account/avoided", {"avoidance": theirs if entry == "theirs" else entry})

    assert answer.status_code == 303
    assert await avoided_by(one) == {other.id: AvoidanceKind.BLOCK}


async def test_nobody_blocks_themselves(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("calm-otter-12")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)

    answer = await submit(client, f"/posts/{thread.post_id}/author/avoid", {"kind": "block"})

    assert answer.status_code == 403
    assert await avoided_by(author) == {}


@pytest.mark.parametrize("state", ["held", "deleted", "removed"])
async def test_the_author_of_a_post_that_cannot_be_read_is_not_named(
    app: Litestar, client: httpx.AsyncClient, state: str
) -> None:
    author, reader = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    thread = await a_thread(await a_board(), author)
    reply = await a_reply(thread, author)
    await set_state(reply, state)
    await enter(client, app, reader)

    answer = await client.get(f"/posts/{reply}/author/avoid")

    assert answer.status_code == 404
    assert "calm-otter-12" not in answer.text


@pytest.mark.parametrize("post_id", ["0", "999999", "9" * 30, "-3", "x"])
async def test_forged_post_ids_lead_nowhere(app: Litestar, client: httpx.AsyncClient, post_id: str) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    assert (await client.get(f"/posts/{post_id}/author/avoid")).status_code == 404


async def test_a_choice_is_needed(app: Litestar, client: httpx.AsyncClient) -> None:
    author, reader = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, reader)

    answer = await submit(client, f"/posts/{thread.post_id}/author/avoid", {"kind": "banish"})

    assert answer.status_code == 422
    assert await avoided_by(reader) == {}


async def test_strangers_are_asked_to_sign_in(client: httpx.AsyncClient, app: Litestar) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-otter-12"))
    page = f"/posts/{thread.post_id}/author/avoid"

    assert (await client.get(page)).headers["location"] == f"/sign-in?next={page}"


async def test_a_blocked_member_cannot_answer_through_the_page(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    author, blocked = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    thread = await a_thread(await a_board(), author)
    await avoid(author.id, blocked.id, AvoidanceKind.BLOCK, at=now())
    await enter(client, app, blocked)

    answer = await submit(client, f"/threads/{thread.thread_id}/replies", {"body": "Let me in.", "intent": "post"})

    assert answer.status_code == 403
    assert "Let me in." in answer.text
