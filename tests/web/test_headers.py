"""Every answer carries the headers that keep members safe: pages, errors, files and redirects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from server.app import create_app
from tests.support.conversation import a_board, a_thread
from tests.support.myths import a_myth
from tests.support.people import a_member
from tests.support.resources import a_resource

if TYPE_CHECKING:
    from litestar import Litestar


@pytest.mark.parametrize("path", ["/", "/threads/0", "/nowhere", "/me", "/static/kith.css", "/health", "/sw.js"])
async def test_answer_carries_the_security_headers(app: Litestar, client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers


async def test_pages_are_not_stored_and_files_are(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    style = re.search(r'href="(/static/kith\.css\?v=\w+)"', page.text)
    assert style

    assert page.headers["cache-control"] == "no-store"
    assert "immutable" in (await client.get(style[1])).headers["cache-control"]


@pytest.mark.parametrize("path", ["/resources", "/myths"])
async def test_no_browser_stores_what_a_visitor_looked_for_and_its_history_is_spoken_of(
    client: httpx.AsyncClient, path: str
) -> None:
    page = await client.get(f"{path}?q=night")

    assert page.headers["cache-control"] == "no-store"
    assert "Your browser may keep it in its history." in page.text


@pytest.mark.parametrize("path", ["/resources/night-line", "/myths/moonlight-cures-a-cold"])
async def test_no_browser_stores_what_a_visitor_read(client: httpx.AsyncClient, path: str) -> None:
    await a_resource("Night Line")
    await a_myth()

    page = await client.get(path)

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"


async def test_page_holds_no_inline_script_style_or_foreign_address(client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))

    for path in ("/", f"/threads/{thread.thread_id}", "/join", "/sign-in", "/about", "/help"):
        page = (await client.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert "<style" not in page
        assert not re.search(r"\s(style|on[a-z]+)=\"", page)
        assert not re.search(r'(?:src|action|hx-[a-z]+)="(?:https?:)?//', page)


async def test_https_adds_strict_transport_and_host_cookies(app: Litestar) -> None:
    secure = create_app(replace(app.state.settings, base_url="https://kith.example.org"))
    transport = httpx.ASGITransport(app=secure)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://kith.example.org") as browser:
        answer = await browser.get("/sign-in")

    assert "max-age=" in answer.headers["strict-transport-security"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-kith-form=")
    for attribute in ("secure", "httponly", "samesite=lax", "path=/"):
        assert attribute in cookie.lower()


async def test_file_outside_the_folder_does_not_exist(client: httpx.AsyncClient) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.css"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_get_a_clear_page(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/about")

    assert answer.status_code in (403, 405)
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/static/kith.css", "/static/favicon.svg", "/sw.js", "/health"])
async def test_files_set_no_cookie(client: httpx.AsyncClient, path: str) -> None:
    # A browser may fetch the icon after somebody has left quickly: that must leave no trace behind.
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
