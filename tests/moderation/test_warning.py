"""A moderator asks an author to mind the rules: told kindly, appealed once, and taken back as anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.moderation.acts import PostAct, Warn
from server.moderation.appealing import appeal, find_decision_to_appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm, check_decision
from server.moderation.undoing import undo
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

WHY = "Please leave her alone when she asks for it."
WARNING = DecisionForm(revision=1, warn=Warn.WARN, reason=WHY)
TAKEN_BACK = DecisionForm(revision=1, warn=Warn.TAKE_BACK)
TOLD = "A moderator asks you to mind the rules here. You are still welcome."
TAKE_BACK = "Take back what they were asked about the rules"


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def sentences_to(person: Person) -> list[str]:
    return [line.sentence for line in (await list_notices(person.id)).rows]


async def appealed(thread: Written, author: Person, decider: Person, other: Person) -> int:
    """Let the author appeal against a warning, and somebody else take the case; return it."""
    await appeal(await decided(thread.post_id, decider, WARNING), author.id, "I did not.", at=now())
    [case] = await open_cases()
    assert await claim(int(str(case["id"])), other.id, at=now())
    return int(str(case["id"]))


async def test_author_is_told_kindly_and_can_ask_for_another_look(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person,
    moderator: Person,
) -> None:  # fmt: skip
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    fields = {"revision": "1", "act": "decide", "warn": "warn", "reason": WHY}

    sent = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert sent.status_code == 303, sent.text
    browser = new_browser()
    await enter(browser, app, author)
    notices = (await browser.get("/notices")).text
    assert TOLD in notices
    assert WHY in notices
    link = f'href="/posts/{thread.post_id}/appeal'
    assert f"{link}?decision=" in notices
    assert f'{link}"' in (await browser.get(f"/threads/{thread.thread_id}")).text
    post = await fetch_one("SELECT state, revision FROM post WHERE id = $1", thread.post_id)
    assert list(post.values()) == ["published", 1]


def test_it_needs_a_reason_and_taking_it_back_none() -> None:
    assert list(check_decision(DecisionForm(warn=Warn.WARN), "A post.")) == ["reason"]
    assert check_decision(DecisionForm(warn=Warn.TAKE_BACK), "A post.") == {}


async def test_without_a_reason_the_choice_comes_back(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    fields = {"revision": "1", "act": "decide", "warn": "warn", "words": "I read this."}

    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert answer.status_code == 422
    assert '<option value="warn" selected>' in answer.text
    assert "I read this." in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


async def test_it_is_in_the_log_and_among_the_earlier_decisions_about_its_author(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    await decided(thread.post_id, moderator, msgspec.structs.replace(WARNING, post_act=PostAct.COVER))
    other = await flag_post((await a_thread(await a_board("calm-place"), author)).post_id)

    page = (await client.get(f"/moderation/cases/{other}")).text

    before = page.partition("Decided before")[2].partition("</ul>")[0]
    assert "Content note put over it, Asked to mind the rules" in before
    assert WHY in before
    [entry] = await fetch("SELECT detail FROM audit_entry WHERE act = 'decide'")
    assert msgspec.json.decode(entry["detail"])["warn"] == "warn"
    assert WHY not in entry["detail"]


async def test_alone_it_is_an_act_of_its_own_and_reporters_hear_that_something_was_done(
    thread: Written, first: Person
) -> None:
    reporter = await a_member("brave-wren-7")
    await report_rules(thread.post_id, reporter.id, ReportForm("unkind"), at=now())

    await decided(thread.post_id, first, WARNING)

    assert (await fetch_one("SELECT act FROM decision"))["act"] == "warn"
    assert "took action" in (await sentences_to(reporter))[0]


async def test_undone_it_leaves_nothing_to_appeal(thread: Written, author: Person, first: Person) -> None:
    decision = await decided(thread.post_id, first, WARNING)

    await undo(decision, first.id, at=now())

    assert TOLD not in await sentences_to(author)
    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_over


async def test_upheld_appeal_takes_it_back(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person, first: Person,
    second: Person,
) -> None:  # fmt: skip
    case_id = await appealed(thread, author, first, second)
    await enter(client, app, second, second_factor=True)
    assert TAKE_BACK in (await client.get(f"/moderation/cases/{case_id}")).text
    fields = {"revision": "1", "act": "decide", "warn": "take-back"}

    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert answer.status_code == 303, answer.text
    told = await sentences_to(author)
    assert told[0] == "A moderator looked again, and took back what you were asked about the rules."
    assert "The decision stays as it was." not in " ".join(told)
    browser = new_browser()
    await enter(browser, app, author)
    page = (await browser.get(f"/threads/{thread.thread_id}")).text
    assert f"/posts/{thread.post_id}/appeal" not in page


async def test_undone_taking_back_leaves_it_as_it_was(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    case_id = await appealed(thread, author, first, second)
    decision = await decide(case_id, second.id, TAKEN_BACK, at=now())

    await undo(decision, second.id, at=now())

    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_waiting


async def test_warning_that_stays_after_an_appeal_is_final(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    case_id = await appealed(thread, author, first, second)

    await decide(case_id, second.id, DecisionForm(revision=1), at=now())

    assert "The decision stays as it was." in (await sentences_to(author))[0]
    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_final


async def test_it_is_taken_back_only_where_there_is_one(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())

    assert TAKE_BACK not in (await client.get(f"/moderation/cases/{case_id}")).text
