"""What changes cases and threads at the same moment waits for each other in one order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from server.clock import now
from server.errors import NotAllowed
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.taking_down import delete_post
from server.moderation.acts import Pause, PostAct, Voice
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.beside import amid_a_transaction
from tests.support.cases import decided, flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.waiting import somebody_waits_for_a_lock, until, waiting_for_a_lock
from triage.queue.audit import read_entries, record, verify
from triage.queue.claims import claim
from triage.queue.threads import settle_thread
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.support.people import Person


async def test_answer_that_is_taken_back_does_not_meet_a_claim_of_its_case_in_a_deadlock(
    author: Person, first: Person, second: Person
) -> None:
    thread = await a_thread(await a_board(), author)
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, words="I hear you.", voice=Voice.PUBLIC))
    answer = await fetch_one("SELECT id FROM post WHERE by_moderator")
    case_id = await flag_post(answer["id"])

    async def note_claim() -> None:
        await record("claim", f"case:{case_id}", actor=second.id, at=now())

    async with amid_a_transaction(lambda: lock_case(case_id), then=note_claim):
        undoing = asyncio.create_task(undo(decision, first.id, at=now()))
        await until(somebody_waits_for_a_lock)
    await undoing

    acts = [(entry.act, entry.subject) for entry in await read_entries()]
    assert acts[-3:] == [
        ("claim", f"case:{case_id}"), ("undo", f"case:{undoing.result()}"), ("close", f"case:{case_id}"),
    ]  # fmt: skip
    assert await verify() == len(acts)


async def test_decision_that_is_taken_back_does_not_meet_triage_of_another_post_of_the_thread_in_a_deadlock(
    author: Person, first: Person
) -> None:
    thread = await a_thread(await a_board(), author)
    answer = await a_reply(thread, author)
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, post_act=PostAct.COVER))
    case_id = await flag_post(answer)
    assert await claim(case_id, first.id, at=now())

    await beside_triage(case_id, thread.thread_id, undo(decision, first.id, at=now()))

    mine = await fetch_one("SELECT post FROM moderation_case WHERE claimed_by = $1", first.id)
    assert mine["post"] == thread.post_id
    assert (await fetch_one("SELECT state FROM post WHERE id = $1", thread.post_id))["state"] == "published"


async def test_pause_that_is_taken_back_does_not_meet_another_one_in_the_same_thread_in_a_deadlock(
    author: Person, first: Person, second: Person
) -> None:
    thread = await a_thread(await a_board(), author)
    answer = await a_reply(thread, author)
    pausing = DecisionForm(revision=1, post_act=PostAct.REMOVE, pause=Pause.DAY, reason="Please rest.")
    undone = await decided(answer, first, pausing)
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, second.id, at=now())

    async with amid_a_transaction(lambda: execute("SELECT 1 FROM thread WHERE id = $1 FOR UPDATE", thread.thread_id)):
        deciding = asyncio.create_task(decide(case_id, second.id, pausing, at=now()))
        await until(somebody_waits_for_a_lock)
        undoing = asyncio.create_task(undo(undone, first.id, at=now()))
        await until(two_wait_for_a_lock)
    decision, not_undone = await asyncio.gather(deciding, undoing, return_exceptions=True)

    assert isinstance(decision, int)
    assert isinstance(not_undone, NotAllowed), "the later pause stands"


async def test_pause_that_is_taken_back_does_not_meet_another_one_by_the_same_moderator_in_a_deadlock(
    author: Person, first: Person
) -> None:
    board = await a_board()
    thread, other = await a_thread(board, author), await a_thread(board, author)
    undone = await decided(thread.post_id, first, DecisionForm(revision=1, pause=Pause.DAY, reason="Please rest."))
    case_id = await flag_post(other.post_id)
    assert await claim(case_id, first.id, at=now())

    async def lock_author() -> None:
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", author.id)

    # The case that the moderator has and then its author, as whoever decides about it.
    async with amid_a_transaction(lambda: lock_case(case_id), then=lock_author):
        undoing = asyncio.create_task(undo(undone, first.id, at=now()))
        await until(somebody_waits_for_a_lock)
    await undoing

    assert (await fetch_one("SELECT may_write_from FROM member WHERE id = $1", author.id))["may_write_from"] is None


async def test_post_that_is_taken_down_does_not_meet_who_frees_its_case_in_a_deadlock(author: Person) -> None:
    thread = await a_thread(await a_board(), author)
    case_id = await flag_post(await a_reply(thread, author))
    answer = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", case_id)

    await beside_triage(case_id, thread.thread_id, delete_post(answer["post"], author.id, at=now()))

    assert (await fetch_one("SELECT outcome FROM moderation_case"))["outcome"] == "taken-down"


async def test_opening_post_that_is_changed_does_not_meet_who_frees_its_case_in_a_deadlock(author: Person) -> None:
    thread = await a_thread(await a_board(), author)
    case_id = await flag_post(thread.post_id)
    change = Change(title="Tonight", body="I am going to kill myself tonight.", note=ContentNote(), revision=1)

    await beside_triage(case_id, thread.thread_id, change_post(thread.post_id, author.id, change, at=now()))

    assert (await fetch_one("SELECT severity FROM moderation_case"))["severity"] == Severity.CRISIS
    assert (await fetch_one("SELECT title FROM thread"))["title"] == "Tonight"


async def lock_case(case_id: int) -> None:
    await execute("SELECT 1 FROM moderation_case WHERE id = $1 FOR UPDATE", case_id)


async def two_wait_for_a_lock() -> bool:
    return await waiting_for_a_lock() == 2


async def beside_triage(case_id: int, thread_id: int, other: Coroutine[None, None, int | None]) -> None:
    """Run ``other`` while somebody has locked a case and goes on to settle its thread, as triage does."""
    async with amid_a_transaction(lambda: lock_case(case_id), then=lambda: settle_thread(thread_id)):
        beside = asyncio.create_task(other)
        await until(somebody_waits_for_a_lock)
    await beside
