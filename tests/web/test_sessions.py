"""Sessions: opaque, revocable, and still there while Redis is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import httpx
import pytest

from models.database import execute, fetch_one
from server.app import create_app
from server.clock import now
from server.notices.service import notify
from server.web.sessions import LIFETIME, STAFF_LIFETIME, end_sessions, find_viewer, start_session
from tests.support.people import a_member, enter, form_token, submit

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


async def test_session_of_a_member_tells_the_hour_of_its_last_use_alone(app: Litestar) -> None:
    began = now().replace(minute=34, second=56) - timedelta(hours=6)
    member = await a_member("quiet-otter-41")
    token = await start_session(member.id, staff=False, second_factor=False, at=began)

    hours = "SELECT seen_at, expires_at FROM session"
    begun = await fetch_one(hours)
    await find_viewer(app.state.redis, token)
    used = await fetch_one(hours)

    for row in (begun, used):
        assert {(moment.minute, moment.second, moment.microsecond) for moment in row.values()} == {(0, 0, 0)}
        assert row["expires_at"] == row["seen_at"] + LIFETIME
    assert used["seen_at"] > begun["seen_at"]


async def test_moments_that_were_kept_before_become_hours(app: Litestar) -> None:
    moment = now().replace(minute=34, second=56)
    member, moderator = await a_member("quiet-otter-41"), await a_member("calm-fern-12", role="moderator")
    await start_session(moderator.id, staff=True, second_factor=True, at=moment)
    await start_session(member.id, staff=False, second_factor=False, at=moment)
    await execute("UPDATE session SET expires_at = $2 WHERE member = $1", member.id, moment + LIFETIME)
    await execute("UPDATE member SET looked_at = $2, looked_before = $2 WHERE id = $1", member.id, moment)
    await notify(member.id, "moderator-note", detail="a note", at=moment)
    await execute("UPDATE notice SET read_at = $1", moment)

    for statement in import_module("models.piccolo_migrations.kith_2026_11_30t21_37_00_000000").STATEMENTS:
        await execute(statement)

    hour = moment.replace(minute=0, second=0, microsecond=0)
    row = await fetch_one(
        """SELECT looked_at, looked_before, read_at, expires_at FROM member JOIN notice ON notice.member = member.id
           JOIN session ON session.member = member.id"""
    )
    assert dict(row) == {"looked_at": hour, "looked_before": hour, "read_at": hour, "expires_at": hour + LIFETIME}
    staff = await fetch_one("SELECT expires_at FROM session WHERE member = $1", moderator.id)
    assert staff["expires_at"] == moment + STAFF_LIFETIME


async def sign_in_to_stay(client: httpx.AsyncClient) -> httpx.Response:
    person = await a_member("quiet-otter-41")
    return await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase, "stay": "1"})


def session_cookies(answer: httpx.Response) -> list[str]:
    return [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("kith-session=")]


@pytest.mark.parametrize("page", ["/me", "/help", "/threads/1"])
async def test_cookie_of_who_stays_moves_on_with_the_session(
    app: Litestar, client: httpx.AsyncClient, page: str
) -> None:
    given = session_cookies(await sign_in_to_stay(client))
    await app.state.redis.flushdb()

    moved, soon_after = await client.get(page), await client.get(page)

    assert "Max-Age=2592000" in given[0]
    assert session_cookies(moved) == given
    assert session_cookies(soon_after) == []


async def test_cookie_of_who_does_not_stay_goes_with_the_browser(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await a_member("quiet-otter-41")
    given = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase})
    await app.state.redis.flushdb()

    assert "Max-Age" not in session_cookies(given)[0]
    assert session_cookies(await client.get("/me")) == []


async def test_signing_out_in_the_request_that_moves_the_session_takes_the_cookie_away(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await sign_in_to_stay(client)
    token = await form_token(client, "/account/region")
    await app.state.redis.flushdb()

    answer = await client.post("/sign-out", data={"_csrf_token": token})

    assert [cookie.split(";")[0] for cookie in session_cookies(answer)] == ['kith-session=""']
    assert "kith-session" not in client.cookies


async def test_cookie_of_somebody_who_became_staff_does_not_move_on(app: Litestar, client: httpx.AsyncClient) -> None:
    await sign_in_to_stay(client)
    await execute("UPDATE member SET role = 'moderator'")
    await app.state.redis.flushdb()

    assert session_cookies(await client.get("/about")) == []


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
