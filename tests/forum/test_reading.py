"""Reading: pages in order, places that links lead to, what is covered, hidden, new."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.forum.threads import look_at_front_page
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


def posts_on(page: str) -> list[int]:
    """Return the ids of the posts on a page, in order."""
    return [int(found) for found in re.findall(r'<(?:article|p)[^>]* id="post-(\d+)"', page)]


async def test_long_thread_comes_in_pages_that_miss_and_repeat_nothing(client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    written = [thread.post_id] + [await a_reply(thread, author, f"Answer {number}") for number in range(59)]

    seen: list[int] = []
    address = f"/threads/{thread.thread_id}"
    while address:
        page = (await client.get(address)).text
        seen += posts_on(page)
        later = re.search(r'href="(/threads/\d+\?from=[\d-]+)"', page)
        address = later[1] if later else ""

    assert seen == written


async def test_earlier_posts_lead_back_to_the_beginning(client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    written = [thread.post_id] + [await a_reply(thread, author, f"Answer {number}") for number in range(59)]

    place = await client.get(f"/posts/{written[-1]}")
    page = (await client.get(place.headers["location"])).text
    assert written[-1] in posts_on(page)
    back = re.search(r'href="(/threads/\d+\?before=[\d-]+)"', page)
    assert back
    earlier = posts_on((await client.get(back[1])).text)
    assert earlier == written[written.index(posts_on(page)[0]) - 25 : written.index(posts_on(page)[0])]


async def test_link_to_a_post_leads_to_the_page_it_is_on(client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    first = await a_reply(thread, author, "Branch")
    nested = [await a_reply(thread, author, f"Nested {number}", to=first) for number in range(40)]

    for wanted in (first, nested[5], nested[39]):
        place = await client.get(f"/posts/{wanted}")
        assert place.headers["location"].endswith(f"#post-{wanted}")
        assert wanted in posts_on((await client.get(place.headers["location"])).text)


async def test_board_lists_its_threads_in_pages_newest_first(client: httpx.AsyncClient) -> None:
    author, board = await a_member("quiet-otter-41"), await a_board()
    threads = [(await a_thread(board, author, title=f"Thread {number}")).thread_id for number in range(60)]

    seen: list[int] = []
    address = f"/boards/{board.slug}"
    while address:
        page = (await client.get(address)).text
        seen += [int(found) for found in re.findall(r'class="row-link" href="/threads/(\d+)"', page)]
        older = re.search(rf'href="(/boards/{board.slug}\?after=[\d-]+)"', page)
        address = older[1] if older else ""

    assert seen == threads[::-1]


@pytest.mark.parametrize("after", ["x", "99999999999999999999999-1", "-", "1-", "0-0-0"])
async def test_forged_cursor_shows_a_page(client: httpx.AsyncClient, after: str) -> None:
    board = await a_board()

    assert (await client.get(f"/boards/{board.slug}", params={"after": after})).status_code == 200


async def test_content_note_covers_and_each_reader_chooses(app: Litestar, new_browser: NewBrowser) -> None:
    thread = await a_thread(
        await a_board(), await a_member("calm-fern-12"), title="Mixed", body="About a relapse.", topic="relapse"
    )
    reader = new_browser()
    await enter(reader, app, await a_member("brave-robin-77"))
    path = f"/threads/{thread.thread_id}"

    assert re.search(r"<details[^>]*>.*About a relapse\.", (await reader.get(path)).text, re.DOTALL)
    await submit(reader, "/account/reading", {"relapse": "open"}, page="/account/reading")
    opened = (await reader.get(path)).text
    assert "About a relapse." in opened
    assert "cover-label" not in opened
    await submit(reader, "/account/reading", {"relapse": "hidden"}, page="/account/reading")
    assert "About a relapse." not in (await reader.get(path)).text
    assert "Mixed" not in (await reader.get("/")).text


async def test_covered_post_lies_under_its_cover_where_it_is_answered(app: Litestar, client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body="Hard words.")
    await set_state(thread.post_id, "covered")
    await enter(client, app, await a_member("brave-robin-77"))

    page = (await client.get(f"/threads/{thread.thread_id}/reply?to={thread.post_id}")).text

    before = page.partition("Hard words.")[0]
    assert "Hard words." in page
    assert before.count("<details") > before.count("</details>")


async def test_post_that_is_not_to_be_seen_leads_nowhere(app: Litestar, new_browser: NewBrowser) -> None:
    author, reader = await a_member("calm-fern-12"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), author)
    held = await a_reply(thread, author)
    await set_state(held, "held")
    mine, theirs = new_browser(), new_browser()
    await enter(mine, app, author)
    await enter(theirs, app, reader)

    assert (await mine.get(f"/posts/{held}")).status_code == 303
    assert (await theirs.get(f"/posts/{thread.post_id}")).status_code == 303
    for browser in (theirs, new_browser()):
        assert (await browser.get(f"/posts/{held}")).status_code == 404


async def test_author_reads_own_covered_post_openly(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author, body="About a relapse.", topic="relapse")
    await enter(client, app, author)

    assert "cover-label" not in (await client.get(f"/threads/{thread.thread_id}")).text


async def test_held_post_is_its_authors_alone_and_says_what_happens(app: Litestar, new_browser: NewBrowser) -> None:
    author, other = await a_member("calm-fern-12"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), other)
    held = await a_reply(thread, author, "Held words")
    await set_state(held, "held")
    mine, theirs, nobody = new_browser(), new_browser(), new_browser()
    await enter(mine, app, author)
    await enter(theirs, app, other)
    path = f"/threads/{thread.thread_id}"

    own_view = (await mine.get(path)).text
    assert "Held words" in own_view
    assert "Only you and the moderators see this post for now" in own_view
    assert "Held words" not in (await theirs.get(path)).text
    assert "Held words" not in (await nobody.get(path)).text


async def test_thread_that_opens_with_a_held_post_is_its_authors_alone(app: Litestar, new_browser: NewBrowser) -> None:
    author = await a_member("calm-fern-12")
    board = await a_board()
    thread = await a_thread(board, author, title="Held title")
    await set_state(thread.post_id, "held")
    mine, theirs = new_browser(), new_browser()
    await enter(mine, app, author)
    await enter(theirs, app, await a_member("brave-robin-77"))

    assert (await mine.get(f"/threads/{thread.thread_id}")).status_code == 200
    assert (await theirs.get(f"/threads/{thread.thread_id}")).status_code == 404
    assert "Held title" not in (await theirs.get(f"/boards/{board.slug}")).text


async def test_unread_answers_are_marked_until_they_were_on_screen(app: Litestar, new_browser: NewBrowser) -> None:
    author, reader = await a_member("calm-fern-12"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), author)
    browser = new_browser()
    await enter(browser, app, reader)
    path = f"/threads/{thread.thread_id}"

    assert "New since you were here" not in (await browser.get(path)).text
    await a_reply(thread, author, "Something new")
    assert "is-new" in (await browser.get("/")).text
    assert "New since you were here" in (await browser.get(path)).text
    assert "New since you were here" not in (await browser.get(path)).text
    assert "is-new" not in (await browser.get("/")).text


async def test_front_page_says_what_is_new_since_the_member_looked(app: Litestar, client: httpx.AsyncClient) -> None:
    author, reader = await a_member("calm-fern-12"), await a_member("brave-robin-77")
    board = await a_board()
    await a_thread(board, author, title="Old news")
    await enter(client, app, reader)
    await client.get("/")
    await execute("UPDATE member SET looked_at = looked_at - interval '2 hours' WHERE id = $1", reader.id)
    await execute("UPDATE thread SET last_post_at = last_post_at - interval '3 hours'")
    await a_thread(board, author, title="Fresh news", at=now())

    page = (await client.get("/")).text

    assert "New since you last looked" in page
    assert page.index("Fresh news") < page.index("You had seen the rest") < page.index("Old news")


async def test_looks_at_the_front_page_are_remembered_by_the_hour(app: Litestar, client: httpx.AsyncClient) -> None:
    reader = await a_member("brave-robin-77")
    await enter(client, app, reader)
    await client.get("/")
    await execute("UPDATE member SET looked_at = looked_at - interval '3 hours'")
    await client.get("/")

    row = await fetch_one("SELECT looked_before, looked_at FROM member")

    assert {(moment.minute, moment.second, moment.microsecond) for moment in row.values()} == {(0, 0, 0)}
    assert row["looked_at"] > row["looked_before"]


@pytest.mark.parametrize(
    ("again", "new_since"),
    [("14:59:59", "yesterday"), ("15:09:59", "yesterday"), ("15:10", "14:00"), ("19:30", "14:00")],
)
@pytest.mark.usefixtures("app")
async def test_look_counts_with_its_whole_hour_so_that_nothing_new_is_passed_over(again: str, new_since: str) -> None:
    reader = await a_member("brave-robin-77")
    yesterday, today = datetime(2026, 11, 29, 9, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    assert await look_at_front_page(reader.id, at=yesterday) is None
    assert await look_at_front_page(reader.id, at=today.replace(hour=14, minute=59)) == yesterday

    since = await look_at_front_page(reader.id, at=datetime.combine(today, time.fromisoformat(again), UTC))

    assert since == (yesterday if new_since == "yesterday" else today.replace(hour=14))


async def test_blocked_member_cannot_answer_and_is_not_told_why(app: Litestar, new_browser: NewBrowser) -> None:
    author, other = await a_member("calm-fern-12"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), author)
    unwanted = await a_reply(thread, other, "Unkind words")
    mine, theirs = new_browser(), new_browser()
    await enter(mine, app, author)
    await enter(theirs, app, other)
    await submit(mine, f"/posts/{unwanted}/author/avoid", {"kind": "block"}, page=f"/posts/{unwanted}/author/avoid")

    refused = await submit(theirs, f"/threads/{thread.thread_id}/replies", {"body": "Again!"})

    assert refused.status_code == 403
    assert "Again!" in refused.text
    assert "block" not in refused.text.lower().replace("blockquote", "")
    assert "Unkind words" not in (await mine.get(f"/threads/{thread.thread_id}")).text
    assert (await fetch_one("SELECT count(*) AS n FROM post"))["n"] == 2


async def test_reading_a_thread_settles_what_notices_said_of_it(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    await a_reply(thread, await a_member("brave-robin-77"), "I am here.")
    await enter(client, app, author)
    assert "1" in (await client.get("/notices/count", headers={"hx-request": "true"})).text

    await client.get(f"/threads/{thread.thread_id}")

    assert (await fetch_one("SELECT count(*) AS n FROM notice WHERE read_at IS NULL"))["n"] == 0


async def test_about_page_says_that_a_post_which_endangers_readers_waits(client: httpx.AsyncClient) -> None:
    page = (await client.get("/about")).text

    assert "One that could endanger whoever reads it waits until a moderator has looked; you still see it" in page
    assert "Asking for help is never a reason to hide a post." in page


async def test_post_links_to_nothing_that_signs_its_readers_out(app: Litestar, client: httpx.AsyncClient) -> None:
    own = app.state.settings.base_url
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body=f"See {own}/leave and {own}/help")

    page = (await client.get(f"/threads/{thread.thread_id}")).text

    assert f'href="{own}/help"' in page
    assert f'href="{own}/leave"' not in page
    assert f"{own}/leave" in page
