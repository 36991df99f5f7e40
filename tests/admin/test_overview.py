"""Whether all is well, in numbers that can be trusted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch
from server.admin import overview
from server.admin.overview import read_overview
from server.admin.reading import PATIENCE, tell_admins_while_nobody_reads
from server.clock import now
from server.seeding import seed_all
from server.triage_state import TriageState, say_state
from server.worker import READING_AT, build_worker, tell_of_reading
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from tests.support.resources import a_resource
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    import pytest
    from litestar import Litestar

    from server.settings import Settings
    from tests.support.people import Person


def cells_of(page: str, first: str) -> list[str]:
    """Return what a row of a table says after its first cell."""
    row = re.search(rf'<tr><th scope="row">{first}</th>(.*?)</tr>', page)
    assert row
    return re.findall(r"<td[^>]*>(.*?)</td>", row[1])


async def test_overview_shows_what_waits(admin: Person, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    await a_thread(await a_board("quiet-nights"), await a_member("calm-fern-12"), at=now() - timedelta(hours=3))

    page = (await client.get("/admin")).text

    assert "the oldest from 3 h ago" in page
    assert "members do not see them yet" in page
    assert "Staff without a second factor: 1." in page
    assert page.count('class="chart-bar"') == 30
    assert "at most 1; all numbers are in the list below" in page


async def test_overview_counts_addresses_that_do_not_answer_where_there_are_any(
    admin: Person, client: httpx.AsyncClient
) -> None:
    for title, state in (("Good Line", "vetted"), ("Dead Line", "vetted"), ("Old Line", "retired")):
        await a_resource(title, state=state)
    assert "Addresses to look at" not in (await client.get("/admin")).text

    await execute("UPDATE resource SET link_problem = 'It did not answer in time.' WHERE title <> 'Good Line'")

    page = (await client.get("/admin")).text
    assert '<a href="/moderation/resources?state=link">1</a>' in page


async def test_empty_community_has_an_overview_too(admin: Person, client: httpx.AsyncClient) -> None:
    page = (await client.get("/admin")).text

    assert page.count('class="chart-bar"') == 30
    assert "nobody wrote" in page


async def test_days_begin_at_midnight_and_end_with_today(app: Litestar) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    board, author = await a_board(), await a_member("calm-fern-12")
    for hours in (1, 11, 13, 29 * 24, 31 * 24):
        await a_thread(board, author, at=noon - timedelta(hours=hours))

    seen = await read_overview(now=noon)

    assert seen.posts_today == 2
    assert [number for _, number in seen.days] == [1, *[0] * 27, 1, 2]
    assert str(seen.posts) == "5"


async def test_large_numbers_are_said_as_what_they_are(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for _ in range(4):
        await a_thread(board, author)
    monkeypatch.setattr(overview, "COUNTED", 3)

    await execute("ANALYZE post")
    seen = await read_overview(now=now())

    assert str(seen.waiting_tasks) == "more than 3"
    assert str(seen.posts) == "about 4"
    assert str(seen.members) == "1"


async def test_it_says_how_soon_somebody_looked(admin: Person, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    board = await a_board()
    seen = await flag_post((await a_thread(board, author)).post_id, Severity.RED, at=now() - timedelta(minutes=20))
    await flag_post((await a_thread(board, author)).post_id, Severity.RED)
    await claim(seen, admin.id, at=now())

    page = (await client.get("/admin")).text

    assert cells_of(page, "red") == ["2", "1", "1", "20 min"]


async def test_every_page_of_staff_shows_that_nobody_reads(
    app: Litestar, admin: Person, client: httpx.AsyncClient
) -> None:
    words = "The classifier is not reading posts right now"
    for state in (None, TriageState(problem="It fails on every post (MemoryError).")):
        if state is not None:
            await say_state(app.state.redis, state)
        assert words in (await client.get("/")).text
        page = (await client.get("/admin")).text
        assert (state.problem if state else "No worker has reported") in page

    await say_state(app.state.redis, TriageState(model="kith"))

    assert words not in (await client.get("/")).text
    assert words not in (await client.get("/admin")).text


async def test_admins_hear_once_that_posts_wait_while_nobody_reads(app: Litestar, admin: Person) -> None:
    await a_member("calm-owl-1", role="moderator")
    await a_thread(await a_board(), await a_member("quiet-otter-41"), at=now())

    async def told_after(wait: timedelta, problem: str) -> list[int]:
        await say_state(app.state.redis, TriageState(model="kith", problem=problem))
        await tell_admins_while_nobody_reads(app.state.redis, at=now() + wait)
        return [row["member"] for row in await fetch("SELECT member FROM notice WHERE kind = 'nobody-reads'")]

    assert await told_after(PATIENCE / 2, "It is being loaded.") == []
    assert await told_after(2 * PATIENCE, "It fails.") == [admin.id]
    assert await told_after(3 * PATIENCE, "It fails.") == [admin.id]
    assert await told_after(4 * PATIENCE, "") == []


async def test_admins_hear_of_posts_that_a_clock_ahead_dated_too(app: Litestar, admin: Person) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"), at=now() + timedelta(days=365))

    await tell_admins_while_nobody_reads(app.state.redis, at=now())

    assert len(await fetch("SELECT 1 FROM notice WHERE kind = 'nobody-reads'")) == 1


async def test_worker_looks_every_minute_whether_posts_are_read(services: Settings) -> None:
    [job] = [job for job in build_worker(services).cron_jobs or () if job.name == "tell-of-reading"]

    assert (job.coroutine, job.second, job.minute) == (tell_of_reading, READING_AT, None)


async def test_it_says_how_the_classifier_keeps_up(admin: Person, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    at = now()
    written = [await a_thread(board, author, at=at - timedelta(minutes=minutes)) for minutes in (5, 10, 15, 180)]
    for thread, waited in zip(written, (2, 4, 6, 600), strict=True):
        await execute(
            "UPDATE triage_task SET done_at = created_at + $2::interval WHERE post = $1",
            thread.post_id,
            timedelta(seconds=waited),
        )
    unread, given_up, changed = [await a_thread(board, author, at=at - timedelta(minutes=7)) for _ in range(3)]
    await execute("UPDATE triage_task SET failure = 'ModelFailed' WHERE post = $1", unread.post_id)
    for thread, failure in ((given_up, "MemoryError"), (changed, "changed")):
        await execute("UPDATE triage_task SET failure = $2, done_at = $3 WHERE post = $1", thread.post_id, failure, at)

    page = (await client.get("/admin")).text

    assert cells_of(page, "hour") == ["3", "4 s", "6 s", "2"]
    assert cells_of(page, "day") == ["4", "5 s", "9 min", "2"]
    assert "Posts wait for longer than a minute" in page
    assert "Waiting: 1, the oldest from 7 min ago." in page


async def test_nothing_read_and_nothing_waiting_is_no_cause_for_alarm(admin: Person, client: httpx.AsyncClient) -> None:
    await a_thread(await a_board(), await a_member("quiet-otter-41"))

    page = (await client.get("/admin")).text

    assert cells_of(page, "day") == ["0", "none", "none", "0"]
    assert "Posts wait for longer than a minute" not in page
