"""The queue hears of what moves it, at once through Redis and after a few seconds without it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.live import LOOK_ANYWAY_SECONDS, QUEUE_CHANNEL, moments_to_look
from server.redis_client import connect_redis
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.live import free_port
from tests.support.people import Person, a_member, enter, submit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

NEWS = b"event: queue"


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


@asynccontextmanager
async def news_within(app: Litestar) -> AsyncGenerator[None]:
    """Expect news of the queue from what is done in the block, sooner than a listener looks without any."""
    moments = moments_to_look(app.state.redis, QUEUE_CHANNEL, seconds=60)
    await anext(moments)
    yield
    await asyncio.wait_for(anext(moments), LOOK_ANYWAY_SECONDS / 2)
    await moments.aclose()


async def test_queue_hears_at_once_of_a_post_that_was_taken_down(
    app: Litestar, client: httpx.AsyncClient, author: Person, thread: Written
) -> None:
    await flag_post(thread.post_id)
    await enter(client, app, author)

    async with news_within(app):
        await submit(client, f"/posts/{thread.post_id}/delete", page="/me")

    assert await open_cases() == []


@pytest.mark.parametrize(("way", "fields"), [("worried", {}), ("report", {"breaks": "unkind"})])
async def test_queue_hears_at_once_of_a_member_who_speaks_up(
    app: Litestar, client: httpx.AsyncClient, thread: Written, way: str, fields: dict[str, str]
) -> None:
    await enter(client, app, await a_member("brave-heron-7"))

    async with news_within(app):
        await submit(client, f"/posts/{thread.post_id}/{way}", {**fields, "details": "Please look."}, page="/me")

    assert len(await open_cases()) == 1


class OpenPage:
    """A browser that listens to the queue, spoken to as the web server does: its answer comes piece by piece."""

    def __init__(self, app: Litestar, client: httpx.AsyncClient) -> None:
        self._app = app
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        self._scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/moderation/live", "raw_path": b"/moderation/live", "query_string": b"", "root_path": "",
            "headers": [
                (b"host", b"127.0.0.1:8000"), (b"cookie", cookies.encode()), (b"accept", b"text/event-stream"),
            ],
            "client": ("10.0.0.1", 40000), "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._left = asyncio.Event()

    async def listen(self) -> None:
        await self._app(self._scope, self._receive, self._send)  # type: ignore[arg-type]

    def leave(self) -> None:
        self._left.set()

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if NEWS in message.get("body", b""):
            self.heard.put_nowait(message["body"])


async def test_without_redis_an_open_queue_still_hears_of_a_new_case(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, thread: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.live.LOOK_ANYWAY_SECONDS", 0.1)
    nobody = connect_redis(f"redis://127.0.0.1:{free_port()}")
    monkeypatch.setattr(app.state, "redis", nobody)
    browser = OpenPage(app, client)
    listening = asyncio.create_task(browser.listen())
    await asyncio.wait_for(browser.heard.get(), 10)

    await flag_post(thread.post_id)

    await asyncio.wait_for(browser.heard.get(), 10)
    browser.leave()
    await asyncio.wait_for(listening, 10)
    await nobody.aclose()


async def test_page_that_listens_is_no_sign_of_life(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    long_ago = now() - timedelta(hours=2)
    await execute("UPDATE session SET seen_at = $1", long_ago)
    browser = OpenPage(app, client)
    listening = asyncio.create_task(browser.listen())

    await asyncio.wait_for(browser.heard.get(), 10)

    browser.leave()
    await asyncio.wait_for(listening, 10)
    assert (await fetch_one("SELECT seen_at FROM session"))["seen_at"] == long_ago
