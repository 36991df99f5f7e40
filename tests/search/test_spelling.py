"""Slips of the pen: unknown words are read as the nearest word that people here use."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.search.spelling import correct
from server.search.vocabulary import refresh_vocabulary
from tests.search.test_finding import look_for, posts_on, some_posts
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import a_member

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


async def known_words(*words: str, posts: int = 5) -> None:
    """Put words into the vocabulary."""
    for word in words:
        await execute("INSERT INTO search_word (word, posts) VALUES ($1, $2)", word, posts)


async def vocabulary() -> dict[str, int]:
    """Return the words that search knows."""
    return {row["word"]: row["posts"] for row in await fetch("SELECT word, posts FROM search_word")}


async def test_misspelt_search_shows_what_was_meant_and_a_way_back(app: Litestar, client: httpx.AsyncClient) -> None:
    posts = await some_posts("My anxiety is loud.", "Anxiety again.", "Less anxiety today.")
    await refresh_vocabulary()

    page = await look_for(client, "anxeity")

    assert posts_on(page) == list(reversed(posts))
    assert re.search(r"<b[^>]*>anxiety</b>", page)
    back = re.search(r'href="([^"]*spelling=as-typed[^"]*)"', page)
    assert back
    as_typed = (await client.get(html.unescape(back[1]))).text
    assert posts_on(as_typed) == []
    assert 'value="anxeity"' in as_typed


async def test_words_that_somebody_used_are_not_replaced_but_a_better_one_is_offered(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    posts = await some_posts("My anxiety.", "Anxiety again.", "Less anxiety.", "Oh this anxeity.")
    await refresh_vocabulary()

    page = await look_for(client, "anxeity")

    assert posts_on(page) == [posts[3]]
    assert "Did you mean" in page
    assert 'href="/search?q=anxiety"' in page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anxeity", "anxiety"),
        ("Anxeity", "anxiety"),
        ("recovary", "recovery"),
        ("terapy", "therapy"),
        ("slepe", "sleep"),
        ("tierd", "tired"),
        ('"panick attack" -terapy', '"panic attack" -therapy'),
        ("anxiety", ""),
        ("xylophonist", ""),
        ("ache", ""),
        ("or and the", ""),
        ("", ""),
    ],
)
async def test_nearest_known_word_is_chosen(app: Litestar, typed: str, meant: str) -> None:
    await known_words("anxiety", "recovery", "therapy", "sleep", "tired", "panic", "attack", "meeting", "friend")

    assert await correct(typed) == meant


async def test_of_two_words_equally_near_the_more_common_is_chosen(app: Litestar) -> None:
    await known_words("cravings", posts=3)
    await known_words("craving", posts=90)
    await known_words("carving", posts=4)

    assert await correct("craveing") == "craving"


async def test_vocabulary_has_words_of_two_posts_or_more(app: Litestar) -> None:
    await some_posts("craving hope", "Craving 12345 abc", "craving self-care é", "rare")

    await refresh_vocabulary()

    assert await vocabulary() == {"craving": 3}


async def test_vocabulary_learns_only_from_posts_that_others_can_read(app: Litestar) -> None:
    posts = await some_posts(*["craving"] * 3)
    await refresh_vocabulary()
    assert await vocabulary() == {"craving": 3}

    await set_state(posts[0], "held")
    await refresh_vocabulary()
    assert await vocabulary() == {"craving": 2}

    await set_state(posts[1], "deleted")
    await refresh_vocabulary()
    assert await vocabulary() == {}


async def test_refreshing_again_changes_nothing(app: Litestar) -> None:
    await some_posts(*["craving"] * 3)
    await refresh_vocabulary()
    before = await fetch("SELECT word, posts, xmin::text FROM search_word")

    await refresh_vocabulary()

    assert await fetch("SELECT word, posts, xmin::text FROM search_word") == before


async def test_empty_forum_has_no_vocabulary(app: Litestar) -> None:
    await known_words("leftover")

    await refresh_vocabulary()

    assert await vocabulary() == {}


async def test_correction_that_finds_nothing_is_not_shown(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"), title="Here", body="The beginning.")
    await known_words("lantern")

    page = await look_for(client, "lantren")

    assert "No post has these words" in page
    assert "instead" not in page
