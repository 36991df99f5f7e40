"""The outbox from the worker's side: each task once in effect, whatever happens beside it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.outbox import queue_reading
from server.forum.own_words import BLACKED_OUT
from server.forum.taking_down import delete_post
from server.moderation.acts import PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import an_assessment, flag_post, give_up_for_good, open_cases
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member
from triage.assessment import Reason, Route
from triage.classifier import assess_unread
from triage.queue.audit import read_entries
from triage.queue.cases import reasons_from
from triage.queue.claims import claim
from triage.queue.tasks import CLOCK_WAS_AHEAD, MOST_ATTEMPTS, RETRY_AFTER, TAKEN_FOR, finish_task, give_up, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.people import Person

EMERGENCY = "I am going to kill myself tonight."


async def time_to_look() -> timedelta:
    """Return how long the one case may wait."""
    return (await fetch_one("SELECT deadline - opened_at AS time FROM moderation_case"))["time"]


async def state_of(post_id: int) -> str:
    return (await fetch_one("SELECT state FROM post WHERE id = $1", post_id))["state"]


async def decide_open_case(moderator: Person, form: DecisionForm | None = None) -> int:
    """Have a moderator take the one open case and decide it; return the decision."""
    [case] = await open_cases()
    case_id = int(str(case["id"]))
    assert await claim(case_id, moderator.id, at=now())
    return await decide(case_id, moderator.id, form or DecisionForm(revision=1), at=now())


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


async def test_post_written_while_the_clock_was_ahead_is_read_once_it_is_right(app: Litestar) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    await execute("DELETE FROM triage_task")
    await queue_reading(thread.post_id, revision=1, at=now() + timedelta(days=365))
    at = now()

    [task] = await take_tasks(5, at=at)

    assert task.post_id == thread.post_id
    assert await take_tasks(5, at=at) == []


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


async def test_post_taken_down_closes_its_case_where_nothing_is_urgent(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    [task] = await take_tasks(5, at=now())
    await finish_task(task, an_assessment(Severity.AMBER), at=now())

    await delete_post(thread.post_id, author.id, at=now())

    assert await open_cases() == []
    case = await fetch_one("SELECT id, outcome FROM moderation_case")
    assert case["outcome"] == "taken-down"
    [entry] = await read_entries()
    assert (entry.act, entry.subject, entry.actor) == ("close", f"case:{case['id']}", None)
    assert entry.detail == {"why": "taken-down"}


async def test_held_post_is_seen_by_its_author_and_in_the_audit_log(app: Litestar) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    [task] = await take_tasks(5, at=now())

    effect = await finish_task(task, an_assessment(Severity.RED, route=Route.HOLD), at=now())

    assert effect is not None
    assert effect.changed_state
    assert (await fetch_one("SELECT state FROM post WHERE id = $1", thread.post_id))["state"] == "held"
    assert [row["act"] for row in await fetch("SELECT act FROM audit_entry")] == ["triage-hold"]


async def test_longest_pause_is_no_clock_that_was_ahead() -> None:
    assert max(TAKEN_FOR, *RETRY_AFTER) < CLOCK_WAS_AHEAD


async def test_poison_post_goes_to_people_and_the_rest_goes_on(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    at, pause = now(), timedelta()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert await take_tasks(5, at=at - timedelta(seconds=1)) == []
        [task] = await take_tasks(5, at=at)
        assert task.attempts == attempt
        await give_up(task, "ModelFailed", assess_unread(task.post, "test"), at=at)
        due = (await fetch_one("SELECT available_at FROM triage_task"))["available_at"]
        assert due - at > pause or attempt == MOST_ATTEMPTS
        at, pause = due, due - at

    assert await take_tasks(5, at=at) == []
    [case] = await open_cases()
    assert "read it yourself" in str(case["reasons"])
    assert await time_to_look() == timedelta(minutes=30), "as long as for a red one"
    assert (await fetch_one("SELECT failure FROM triage_task"))["failure"] == "ModelFailed"


@pytest.mark.parametrize("kind", ["language", "unreadable"])
async def test_what_the_classifier_cannot_read_waits_no_longer_than_what_is_red(app: Litestar, kind: str) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    [task] = await take_tasks(5, at=now())
    found = an_assessment(Severity.AMBER)
    unread = msgspec.structs.replace(found, severity=Severity.GREEN, reasons=(Reason(kind, "pl", "Please read it."),))

    await finish_task(task, unread, at=now())

    assert await time_to_look() == timedelta(minutes=30)


async def test_what_pushes_somebody_on_is_held_though_the_classifier_fails_on_it(app: Litestar) -> None:
    cruel = "Just do it, kill yourself already, nobody will miss you."
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body=cruel)
    [task] = await take_tasks(5, at=now())

    effect = await give_up_for_good(task)

    assert effect is not None
    assert effect.changed_state
    assert await state_of(thread.post_id) == "held"
    assert await fetch("SELECT 1 FROM assessment") == [], "no model has read it"


async def test_classifier_that_fails_takes_away_nothing_that_a_rule_said(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"), body="I am going to kill myself tonight.")
    at = now()
    for _ in range(MOST_ATTEMPTS):
        [task] = await take_tasks(5, at=at)
        await give_up(task, "ModelFailed", assess_unread(task.post, "test"), at=at)
        at = (await fetch_one("SELECT available_at FROM triage_task"))["available_at"]

    [case] = await open_cases()
    assert {reason.kind for reason in reasons_from(str(case["reasons"]))} == {"rule", "failure"}


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


async def test_what_a_person_decided_about_this_revision_stands(app: Litestar) -> None:
    moderator = await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), body=EMERGENCY)
    await decide_open_case(moderator)
    [task] = await take_tasks(5, at=now())

    effect = await finish_task(task, an_assessment(Severity.CRISIS, route=Route.HOLD), at=now())

    assert effect is None
    assert await open_cases() == []
    assert await state_of(thread.post_id) == "published"
    assert [row["severity"] for row in await fetch("SELECT severity FROM assessment")] == [Severity.CRISIS]


async def test_post_that_cannot_be_read_is_not_brought_again_to_who_has_decided_it(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"), body=EMERGENCY)
    await decide_open_case(await a_member("calm-owl-1", role="moderator"))
    [task] = await take_tasks(5, at=now())

    assert await give_up_for_good(task) is None

    assert await open_cases() == []
    assert await fetch("SELECT 1 FROM triage_task WHERE done_at IS NULL") == []


async def test_decision_about_an_earlier_revision_or_one_taken_back_does_not_stop_triage(app: Litestar) -> None:
    author, moderator = await a_member("calm-fern-12"), await a_member("calm-owl-1", role="moderator")
    board = await a_board()
    changed = await a_thread(board, author, body=EMERGENCY)
    await decide_open_case(moderator)
    change = Change(title="A long night", body="Other words.", note=ContentNote(), revision=1)
    await change_post(changed.post_id, author.id, change, at=now())
    undone = await a_thread(board, author, body=EMERGENCY)
    await undo(await decide_open_case(moderator), moderator.id, at=now())

    for task in await take_tasks(5, at=now()):
        await finish_task(task, an_assessment(Severity.RED, route=Route.HOLD), at=now())

    assert [case["post"] for case in await open_cases()] == [undone.post_id, changed.post_id]
    assert await state_of(changed.post_id) == await state_of(undone.post_id) == "held"


async def test_covered_post_is_held_when_it_comes_to_endanger_readers(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    [task] = await take_tasks(5, at=now())
    await finish_task(task, an_assessment(Severity.CRISIS, route=Route.COVER), at=now())
    change = Change(title="A long night", body="Worse.", note=ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, change, at=now())
    [task] = await take_tasks(5, at=now())

    effect = await finish_task(task, an_assessment(Severity.CRISIS, route=Route.HOLD), at=now())

    assert effect is not None
    assert effect.changed_state
    assert await state_of(thread.post_id) == "held"


async def test_covered_post_is_not_covered_again_and_a_held_one_is_not_opened(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for state, route in (("covered", Route.COVER), ("held", Route.COVER), ("held", Route.HOLD)):
        thread = await a_thread(board, author)
        await set_state(thread.post_id, state)
        [task] = await take_tasks(5, at=now())

        effect = await finish_task(task, an_assessment(Severity.CRISIS, route=route), at=now())

        assert effect is not None
        assert not effect.changed_state
        assert await state_of(thread.post_id) == state


async def test_text_that_a_moderator_blacked_out_before_it_was_read_is_read_as_it_stands(app: Litestar) -> None:
    author, moderator = await a_member("calm-fern-12"), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), author, body="My number is 12. I cannot sleep.")
    await flag_post(thread.post_id)
    await decide_open_case(moderator, DecisionForm(revision=1, cuts=("12",)))

    [task] = await take_tasks(5, at=now())
    effect = await finish_task(task, an_assessment(Severity.RED, route=Route.HOLD), at=now())

    assert (task.revision, task.post.text) == (2, f"My number is {BLACKED_OUT}. I cannot sleep.")
    assert effect is None
    assert await state_of(thread.post_id) == "published"
    assert [row["revision"] for row in await fetch("SELECT revision FROM assessment")] == [2]


async def test_text_that_changed_under_the_reading_without_a_task_of_its_own_is_read_again(app: Litestar) -> None:
    author, moderator = await a_member("calm-fern-12"), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), author, body="My number is 12. I cannot sleep.")
    [old] = await take_tasks(5, at=now())
    await flag_post(thread.post_id)
    decision = await decide_open_case(moderator, DecisionForm(revision=1, cuts=("12",)))
    await undo(decision, moderator.id, at=now())

    assert await finish_task(old, an_assessment(), at=now()) is None
    [new] = await take_tasks(5, at=now())
    await finish_task(new, an_assessment(Severity.RED), at=now())

    assert (new.revision, new.post.text, new.waits_since) == (3, old.post.text, old.waits_since)
    [case] = await open_cases()
    assert case["severity"] == Severity.RED


async def test_removed_post_is_not_read_any_more(app: Litestar) -> None:
    author, moderator = await a_member("calm-fern-12"), await a_member("calm-owl-1", role="moderator")
    await a_thread(await a_board(), author, body=EMERGENCY)
    [task] = await take_tasks(5, at=now())
    await decide_open_case(moderator, DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It goes.", cuts=("k",)))

    assert await finish_task(task, an_assessment(Severity.RED), at=now()) is None
    assert await fetch("SELECT 1 FROM triage_task WHERE done_at IS NULL") == []
