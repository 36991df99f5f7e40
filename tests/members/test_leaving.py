"""Signing out, and leaving quickly: the session ends, and the browser forgets."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from models.database import close_database, engine, fetch, open_database
from tests.support.people import a_member, enter, submit
from tests.support.saying import goes_to
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    import httpx
    from litestar import Litestar

    from server.settings import Settings

    Busy = Callable[[Settings], AbstractAsyncContextManager[None]]

EVERYTHING = '"cookies", "storage"'


async def test_signing_out_ends_the_session(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await submit(client, "/sign-out", page="/account/region")

    assert goes_to(answer) == ("/", "signed-out")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert set(client.cookies) == {"kith-said"}
    assert await fetch("SELECT 1 FROM session") == []


async def test_an_ended_session_does_not_come_back_with_its_cookie(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))
    token = client.cookies["kith-session"]
    await client.get("/account")
    await submit(client, "/sign-out", page="/account/region")
    client.cookies.set("kith-session", token, domain="127.0.0.1", path="/")

    assert (await client.get("/account")).status_code == 303


async def test_signing_out_twice_is_no_error(client: httpx.AsyncClient) -> None:
    assert (await submit(client, "/sign-out")).status_code == 303


@pytest.mark.parametrize("site", ["same-origin", "none", ""])
async def test_leaving_quickly_signs_out_and_lands_elsewhere(
    app: Litestar, client: httpx.AsyncClient, site: str
) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await client.get("/leave", headers={"sec-fetch-site": site} if site else {})

    assert answer.status_code == 303
    assert answer.headers["location"] == app.state.settings.leave_url
    assert answer.headers["clear-site-data"] == EVERYTHING
    assert answer.headers["cache-control"] == "no-store"
    assert not client.cookies
    assert await fetch("SELECT 1 FROM session") == []


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-purpose": "prefetch;prerender"}],
)
async def test_another_site_or_a_prefetch_signs_nobody_out(
    app: Litestar, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await client.get("/leave", headers=headers)

    assert answer.status_code == 303
    assert "clear-site-data" not in answer.headers
    assert (await client.get("/account")).status_code == 200


async def test_leaving_works_signed_out_and_with_a_forged_cookie(client: httpx.AsyncClient) -> None:
    client.cookies.set("kith-session", "forged\x01", domain="127.0.0.1", path="/")

    assert (await client.get("/leave")).status_code == 303


async def test_leaving_works_while_the_database_is_away(
    app: Litestar, client: httpx.AsyncClient, services: Settings
) -> None:
    await enter(client, app, await a_member("calm-otter-12"))
    await close_database()
    try:
        answer = await client.get("/leave")
    finally:
        await open_database(services.database_address)

    assert answer.headers["location"] == services.leave_url
    assert answer.headers["clear-site-data"] == EVERYTHING
    assert not client.cookies


@asynccontextmanager
async def session_in_use(services: Settings) -> AsyncIterator[None]:
    """Hold every session's row, as something that takes long would."""
    connection = await asyncpg.connect(services.database_address)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM session FOR UPDATE")
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def no_connection_free(_: Settings) -> AsyncIterator[None]:
    """Hold every connection of the pool."""
    pool = engine().pool
    assert pool is not None
    async with AsyncExitStack() as held:
        for _number in range(pool.get_size()):
            await held.enter_async_context(pool.acquire())
        yield


@pytest.mark.parametrize("busy", [session_in_use, no_connection_free])
async def test_nobody_waits_for_a_busy_database_to_leave_and_the_session_ends_behind_them(
    app: Litestar, client: httpx.AsyncClient, services: Settings, busy: Busy
) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    async with busy(services):
        async with asyncio.timeout(5):
            answer = await client.get("/leave")

    assert answer.headers["location"] == services.leave_url
    assert answer.headers["clear-site-data"] == EVERYTHING
    assert not client.cookies
    await until(nobody_is_signed_in)


async def nobody_is_signed_in() -> bool:
    return await fetch("SELECT 1 FROM session") == []
