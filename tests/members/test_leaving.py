"""Signing out, and leaving quickly: the session ends, and the browser forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import close_database, fetch, open_database
from tests.support.people import a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.settings import Settings

EVERYTHING = '"cache", "cookies", "storage"'


async def test_signing_out_ends_the_session(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await submit(client, "/sign-out", page="/account/region")

    assert answer.headers["location"] == "/?said=signed-out"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert not client.cookies
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
