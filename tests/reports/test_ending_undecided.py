"""Whoever spoke up hears what came of it, also where nobody is left to decide: the post was taken down, or is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server import housekeeping
from server.clock import now
from server.errors import TooMany
from server.forum.taking_down import delete_post, forget_deleted_text
from server.members.erasure import erase_member
from server.moderation.acts import Voice
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.reports.forms import ReportForm
from server.reports.moderation import close_reports
from server.reports.outcomes import Outcome
from server.reports.service import report_rules, tell_worry
from tests.support.cases import decided, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

UNKIND = ReportForm("unkind", "They named my street.")
WORRY = ReportForm("", "They sound alone.")
TAKEN_DOWN = "It was taken down before a moderator had decided."
GONE = "They took their post down themselves"


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


@pytest.fixture
async def reader(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody who is signed in."""
    person = await a_member("brave-heron-7")
    await enter(client, app, person)
    return person


async def open_reports() -> int:
    return (await fetch_one("SELECT count(*) AS n FROM report WHERE decided_at IS NULL"))["n"]


async def test_reporter_hears_that_its_author_took_the_post_down(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await report_rules(thread.post_id, reader.id, UNKIND, at=now())

    await delete_post(thread.post_id, author.id, at=now())

    assert TAKEN_DOWN in (await client.get("/notices")).text
    assert await open_reports() == 0


async def test_worry_is_looked_at_after_all_and_answered_by_whoever_does(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await tell_worry(thread.post_id, reader.id, WORRY, at=now())
    await delete_post(thread.post_id, author.id, at=now())
    assert await open_reports() == 1
    moderator = await a_member("calm-owl-1", role="moderator")
    [case] = await open_cases()
    assert await claim(case["id"], moderator.id, at=now())  # type: ignore[arg-type]

    letter = DecisionForm(revision=2, words="I read it.", voice=Voice.PRIVATE)
    await decide(case["id"], moderator.id, letter, at=now())  # type: ignore[arg-type]

    page = (await client.get("/notices")).text
    assert "a moderator reached out to them" in page
    assert GONE not in page


async def test_worry_that_nobody_looked_at_is_answered_when_the_text_goes(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await tell_worry(thread.post_id, reader.id, WORRY, at=now())
    await tell_worry(thread.post_id, author.id, WORRY, at=now())
    await delete_post(thread.post_id, author.id, at=now())

    await forget_deleted_text(now=now() + timedelta(days=31))

    assert GONE in (await client.get("/notices")).text
    assert await fetch("SELECT 1 FROM notice WHERE member = $1 AND detail = 'own-taken-down'", author.id)
    assert await open_reports() == 0


async def test_report_that_lost_its_case_is_answered_as_well(
    client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    await report_rules(thread.post_id, reader.id, UNKIND, at=now())
    await execute("UPDATE moderation_case SET closed_at = $1", now())
    await delete_post(thread.post_id, author.id, at=now())

    await forget_deleted_text(now=now() + timedelta(days=31))

    assert TAKEN_DOWN in (await client.get("/notices")).text


@pytest.mark.parametrize("answered", ["by nobody", "by a moderator"])
@pytest.mark.parametrize("stays", ["thread stays", "thread goes"])
async def test_when_its_author_leaves_the_reporter_hears_of_it_and_what_they_wrote_is_gone(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person, reader: Person, answered: str, stays: str
) -> None:
    post_id = thread.post_id
    if stays == "thread stays":
        post_id = await a_reply(await a_thread(await a_board("calm-place"), reader), author)
    await report_rules(post_id, reader.id, UNKIND, at=now())
    if answered == "by a moderator":
        moderator = await a_member("calm-owl-1", role="moderator")
        await close_reports(post_id, Outcome.NO_ACTION, moderator_id=moderator.id, at=now())

    await erase_member(app.state.redis, author.id, at=now())

    assert await fetch("SELECT 1 FROM report WHERE details <> '' OR decided_at IS NULL") == []
    assert (TAKEN_DOWN in (await client.get("/notices")).text) == (answered == "by nobody")


async def test_words_of_a_reporter_who_leaves_go_once_the_post_is_forgotten(
    app: Litestar, thread: Written, author: Person, reader: Person
) -> None:
    await tell_worry(thread.post_id, reader.id, WORRY, at=now())
    await delete_post(thread.post_id, author.id, at=now())
    await erase_member(app.state.redis, reader.id, at=now())

    await housekeeping.run_all(now=now() + timedelta(days=31))

    assert await fetch("SELECT 1 FROM report WHERE details <> ''") == []


async def test_reporter_of_an_answer_hears_that_its_moderator_took_it_back(
    client: httpx.AsyncClient, thread: Written, reader: Person
) -> None:
    moderator = await a_member("calm-owl-1", role="moderator")
    decision = await decided(
        thread.post_id, moderator, DecisionForm(revision=1, words="I hear you.", voice=Voice.PUBLIC)
    )
    answer = await fetch_one("SELECT id FROM post WHERE by_moderator")
    await report_rules(answer["id"], reader.id, UNKIND, at=now())

    await undo(decision, moderator.id, at=now())

    assert TAKEN_DOWN in (await client.get("/notices")).text
    assert await open_reports() == 0


async def test_post_that_was_taken_down_says_nothing_for_or_against_whoever_reported_it(
    author: Person, reader: Person
) -> None:
    board, moderator = await a_board(), await a_member("calm-owl-1", role="moderator")
    for outcome, days_ago in [(Outcome.GROUNDLESS, 5)] * 3 + [(Outcome.TAKEN_DOWN, 3)]:
        post_id, at = (await a_thread(board, author)).post_id, now() - timedelta(days=days_ago)
        await report_rules(post_id, reader.id, ReportForm("spam", ""), at=at)
        await close_reports(post_id, outcome, moderator_id=moderator.id, at=at)

    limited = (await a_thread(board, author)).post_id
    await report_rules(limited, reader.id, ReportForm("spam", ""), at=now())
    with pytest.raises(TooMany):
        await report_rules((await a_thread(board, author)).post_id, reader.id, ReportForm("spam", ""), at=now())


async def test_overview_leads_to_worries_and_reports_that_are_there(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person, reader: Person
) -> None:
    other = await a_thread(await a_board("calm-place"), author)
    await report_rules(thread.post_id, reader.id, UNKIND, at=now())
    await tell_worry(other.post_id, reader.id, WORRY, at=now())
    await delete_post(thread.post_id, author.id, at=now())
    await enter(client, app, await a_member("steady-heron-20", role="admin"), second_factor=True)

    page = (await client.get("/admin")).text

    assert '<a href="/moderation?kind=worried">1</a>' in page
    assert '<a href="/moderation?kind=report">0</a>' in page
    [case] = await open_cases()
    assert f"/moderation/cases/{case['id']}" in (await client.get("/moderation?kind=worried")).text
