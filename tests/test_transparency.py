"""What everybody may know: numbers by month in which nobody can be recognised."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.forum.outbox import queue_triage
from server.forum.taking_down import DELETED_TEXT_KEPT_FOR, delete_post, forget_deleted_text
from server.members.erasure import erase_member
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.months import LAST, a_case, a_decision, an_appeal, closed_case, month, posts, table
from tests.support.people import a_member
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


HEADINGS = {
    "posts": ["Written", "Read by the program"],
    "cases": ["Somebody may be in danger", "As soon as possible", "When there is time", "For another reason"],
    "in-time": ["Somebody may be in danger", "As soon as possible"],
    "acts-on-posts": [
        "Content note put over it",
        "Opened to everybody",
        "Held back",
        "Taken down",
        "Passage blacked out",
    ],
    "acts-for-people": [
        "Answered",
        "Help pointed out",
        "Asked to change it",
        "Asked to mind the rules",
        "Writing paused",
        "Read, nothing needed",
    ],
    "appeals": ["Decision changed", "Decision kept", "Not decided yet"],
}


async def read_by_the_program(post_id: int) -> None:
    """Be done with the reading of a post as it stands."""
    await execute("UPDATE triage_task SET done_at = $2 WHERE post = $1", post_id, LAST)


async def test_anybody_may_read_it_and_finds_it_on_every_page(client: httpx.AsyncClient) -> None:
    assert 'href="/transparency"' in (await client.get("/about")).text

    page = await client.get("/transparency")

    assert page.status_code == 200
    assert "Nothing to tell yet" in page.text


async def test_every_table_has_its_columns(client: httpx.AsyncClient) -> None:
    await posts(1)

    for name, headings in HEADINGS.items():
        assert list(await table(client, name)) == headings


@pytest.mark.parametrize(("count", "told"), [(1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (6, "6")])
async def test_small_numbers_are_hidden(client: httpx.AsyncClient, count: int, told: str) -> None:
    written = await posts(count)
    for post_id in written:
        await closed_case(post_id, "remove")

    assert (await table(client, "posts"))["Written"] == told
    assert (await table(client, "cases"))["As soon as possible"] == told
    assert (await table(client, "acts-on-posts"))["Taken down"] == told
    assert (await table(client, "acts-on-posts"))["Held back"] == "0"


async def test_hidden_numbers_look_the_same_in_the_chart(client: httpx.AsyncClient) -> None:
    await posts(1, at=month(3))
    await posts(4, at=month(2))
    await posts(8, at=month(1))

    page = (await client.get("/transparency")).text

    bars = re.findall(
        r'<rect class="chart-bar" x="\d+" y="([\d.]+)" width="30" height="([\d.]+)"( fill-opacity)?', page
    )
    assert len(bars) == 3
    assert bars[0] == bars[1] == ("100", "4", " fill-opacity")
    assert bars[2] == ("18.0", "86.0", "")
    assert re.findall(r"<text [^>]*>([^<]*)</text>", page)[::2] == ["&lt;5", "&lt;5", "8"]


async def test_month_that_is_not_over_is_not_told(client: httpx.AsyncClient) -> None:
    await posts(6)
    this_month = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    await posts(7, at=this_month)

    page = (await client.get("/transparency")).text

    assert f"{LAST:%B %Y}" in page
    assert f"{this_month:%B %Y}" not in page
    assert (await table(client, "posts"))["Written"] == "6"


async def test_months_are_cut_in_utc_and_empty_ones_between_are_nought(client: httpx.AsyncClient) -> None:
    first = month(3).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    await posts(5, at=first)
    await posts(6, at=first - timedelta(seconds=1))

    assert (await table(client, "posts", of=month(3)))["Written"] == "5"
    assert (await table(client, "posts", of=month(4)))["Written"] == "6"
    assert (await table(client, "posts", of=month(2)))["Written"] == "0"


async def test_only_a_year_is_told(client: httpx.AsyncClient) -> None:
    await posts(5, at=month(12))
    await posts(5, at=month(13))

    page = (await client.get("/transparency")).text

    assert f"{month(12):%B %Y}" in page
    assert f"{month(13):%B %Y}" not in page


async def test_moderators_words_are_no_members_posts_and_a_post_read_twice_is_one(client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board("quiet-nights"), author, at=LAST)
    await execute("UPDATE post SET by_moderator = true WHERE id = $1", await a_reply(thread, author))
    for post_id in await posts(5):
        await queue_triage(post_id, revision=2, at=LAST)
        await read_by_the_program(post_id)
    await posts(7)
    await execute("UPDATE post SET created_at = $1", LAST)

    assert await table(client, "posts") == {"Written": "13", "Read by the program": "5"}


async def test_what_could_not_be_read_was_not_read(client: httpx.AsyncClient) -> None:
    written = await posts(6)
    for post_id in written:
        await read_by_the_program(post_id)
    await execute("UPDATE triage_task SET failure = 'ValueError' WHERE post = $1", written[0])

    assert await table(client, "posts") == {"Written": "6", "Read by the program": "5"}


async def test_what_its_author_took_down_was_written_and_read(client: httpx.AsyncClient) -> None:
    for post_id in await posts(6):
        await read_by_the_program(post_id)
        await delete_post(post_id, (await fetch_one("SELECT author FROM post"))["author"], at=LAST)
    await forget_deleted_text(now=LAST + DELETED_TEXT_KEPT_FOR + timedelta(days=1))

    assert await table(client, "posts") == {"Written": "6", "Read by the program": "6"}


async def test_what_was_erased_is_in_no_number(client: httpx.AsyncClient, app: Litestar) -> None:
    for post_id in await posts(6):
        await read_by_the_program(post_id)
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board("quiet-nights"), author, at=LAST)
    await a_reply(thread, await a_member("calm-owl-2"))
    await execute("UPDATE post SET created_at = $1", LAST)
    await read_by_the_program(thread.post_id)

    await erase_member(app.state.redis, author.id, at=now())

    assert await table(client, "posts") == {"Written": "7", "Read by the program": "6"}


async def test_cases_are_told_by_severity(client: httpx.AsyncClient) -> None:
    written = await posts(7)
    for severity, count in ((Severity.CRISIS, 5), (Severity.RED, 6), (Severity.AMBER, 7), (Severity.GREEN, 2)):
        for post_id in written[:count]:
            await a_case(post_id, severity, closed_after=20)

    assert list((await table(client, "cases")).values()) == ["5", "6", "7", "fewer than 5"]


async def test_share_in_time_counts_who_was_seen_before_the_deadline(client: httpx.AsyncClient) -> None:
    written = await posts(8)
    for post_id, looked in zip(written, (0, 5, 10, 10, 10, 11, 60, None), strict=True):
        await a_case(post_id, Severity.CRISIS, looked_after=looked)

    assert await table(client, "in-time") == {
        "Somebody may be in danger": "62 %",
        "As soon as possible": "too few to say",
    }


async def test_share_in_time_leaves_out_what_was_taken_down_before_the_deadline(client: httpx.AsyncClient) -> None:
    written = await posts(7)
    for post_id in written[:5]:
        await a_case(post_id, closed_after=7)
    await a_case(written[5], looked_after=None, closed_after=2)
    await a_case(written[6], looked_after=None, closed_after=30)

    assert (await table(client, "in-time"))["As soon as possible"] == "83 %"


async def test_share_of_few_cases_is_not_told(client: httpx.AsyncClient) -> None:
    for post_id in await posts(4):
        await a_case(post_id, Severity.CRISIS, looked_after=30)

    assert (await table(client, "in-time"))["Somebody may be in danger"] == "too few to say"


async def test_what_was_taken_back_is_no_decision(client: httpx.AsyncClient) -> None:
    written = await posts(6)
    for post_id in written:
        case_id = await a_case(post_id, closed_after=6)
        await a_decision(case_id, "remove", undone=True)
        await a_decision(case_id, "nothing")

    assert (await table(client, "acts-on-posts"))["Taken down"] == "0"
    assert (await table(client, "acts-for-people"))["Read, nothing needed"] == "6"


async def test_page_holds_no_words_of_anybody(client: httpx.AsyncClient) -> None:
    await an_appeal(await closed_case((await posts(5))[0], "remove"), at=LAST)

    page = (await client.get("/transparency")).text

    for words in ("xylophone", "calm-fern", "words of a moderator", "Please look", "A long night"):
        assert words not in page


async def test_numbers_are_counted_once_a_day(client: httpx.AsyncClient) -> None:
    await posts(5)
    assert (await table(client, "posts"))["Written"] == "5"

    await posts(9)

    assert (await table(client, "posts"))["Written"] == "5"


async def test_chart_is_drawn_without_styles_or_scripts(client: httpx.AsyncClient) -> None:
    await posts(5)

    chart = re.search(r"<svg viewBox[^>]*font-size.*?</svg>", (await client.get("/transparency")).text, re.DOTALL)

    assert chart
    assert "style" not in chart[0]
    assert "script" not in chart[0]
    assert f'<text x="26" y="117">{LAST:%b %y}</text>' in chart[0]
    assert LAST.tzinfo is UTC
