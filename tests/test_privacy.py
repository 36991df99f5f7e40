"""After a whole journey, nothing that Kith keeps or logs tells where members came from or what browser they used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from models.database import fetch
from tests.support.conversation import a_board
from tests.support.people import join, sign_in, submit

if TYPE_CHECKING:
    from litestar import Litestar

    from server.settings import Settings
    from tests.support.live import LiveKith

ADDRESS = "203.0.113.77"
USER_AGENT = "PlantedBrowser/9.9 (Tattletale)"
REFERRER = "https://where-they-came-from.example/page"
SEARCHED = "plantedsearchword"
POSTED = "Planted words of a post that no log may repeat."
TRACES = (ADDRESS, "PlantedBrowser", "Tattletale", "where-they-came-from")
HEADERS = {"x-forwarded-for": ADDRESS, "user-agent": USER_AGENT, "referer": REFERRER}


async def test_no_address_or_browser_is_kept_or_logged_after_a_journey(
    app: Litestar, live_kith: LiveKith, services: Settings
) -> None:
    board = await a_board()
    phrase = await _journey(live_kith.base_url, board.slug)

    kept = await _everything_kept(app)
    logged = live_kith.log.read_text(errors="replace") + _service_logs(services)

    assert "request" in logged, "the log is empty, so this test would show nothing"
    assert POSTED in kept, "the journey left nothing, so this test would show nothing"
    for trace in TRACES:
        assert trace not in kept
        assert trace not in logged
    for secret in (phrase, POSTED, SEARCHED):
        assert secret not in logged
    assert phrase not in kept


async def _journey(base_url: str, board: str) -> str:
    async with httpx.AsyncClient(base_url=base_url, headers=HEADERS, timeout=30) as browser:
        person = await join(browser)
        path = f"/boards/{board}/new"
        written = await submit(browser, path, {"title": "Planted", "body": POSTED}, page=path)
        thread = written.headers["location"].partition("?")[0]
        await submit(browser, f"{thread}/replies", {"body": "An answer"}, page=thread)
        await browser.get("/search", params={"q": SEARCHED})
        await browser.get("/threads/0")
        await browser.get("/threads/99999999999999999999999999")
        await browser.post(path, data={"title": "Forged", "body": POSTED})
        await submit(browser, path, {"title": "T", "body": "\x00" * 10})
        await submit(browser, "/sign-out", page=thread)
        await sign_in(browser, person)
        await submit(browser, "/sign-in", {"handle": person.handle, "secret": "wrong words " * 3})
        return person.phrase


async def _everything_kept(app: Litestar) -> str:
    """Return every row of every table and everything in Redis as text."""
    tables = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [row for table in tables for row in await fetch(f'SELECT t::text AS row FROM "{table["tablename"]}" AS t')]
    pieces = [row["row"] for row in rows]
    redis = app.state.redis
    for key in await redis.keys("*"):
        dumped = await redis.dump(key)
        pieces += [key.decode(errors="replace"), (dumped or b"").decode("latin-1")]
    return "\n".join(pieces)


def _service_logs(services: Settings) -> str:
    logs = [path for path in services.data_dir.rglob("*log*") if path.is_file() and path.suffix in {".log", ""}]
    return "\n".join(path.read_text(errors="replace") for path in logs)
