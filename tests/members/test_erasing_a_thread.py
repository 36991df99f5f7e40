"""A thread goes with whoever opened it; a goodbye that somebody else wrote there and took down is still looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.members.erasure import erase_member, footprint_of
from server.moderation import shifts
from server.moderation.acts import Voice
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

GOODBYE = "Thank you for the good days."


@pytest.fixture
async def leaver(app: Litestar) -> Person:
    return await a_member("calm-otter-12")


@pytest.fixture
async def thread(leaver: Person) -> Written:
    return await a_thread(await a_board(), leaver, title="My long night")


async def a_goodbye_taken_down(thread: Written, *, worried: Person) -> int:
    """Have somebody else answer with a goodbye, about which a reader is worried, and take it down; return its case."""
    writer = await a_member("quiet-heron-7")
    goodbye = await a_reply(thread, writer, GOODBYE)
    case_id = await flag_post(goodbye, Severity.CRISIS)
    await tell_worry(goodbye, worried.id, ReportForm("", "They said goodbye."), at=now())
    await delete_post(goodbye, writer.id, at=now())
    return case_id


async def test_goodbye_in_the_thread_of_somebody_who_leaves_is_still_looked_at(
    app: Litestar, client: httpx.AsyncClient, leaver: Person, thread: Written
) -> None:
    reader, moderator = await a_member("brave-wren-7"), await a_member("calm-owl-1", role="moderator")
    case_id = await a_goodbye_taken_down(thread, worried=reader)

    await erase_member(app.state.redis, leaver.id, at=now())

    assert [case["id"] for case in await open_cases()] == [case_id]
    await enter(client, app, moderator, second_factor=True)
    page = (await client.get(f"/moderation/cases/{case_id}")).text
    assert GOODBYE in page
    assert "They said goodbye." in page
    assert "My long night" not in page
    assert await claim(case_id, moderator.id, at=now())
    letter = DecisionForm(revision=2, words="I read it. I am here.", voice=Voice.PRIVATE)
    await decide(case_id, moderator.id, letter, at=now())
    told = await fetch("SELECT member FROM notice WHERE kind = 'report-outcome'")
    assert [row["member"] for row in told] == [reader.id]


@pytest.mark.parametrize("answered", ["by nobody", "by a moderator"])
async def test_such_a_thread_is_gone_for_everybody(
    app: Litestar, client: httpx.AsyncClient, leaver: Person, thread: Written, answered: str
) -> None:
    if answered == "by a moderator":
        moderator = await a_member("calm-owl-1", role="moderator")
        opening = await flag_post(thread.post_id)
        assert await claim(opening, moderator.id, at=now())
        await decide(opening, moderator.id, DecisionForm(revision=1, words="I hear you."), at=now())
    await a_goodbye_taken_down(thread, worried=await a_member("brave-wren-7"))
    footprint = await footprint_of(leaver.id)

    await erase_member(app.state.redis, leaver.id, at=now())

    assert (footprint.threads_that_go, footprint.threads_that_stay) == (1, 0)
    assert (await client.get(f"/threads/{thread.thread_id}")).status_code == 404
    kept = await fetch_one("SELECT title FROM thread")
    assert "night" not in kept["title"]


async def an_answer_by_a_moderator(thread: Written) -> int:
    """Have a moderator answer in a thread, and return their post."""
    moderator = await a_member("calm-owl-1", role="moderator")
    await decided(thread.post_id, moderator, DecisionForm(revision=1, words="I hear you."))
    return (await fetch_one("SELECT id FROM post WHERE by_moderator"))["id"]


async def test_who_reported_a_moderators_answer_that_goes_with_the_thread_is_answered(
    app: Litestar, client: httpx.AsyncClient, leaver: Person, thread: Written
) -> None:
    reader = await a_member("brave-wren-7")
    answer = await an_answer_by_a_moderator(thread)
    await report_rules(answer, reader.id, ReportForm("unkind", "It is cold."), at=now())

    await erase_member(app.state.redis, leaver.id, at=now())

    assert await fetch("SELECT 1 FROM thread") == []
    await enter(client, app, reader)
    told = (await client.get("/notices")).text
    assert "You reported a post. It was taken down before a moderator had decided." in told


async def test_nobody_is_called_any_more_to_a_moderators_answer_that_goes_with_the_thread(
    app: Litestar, leaver: Person, thread: Written
) -> None:
    answer, second = await an_answer_by_a_moderator(thread), await a_member("calm-owl-2", role="moderator")
    await shifts.start(second.id, at=now())
    await flag_post(answer, Severity.RED, at=now() - timedelta(days=2))
    assert await raise_alerts(app.state.settings, app.state.redis, at=now())
    assert await fetch("SELECT 1 FROM notice WHERE member = $1", second.id) != []

    await erase_member(app.state.redis, leaver.id, at=now())

    assert await fetch("SELECT 1 FROM notice WHERE member = $1", second.id) == []
