"""Whatever is typed into the search field, the page answers, keeps the words, and logs none of them."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import asyncpg
import pytest
import structlog

from models.database import execute, fetch
from server.search.limits import SearchTookTooLong, patience
from server.search.question import MAX_CHARACTERS
from server.search.snippets import mark_found
from server.web.rate_limits import RULES
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

STRANGE = [
    "\x00", "lan\x00tern", "'", '"', '"unbalanced', "'; DROP TABLE post; --", "1' OR '1'='1", "%", "_", "\\", "\\'",
    "a:*", "a <-> b", "!!!", "& | !", "-", "--", '-"', "or", "or or or", "and", "the", "()", "((((", ":", "a:b",
    "🫂", "🏴‍☠️", "\u202egnp.exe", "\u200b", "\u200f\u05e9\u05dc\u05d5\u05dd",
    "Ünïcödé", "<script>alert(1)</script>", "{{ 7 * 7 }}",
    "../../etc/passwd", "https://example.org/?q=1", "me@example.org", "a" * 200, "a " * 99, "\ue000\ue001", "\ud7ff",
]  # fmt: skip


@pytest.mark.parametrize("words", STRANGE)
async def test_strange_words_get_a_page(app: Litestar, client: httpx.AsyncClient, words: str) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"), title="Lantern", body="A lantern.")

    answer = await client.get("/search", params={"q": words})

    assert answer.status_code == 200
    assert 'role="search"' in answer.text
    assert "<script>alert" not in answer.text
    assert len(await fetch("SELECT 1 FROM post")) == 1


@pytest.mark.parametrize(
    "raw", ["q=%ff%fe", "q=%00%00", "q", "q=&q=lantern", "q=%", "board=%00", "after=%00&q=lantern"]
)
async def test_garbled_addresses_get_a_page(app: Litestar, client: httpx.AsyncClient, raw: str) -> None:
    answer = await client.get(f"/search?{raw}")

    assert answer.status_code in (200, 404)
    assert "<main" in answer.text


@pytest.mark.parametrize("after", ["-1", "abc", "0", "9" * 40, "²", "1 OR 1=1"])
async def test_forged_cursors_do_no_harm(app: Litestar, client: httpx.AsyncClient, after: str) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"), title="Lantern", body="A lantern.")

    assert (await client.get("/search", params={"q": "lantern", "after": after})).status_code == 200


async def test_too_many_words_come_back_shortened_with_a_clear_message(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/search", params={"q": "lantern " * 8_000})

    assert answer.status_code == 422
    assert "too long to search for" in answer.text
    kept = re.search(r'name="q" value="([^"]*)"', answer.text)
    assert kept
    assert html.unescape(kept[1]) == ("lantern " * 25).strip()
    assert len(kept[1]) <= MAX_CHARACTERS


@pytest.mark.parametrize("words", ["the", "and or the", "-", '""'])
async def test_words_that_say_nothing_are_answered_so(app: Litestar, client: httpx.AsyncClient, words: str) -> None:
    page = (await client.get("/search", params={"q": words})).text

    assert "Please add one that says more" in page


@pytest.mark.parametrize("words", ["", "   ", "\u200b", "\x00"])
async def test_nothing_asked_shows_the_form_alone(app: Litestar, client: httpx.AsyncClient, words: str) -> None:
    page = (await client.get("/search", params={"q": words})).text

    assert 'role="search"' in page
    assert "Kith neither stores nor logs what you search for." in page


async def test_words_are_kept_in_the_field_and_in_the_links(app: Litestar, client: httpx.AsyncClient) -> None:
    page = (await client.get("/search", params={"q": 'say "hello" & <bye>'})).text

    kept = re.search(r'name="q" value="([^"]*)"', page)
    assert kept
    assert html.unescape(kept[1]) == 'say "hello" & <bye>'


async def test_searching_too_often_pauses_kindly_but_the_empty_form_does_not_count(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    allowed = RULES["search"][0].amount
    for _ in range(allowed + 5):
        assert (await client.get("/search")).status_code == 200
    for _ in range(allowed):
        assert (await client.get("/search", params={"q": "lantern"})).status_code == 200

    answer = await client.get("/search", params={"q": "lantern"})

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_no_words_reach_the_log(app: Litestar, client: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.get("/search", params={"q": "plantedsearchword"})
        await client.get("/search", params={"q": "plantedsearchword", "board": "nowhere"})
        await client.get("/search", params={"q": "plantedsearchword " * 100})

    assert [line["route"] for line in lines] == ["/search"] * 3
    assert "plantedsearchword" not in str(lines)


async def test_search_that_takes_too_long_ends_with_a_kind_page(
    app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"), title="Lantern", body="A lantern.")
    monkeypatch.setattr("server.search.posts.PATIENCE_MS", 1)
    # Somebody else holds the table for as long as the search waits for it.
    connection = await asyncpg.connect(app.state.settings.database_address)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE search_word, avoidance IN ACCESS EXCLUSIVE MODE")
            answer = await client.get("/search", params={"q": "lantern"})
    finally:
        await connection.close()

    assert answer.status_code == 503
    assert SearchTookTooLong.sentence in answer.text
    assert 'value="lantern"' in answer.text


async def test_patience_ends_a_statement_and_holds_for_its_transaction_alone(app: Litestar) -> None:
    with pytest.raises(asyncpg.QueryCanceledError):
        async with patience(20):
            await execute("SELECT pg_sleep(5)")

    setting = (await fetch("SHOW statement_timeout"))[0]["statement_timeout"]
    assert setting == "10s"


def test_found_words_are_marked_and_everything_else_is_escaped() -> None:
    assert mark_found("a \ue000<b>\ue001 & \ue000c") == "a <mark>&lt;b&gt;</mark> &amp; c"
