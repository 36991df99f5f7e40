"""Sessions: opaque, revocable, and still there while Redis is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from models.database import execute, fetch_one
from server.app import create_app
from server.clock import now
from server.web.sessions import LIFETIME, STAFF_LIFETIME, end_sessions, find_viewer, start_session
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    from litestar import Litestar


async def test_neither_database_nor_redis_holds_the_token(app: Litestar) -> None:
    member = await a_member("quiet-otter-41")
    token = await start_session(member.id, staff=False, second_factor=False, at=now())
    await find_viewer(app.state.redis, token)

    row = await fetch_one("SELECT session::text AS text FROM session")
    keys = await app.state.redis.keys("*")
    assert token not in row["text"]
    assert keys
    assert not any(token.encode() in key for key in keys)


async def test_session_holds_while_redis_is_down_and_after_it_was_emptied(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))
    assert (await client.get("/me")).status_code == 200

    await app.state.redis.flushdb()
    assert (await client.get("/me")).status_code == 200

    lonely = create_app(replace(app.state.settings, redis_url="unix:///nowhere/redis.sock"))
    transport = httpx.ASGITransport(app=lonely)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=client.base_url, cookies=client.cookies) as browser:
        assert (await browser.get("/me")).status_code == 200


async def test_ended_session_is_over_at_once(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("quiet-otter-41")
    await enter(client, app, member)
    assert (await client.get("/me")).status_code == 200

    assert await end_sessions(app.state.redis, member.id) == 1
    assert (await client.get("/me")).status_code == 303


async def test_session_moves_on_with_use_and_a_staff_session_does_not(app: Litestar) -> None:
    began = now() - timedelta(hours=6)
    member, moderator = await a_member("quiet-otter-41"), await a_member("calm-fern-12", role="moderator")
    theirs = await start_session(member.id, staff=False, second_factor=False, at=began)
    staff = await start_session(moderator.id, staff=True, second_factor=True, at=began)
    await find_viewer(app.state.redis, theirs)
    await find_viewer(app.state.redis, staff)

    expiry = {
        row["member"]: row["expires_at"]
        for row in [
            await fetch_one("SELECT member, expires_at FROM session WHERE member = $1", person.id)
            for person in (member, moderator)
        ]
    }
    assert expiry[member.id] > began + LIFETIME + timedelta(hours=5)
    assert expiry[moderator.id] == began + STAFF_LIFETIME


async def test_expired_or_forged_token_is_nobody(app: Litestar) -> None:
    member = await a_member("quiet-otter-41")
    token = await start_session(member.id, staff=False, second_factor=False, at=now() - timedelta(days=31))

    assert await find_viewer(app.state.redis, token) is None
    assert await find_viewer(app.state.redis, "forged") is None
    assert await find_viewer(app.state.redis, "\udcff\x00") is None


async def test_erased_member_has_no_session(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("quiet-otter-41")
    await enter(client, app, member)
    await execute("DELETE FROM member WHERE id = $1", member.id)

    assert (await client.get("/me")).status_code == 303
