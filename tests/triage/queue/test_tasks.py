"""The outbox from the worker's side: each task once in effect, whatever happens beside it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, change_post, delete_post
from server.forum.notes import ContentNote
from tests.support.cases import an_assessment, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member
from triage.assessment import Route
from triage.queue.tasks import MOST_ATTEMPTS, TAKEN_FOR, finish_task, give_up, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar


async def test_workers_share_the_tasks_and_nobody_gets_one_twice(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for number in range(20):
        await a_thread(board, author, title=f"Thread {number}")

    batches = await asyncio.gather(*(take_tasks(5, at=now()) for _ in range(6)))

    taken = [task.post_id for batch in batches for task in batch]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20


async def test_tasks_of_a_worker_that_died_come_back(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    at = now()
    first = await take_tasks(5, at=at)

    assert await take_tasks(5, at=at + TAKEN_FOR / 2) == []
    again = await take_tasks(5, at=at + TAKEN_FOR)

    assert [task.id for task in again] == [task.id for task in first]
    assert again[0].attempts == 2


async def test_triage_reads_the_title_or_what_a_post_answers(app: Litestar) -> None:
    board, author, other = await a_board(), await a_member("calm-fern-12"), await a_member("brave-wren-7")
    thread = await a_thread(board, author, title="Tonight", body="It is the last one.")
    first = await a_reply(thread, other, "I am here.")
    await a_reply(thread, author, "me too", to=first)

    tasks = await take_tasks(5, at=now())

    assert [(task.post.title, task.post.parent) for task in tasks] == [
        ("Tonight", ""),
        ("", "Tonight\nIt is the last one."),
        ("", "I am here."),
    ]


async def test_finishing_twice_changes_nothing(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    [task] = await take_tasks(5, at=now())
    found = an_assessment(Severity.RED)

    effects = await asyncio.gather(*(finish_task(task, found, at=now()) for _ in range(4)))

    assert len([effect for effect in effects if effect is not None]) == 1
    assert len(await open_cases()) == 1
    assert len(await fetch("SELECT 1 FROM assessment")) == 1


async def test_changed_post_is_read_again_and_the_old_reading_opens_nothing(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    [old] = await take_tasks(5, at=now())
    change = Change(title="A long night", body="Better now.", note=ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, change, at=now())

    assert await finish_task(old, an_assessment(Severity.CRISIS), at=now()) is None
    [new] = await take_tasks(5, at=now())
    await finish_task(new, an_assessment(), at=now())

    assert new.revision == 2
    assert await open_cases() == []
    assert await fetch("SELECT 1 FROM triage_task WHERE done_at IS NULL") == []


async def test_post_taken_down_closes_its_case(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    [task] = await take_tasks(5, at=now())
    await finish_task(task, an_assessment(Severity.RED), at=now())

    await delete_post(thread.post_id, author.id, at=now())

    assert await open_cases() == []
    assert (await fetch_one("SELECT outcome FROM moderation_case"))["outcome"] == "taken-down"


async def test_held_post_is_seen_by_its_author_and_in_the_audit_log(app: Litestar) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    [task] = await take_tasks(5, at=now())

    effect = await finish_task(task, an_assessment(Severity.RED, route=Route.HOLD), at=now())

    assert effect is not None
    assert effect.changed_state
    assert (await fetch_one("SELECT state FROM post WHERE id = $1", thread.post_id))["state"] == "held"
    assert [row["act"] for row in await fetch("SELECT act FROM audit_entry")] == ["triage-hold"]


async def test_poison_post_goes_to_people_and_the_rest_goes_on(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    at = now()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        [task] = await take_tasks(5, at=at)
        assert task.attempts == attempt
        await give_up(task, "ModelFailed", at=at)
        at += timedelta(minutes=10)

    assert await take_tasks(5, at=at) == []
    [case] = await open_cases()
    assert "read it yourself" in str(case["reasons"])
    assert (await fetch_one("SELECT failure FROM triage_task"))["failure"] == "ModelFailed"


async def test_emergency_in_plain_words_is_queued_before_any_worker_has_read_it(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    await a_thread(await a_board(), author, title="Goodbye", body="I am going to kill myself tonight.")

    [case] = await open_cases()

    assert case["severity"] == Severity.CRISIS
    notices = await fetch("SELECT kind FROM notice WHERE member = $1", author.id)
    assert [row["kind"] for row in notices] == ["support"]


async def test_reading_adds_to_the_case_that_the_rules_opened(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"), body="I am going to kill myself tonight.")
    [before] = await open_cases()
    [task] = await take_tasks(5, at=now())

    await finish_task(task, an_assessment(Severity.AMBER), at=now())

    [after] = await open_cases()
    assert after["id"] == before["id"]
    assert after["severity"] == Severity.CRISIS
    assert after["deadline"] == before["deadline"]


async def test_erasing_a_member_leaves_nothing_of_what_triage_said(app: Litestar) -> None:
    from server.members.erasure import erase_member

    author = await a_member("calm-fern-12")
    await a_thread(await a_board(), author, body="I am going to kill myself tonight.")
    [task] = await take_tasks(5, at=now())
    await finish_task(task, an_assessment(Severity.CRISIS), at=now())

    await erase_member(app.state.redis, author.id, at=now())

    for table in ("assessment", "moderation_case", "triage_task", "notice"):
        assert await fetch(f"SELECT 1 FROM {table}") == [], table
