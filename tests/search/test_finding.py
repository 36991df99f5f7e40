"""What a search finds, in which order, and what it keeps from whom."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from models.members import AvoidanceKind
from server.clock import now
from server.forum.taking_down import TITLE_WITHOUT_OPENING, delete_post
from server.members.avoidance import avoid
from server.search.posts import NEWEST_POSTS, PAGE_SIZE
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person


async def look_for(client: httpx.AsyncClient, words: str, **more: str) -> str:
    """Search and return the page."""
    answer = await client.get("/search", params={"q": words, **more})
    assert answer.status_code == 200, answer.text
    return answer.text


def posts_on(page: str) -> list[int]:
    """Return the posts that a page leads to, in its order."""
    return [int(post) for post in re.findall(r'href="/posts/(\d+)"', page)]


def threads_on(page: str) -> list[int]:
    """Return the threads that a page leads to."""
    return [int(thread) for thread in re.findall(r'href="/threads/(\d+)"', page)]


async def some_posts(*bodies: str, author: Person | None = None) -> list[int]:
    """Write posts into one thread and return them."""
    author = author or await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Here", body="The beginning.")
    return [await a_reply(thread, author, body) for body in bodies]


async def test_posts_are_found_by_their_words_newest_first(app: Litestar, client: httpx.AsyncClient) -> None:
    posts = await some_posts("I cannot sleep.", "Breakfast was good.", "Sleeping again at last, I slept well.")

    page = await look_for(client, "sleep")

    assert posts_on(page) == [posts[2], posts[0]]
    assert "<mark>Sleeping</mark> again at last" in page
    assert ">I cannot <mark>sleep</mark></p>" in page


async def test_answer_of_a_moderator_is_found_as_one(app: Litestar, client: httpx.AsyncClient) -> None:
    [answer] = await some_posts("Please drink some water.")
    await execute("UPDATE post SET by_moderator = true, author = NULL WHERE id = $1", answer)

    page = await look_for(client, "water")

    assert "a moderator</span>" in page
    assert "a member who left" not in page


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('"long night"', [0]),
        ("long night", [0, 1]),
        ("night -long", [2]),
        ("breakfast or night", [0, 1, 2, 3]),
        ("breakfast night", []),
    ],
)
async def test_quotes_minus_and_or_mean_what_they_say(
    app: Litestar, client: httpx.AsyncClient, words: str, expected: list[int]
) -> None:
    posts = await some_posts("A long night.", "The night was long.", "Night after night.", "Breakfast.")

    assert sorted(posts_on(await look_for(client, words))) == [posts[place] for place in expected]


async def test_thread_is_found_by_its_title_in_a_section_of_its_own(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Learning to breathe again", body="Day one.")
    await a_thread(await a_board("other-board"), author, title="Something else", body="Day two.")

    page = await look_for(client, "breathing")

    assert threads_on(page) == [thread.thread_id]
    assert ">Threads<" in page


async def test_title_with_a_slip_of_the_pen_is_found_by_likeness(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="My first meeting without drinking", body="Day one.")

    page = await look_for(client, "metting")

    assert threads_on(page) == [thread.thread_id]
    assert "Threads with similar titles" in page


async def test_a_board_narrows_the_search(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    here = await a_thread(await a_board("here"), author, title="Sleep here", body="No sleep here.")
    await a_thread(await a_board("there"), author, title="Sleep there", body="No sleep there.")

    page = await look_for(client, "sleep", board="here")

    assert posts_on(page) == [here.post_id]
    assert threads_on(page) == [here.thread_id]
    assert re.search(r'<option value="here" selected>', page)
    assert (await client.get("/search", params={"q": "sleep", "board": "nowhere"})).status_code == 404


async def test_pages_follow_one_another_without_gap_or_repetition(app: Litestar, client: httpx.AsyncClient) -> None:
    posts = await some_posts(*(f"Walk number {number}." for number in range(2 * PAGE_SIZE + 3)))

    seen: list[int] = []
    address = "/search?q=walk"
    while address:
        page = (await client.get(address)).text
        seen += posts_on(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(older[1]) if older else ""

    assert seen == list(reversed(posts))


async def test_rare_words_are_found_among_old_posts_too(app: Litestar, client: httpx.AsyncClient) -> None:
    posts = await some_posts("A lighthouse of my own.", "Lighthouse again.")
    await execute("SELECT setval('post_id_seq', (SELECT max(id) FROM post) + $1)", 3 * NEWEST_POSTS)
    new = await a_reply(
        await a_thread(await a_board("new"), await a_member("brave-heron-7"), body="New."), await a_member("third-3"),
        "A new lighthouse.",
    )  # fmt: skip

    assert posts_on(await look_for(client, "lighthouse")) == [new, posts[1], posts[0]]
    assert posts_on(await look_for(client, "lighthouse", after=str(new))) == [posts[1], posts[0]]


@pytest.mark.parametrize("state", ["held", "removed", "deleted"])
async def test_what_others_cannot_read_is_not_found(app: Litestar, client: httpx.AsyncClient, state: str) -> None:
    posts = await some_posts("A hidden lantern.", "An open lantern.")
    await set_state(posts[0], state)

    assert posts_on(await look_for(client, "lantern")) == [posts[1]]


async def test_thread_and_answers_of_a_held_opening_post_are_not_found(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Lantern talk", body="First lantern.")
    await a_reply(thread, author, "Second lantern.")
    await set_state(thread.post_id, "held")

    page = await look_for(client, "lantern")

    assert posts_on(page) == []
    assert threads_on(page) == []


async def test_held_thread_whose_opening_post_its_author_took_down_is_not_found(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await a_reply(thread, await a_member("brave-heron-7"))
    await set_state(thread.post_id, "held")
    await delete_post(thread.post_id, author.id, at=now())

    assert threads_on(await look_for(client, TITLE_WITHOUT_OPENING)) == []


async def test_deleted_threads_are_not_found(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"), title="Lantern talk", body="A lantern.")
    await execute("UPDATE thread SET deleted_at = now()")

    page = await look_for(client, "lantern")

    assert posts_on(page) == []
    assert threads_on(page) == []


@pytest.mark.parametrize("kind", list(AvoidanceKind))
async def test_members_whom_the_reader_avoids_are_left_out(
    app: Litestar, client: httpx.AsyncClient, kind: AvoidanceKind
) -> None:
    reader, avoided = await a_member("brave-heron-7"), await a_member("loud-magpie-3")
    await a_thread(await a_board(), avoided, title="Lantern talk", body="A lantern.")
    assert len(posts_on(await look_for(client, "lantern"))) == 1
    await avoid(reader.id, avoided.id, kind, at=now())
    await enter(client, app, reader)

    page = await look_for(client, "lantern")

    assert posts_on(page) == []
    assert threads_on(page) == []


async def test_covered_posts_show_their_note_and_never_their_text(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Here", body="The beginning.")
    noted = await a_reply(thread, author, "A lantern and a secret.", topic="relapse")
    covered = await a_reply(thread, author, "Another lantern, another secret.")
    await set_state(covered, "covered")

    page = await look_for(client, "lantern")

    assert posts_on(page) == [covered, noted]
    assert "secret" not in page
    assert "Relapse" in page
    assert "Please take care with this post" in page


@pytest.mark.parametrize(
    ("choice", "is_found", "is_open"), [("open", True, True), ("covered", True, False), ("hidden", False, False)]
)
async def test_reading_choices_hold_in_search(
    app: Litestar, client: httpx.AsyncClient, *, choice: str, is_found: bool, is_open: bool
) -> None:
    author, reader = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    await a_thread(await a_board(), author, title="Lantern talk", body="A lantern and a secret.", topic="relapse")
    await execute("UPDATE member SET note_choices = $2 WHERE id = $1", reader.id, json.dumps({"relapse": choice}))
    await enter(client, app, reader)

    page = await look_for(client, "lantern")

    assert bool(posts_on(page)) is is_found
    assert bool(threads_on(page)) is is_found
    assert ("secret" in page) is is_open


async def test_own_covered_posts_are_open_to_their_author(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    await a_thread(await a_board(), author, title="Here", body="A lantern and a secret.", topic="relapse")
    await execute("UPDATE member SET note_choices = $1", json.dumps({"relapse": "hidden"}))
    await enter(client, app, author)

    assert "secret" in await look_for(client, "lantern")


async def test_snippets_never_carry_markup_of_a_post(app: Litestar, client: httpx.AsyncClient) -> None:
    await some_posts(
        "<script>alert('lantern')</script> lantern <img src=x onerror=alert(1)> & \ue000forged\ue001 "
        "<mark>lantern</mark>"
    )

    page = await look_for(client, "lantern")
    snippet = re.search(r'<p class="snippet"[^>]*>(.*?)</p>', page, re.DOTALL)

    assert snippet
    assert set(re.findall(r"<[^>]*>", snippet[1])) == {"<mark>", "</mark>"}
    assert "\ue000" not in page
    assert "\ue001" not in page
    assert "<mark>forged" not in page


async def test_snippet_is_plain_words_without_the_small_markdown(app: Litestar, client: httpx.AsyncClient) -> None:
    await some_posts("> What they said\n\n- **A lantern** for [the night](https://example.org/night)\n- and *hope*")

    page = await look_for(client, "lantern")

    assert re.search(r"What they said A <mark>lantern</mark> for the night and hope", page)


async def test_long_posts_are_found_by_a_word_near_their_end(app: Litestar, client: httpx.AsyncClient) -> None:
    posts = await some_posts("".join(f"Day {number}. " for number in range(1500)) + "A lantern.")

    page = await look_for(client, "lantern")

    assert posts_on(page) == posts
    assert re.search(r">… [^<]*Day 1499. A <mark>lantern</mark></p>", page)


async def test_posts_of_members_who_left_are_found(app: Litestar, client: httpx.AsyncClient) -> None:
    posts = await some_posts("A lantern.")
    await execute("UPDATE post SET author = NULL")

    page = await look_for(client, "lantern")

    assert posts_on(page) == posts
    assert "a member who left" in page
