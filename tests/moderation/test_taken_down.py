"""A goodbye that its author takes down is still looked at; whoever has it can write to them, and close it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.forum.taking_down import DELETED_TEXT_KEPT_FOR, delete_post, forget_deleted_text
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import escalate
from server.moderation.undoing import undo
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import tell_worry
from tests.support.beside import amid_a_transaction
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.waiting import somebody_waits_for_a_lock, until
from triage.queue.audit import read_entries
from triage.queue.cases import TAKEN_DOWN
from triage.queue.claims import claim, claim_next
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from server.settings import Settings
    from tests.support.app import NewBrowser

TITLE, GOODBYE = "This is the last time", "I have written to everybody. Thank you for the good days."
LETTER = "I read what you wrote, and I am glad that you are here."


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, title=TITLE, body=GOODBYE)


async def taken_down(thread: Written, author: Person, severity: Severity = Severity.CRISIS) -> int:
    """Flag the post, have its author take it down, and return the case."""
    case_id = await flag_post(thread.post_id, severity)
    await delete_post(thread.post_id, author.id, at=now())
    return case_id


async def test_worry_on_the_last_day_is_not_closed_with_the_text(
    thread: Written, author: Person, first: Person
) -> None:
    await delete_post(thread.post_id, author.id, at=now())
    told = now() + DELETED_TEXT_KEPT_FOR - timedelta(minutes=30)
    await tell_worry(thread.post_id, first.id, ReportForm(details=""), at=told)

    await forget_deleted_text(now=told + timedelta(hours=1))

    assert await fetch("SELECT 1 FROM post_revision") == []
    assert len(await open_cases()) == 1
    await forget_deleted_text(now=told + timedelta(days=4))
    assert await open_cases() == []


async def while_it_is_forgotten(post_id: int, comes: Callable[[], Awaitable[object]], *, at: datetime) -> None:
    """Have something happen between the look at what is to be forgotten and the closing of its case."""
    async with amid_a_transaction(
        lambda: execute("SELECT 1 FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id), then=comes
    ):
        forgetting = asyncio.create_task(forget_deleted_text(now=at))
        await until(somebody_waits_for_a_lock)
    await forgetting


async def test_case_that_somebody_takes_just_before_it_would_close_stays_with_them(
    thread: Written, author: Person, first: Person
) -> None:
    case_id = await taken_down(thread, author)
    later = now() + DELETED_TEXT_KEPT_FOR + timedelta(days=1)

    await while_it_is_forgotten(thread.post_id, lambda: claim(case_id, first.id, at=later), at=later)

    assert [(case["id"], case["claimed_by"]) for case in await open_cases()] == [(case_id, first.id)]


async def test_worry_that_is_told_just_before_the_case_would_close_is_not_answered_unread(
    thread: Written, author: Person, first: Person
) -> None:
    case_id = await taken_down(thread, author)
    later, worry = now() + DELETED_TEXT_KEPT_FOR + timedelta(days=1), ReportForm(details="They do not answer.")

    await while_it_is_forgotten(thread.post_id, lambda: tell_worry(thread.post_id, first.id, worry, at=later), at=later)

    assert [case["id"] for case in await open_cases()] == [case_id]
    assert await fetch("SELECT 1 FROM notice WHERE kind = 'report-outcome'") == []


@pytest.mark.parametrize("severity", [Severity.RED, Severity.CRISIS])
async def test_urgent_case_is_still_handed_over(
    thread: Written, author: Person, first: Person, severity: Severity
) -> None:
    case_id = await taken_down(thread, author, severity)

    found = await claim_next(first.id, at=now())

    assert found is not None
    assert found.case_id == case_id


async def test_people_are_still_called_to_it(
    app: Litestar, services: Settings, thread: Written, author: Person, first: Person
) -> None:
    await taken_down(thread, author)

    assert await raise_alerts(services, app.state.redis, at=now() + timedelta(minutes=6)) == 1


async def test_list_and_page_say_what_happened_and_what_the_post_said(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    case_id = await taken_down(thread, author)

    queue = (await client.get("/moderation")).text
    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert "taken down by its author" in queue
    assert "About 11 words." in queue
    assert "Its author took it down. They may still need somebody." in page
    assert "only moderators can read it, so that somebody can still be there for them" in page
    assert TITLE in page
    assert GOODBYE in page
    assert f'href="/posts/{thread.post_id}"' not in page, "nothing is there any more"


async def test_author_is_written_to_alone(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person,
    moderator: Person,
) -> None:  # fmt: skip
    case_id = await taken_down(thread, author)
    assert await claim(case_id, moderator.id, at=now())
    path = f"/moderation/cases/{case_id}"

    page = (await client.get(path)).text
    assert not [name for name in ("post_act", "asks_to_edit", "cut_other", "shows_correction") if f'"{name}"' in page]
    assert '<input type="hidden" name="voice" value="private">' in page
    fields = {"revision": "2", "act": "decide", "voice": "private", "words": LETTER}
    answer = await submit(client, f"{path}/decide", fields, page="/me")

    assert answer.status_code == 303, answer.text
    assert await open_cases() == []
    browser = new_browser()
    await enter(browser, app, author)
    assert LETTER in (await browser.get("/notices")).text


async def test_moderator_who_was_writing_when_it_was_taken_down_can_still_send_it(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    case_id = await flag_post(thread.post_id, Severity.CRISIS)
    assert await claim(case_id, moderator.id, at=now())
    await delete_post(thread.post_id, author.id, at=now())
    path = f"/moderation/cases/{case_id}/decide"
    fields = {"revision": "1", "act": "decide", "voice": "public", "words": LETTER}

    refused = await submit(client, path, fields, page="/me")

    assert refused.status_code == 409
    assert "Its author took this post down. You can still write to them alone" in refused.text
    assert LETTER in refused.text
    assert '<input type="hidden" name="revision" value="2">' in refused.text
    assert (await submit(client, path, fields | {"revision": "2", "voice": "private"}, page="/me")).status_code == 303
    assert [line.words for line in (await list_notices(author.id)).rows] == [LETTER]


@pytest.mark.parametrize(
    "fields",
    [
        {"words": LETTER, "voice": "public"},
        {"post_act": "hold", "reason": "Why."},
        {"post_act": "release"},
        {"cut-1": "the good days"},
        {"asks_to_edit": "on", "reason": "Why."},
    ],
)
async def test_nothing_is_done_with_a_post_that_nobody_else_can_read(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person, fields: dict[str, str]
) -> None:
    case_id = await taken_down(thread, author)
    assert await claim(case_id, moderator.id, at=now())

    sent = {"revision": "2", "act": "decide", **fields}
    answer = await submit(client, f"/moderation/cases/{case_id}/decide", sent, page="/me")

    assert answer.status_code == 409
    assert "Its author took this post down." in answer.text
    assert [case["id"] for case in await open_cases()] == [case_id]
    assert (await fetch_one("SELECT state FROM post"))["state"] == "deleted"
    assert await fetch("SELECT 1 FROM decision") == []


async def test_it_can_be_escalated(thread: Written, author: Person, first: Person) -> None:
    case_id = await taken_down(thread, author, Severity.RED)
    clinician = await a_member("wise-crane-3", role="clinician")
    assert await claim(case_id, first.id, at=now())

    await escalate(case_id, first.id, at=now())

    found = await claim_next(clinician.id, at=now())
    assert found is not None
    assert found.case_id == case_id


async def test_case_that_was_closed_by_mistake_comes_back(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    case_id = await taken_down(thread, author)
    assert await claim(case_id, moderator.id, at=now())
    fields = {"revision": "2", "act": "decide", "voice": "private"}
    await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")
    decision = await fetch_one("SELECT id FROM decision")

    assert f"/moderation/decisions/{decision['id']}/undo" in (await client.get("/moderation")).text
    assert await undo(decision["id"], moderator.id, at=now()) == case_id

    assert [case["id"] for case in await open_cases()] == [case_id]
    assert (await fetch_one("SELECT state FROM post"))["state"] == "deleted"


async def test_its_case_closes_when_the_text_is_forgotten(thread: Written, author: Person) -> None:
    case_id = await taken_down(thread, author)

    await forget_deleted_text(now=now() + timedelta(days=29))
    assert [case["id"] for case in await open_cases()] == [case_id]
    await forget_deleted_text(now=now() + timedelta(days=31))

    assert await open_cases() == []
    [entry] = await read_entries()
    assert (entry.act, entry.subject, entry.detail) == ("close", f"case:{case_id}", {"why": TAKEN_DOWN})


async def test_how_the_text_was_read_goes_with_it_from_its_case_as_well(
    client: httpx.AsyncClient, thread: Written, author: Person, second: Person, moderator: Person
) -> None:
    await tell_worry(thread.post_id, second.id, ReportForm("", ""), at=now())
    path = f"/moderation/cases/{await taken_down(thread, author)}"
    reading, worry = "The classifier flags it.", "A member is worried about the person."

    await forget_deleted_text(now=now() + timedelta(days=29))
    assert reading in (await client.get(path)).text
    await forget_deleted_text(now=now() + timedelta(days=31))

    page = (await client.get(path)).text
    assert reading not in page
    assert worry in page
    case = await fetch_one("SELECT severity, outcome FROM moderation_case")
    assert (case["severity"], case["outcome"]) == (Severity.CRISIS, TAKEN_DOWN)


async def test_author_is_told_that_a_moderator_may_still_read_it(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person
) -> None:
    await enter(client, app, author)

    page = (await client.get(f"/posts/{thread.post_id}/delete")).text

    assert "For 30 days a moderator still can, and may write to you alone" in page
