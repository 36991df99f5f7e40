"""Taking a decision back and claiming a case at the same moment wait for each other in one order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from models.database import execute, fetch_one, transaction
from server.clock import now
from server.moderation.acts import Voice
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import decided, flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.waiting import somebody_waits_for_a_lock, until
from triage.queue.audit import read_entries, record, verify

if TYPE_CHECKING:
    from tests.support.people import Person


async def test_answer_that_is_taken_back_does_not_meet_a_claim_of_its_case_in_a_deadlock(
    author: Person, first: Person, second: Person
) -> None:
    thread = await a_thread(await a_board(), author)
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, words="I hear you.", voice=Voice.PUBLIC))
    answer = await fetch_one("SELECT id FROM post WHERE by_moderator")
    case_id = await flag_post(answer["id"])
    held, go_on = asyncio.Event(), asyncio.Event()

    async def claiming() -> None:
        """Lock the case and then the log, as whoever claims it."""
        async with transaction():
            await execute("SELECT 1 FROM moderation_case WHERE id = $1 FOR UPDATE", case_id)
            held.set()
            await go_on.wait()
            await record("claim", f"case:{case_id}", actor=second.id, at=now())

    claim = asyncio.create_task(claiming())
    await held.wait()
    undoing = asyncio.create_task(undo(decision, first.id, at=now()))
    await until(somebody_waits_for_a_lock)
    go_on.set()
    await asyncio.gather(claim, undoing)

    acts = [(entry.act, entry.subject) for entry in await read_entries()]
    assert acts[-3:] == [
        ("claim", f"case:{case_id}"), ("undo", f"case:{undoing.result()}"), ("close", f"case:{case_id}"),
    ]  # fmt: skip
    assert await verify() == len(acts)
