"""Pages stay light: everything that a first visit loads is under 60 kB, and nothing is loaded that only staff needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

LIMIT_BYTES = 60_000
ORDINARY_POST = "Some nights are long, and then the kettle, the window and the first bus make a morning of it. " * 4


async def test_thread_with_25_posts_weighs_less_than_60_kb_uncached(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author, body=ORDINARY_POST)
    for _ in range(24):
        await a_reply(thread, author, ORDINARY_POST)
    await enter(client, app, await a_member("quiet-otter-41"))

    path = f"/threads/{thread.thread_id}"
    page = await client.get(path)
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    sizes = {name: int((await client.get(name)).headers["content-length"]) for name in files}

    assert page.text.count("<article") == 25
    assert sizes
    sizes[path] = int(page.headers["content-length"])
    assert page.headers["content-encoding"] == "gzip"
    assert sum(sizes.values()) < LIMIT_BYTES, sizes


async def test_what_only_staff_needs_is_loaded_on_their_pages_alone(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-owl-1", role="moderator"), second_factor=True)

    assert "/static/moderation.css?v=" in (await client.get("/moderation")).text
    assert "moderation.css" not in (await client.get("/me")).text
    await enter(client, app, await a_member("quiet-otter-41"))
    assert "moderation.css" not in (await client.get("/moderation")).text
