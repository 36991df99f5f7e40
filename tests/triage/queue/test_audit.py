"""What was done to the audit log is found: in it, before its beginning, and where a decision has no entry any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.audit import NOON, an_entry, cut_off_from, entries, truncate, unguarded, write_anew
from tests.support.cases import decided
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.audit import BEGINNING, BrokenChain, Entry, find_unrecorded_decision, hash_of, verify

if TYPE_CHECKING:
    from litestar import Litestar


@pytest.fixture
async def owl(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def decision(owl: Person) -> int:
    """A decision, whose entry is the second and last."""
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    return await decided(thread.post_id, owl, DecisionForm(revision=1, words="I read this."))


@pytest.mark.parametrize(
    "changed",
    [
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "actor = 99",
        "act = 'nothing'",
        "subject = 'case:4'",
        "detail = '{}'",
        """detail = '{"on_post": 4}'""",
        """detail = '{"on_post": "3"}'""",
        """detail = '{"on_post": 3, "more": null}'""",
        """detail = '{"on_post": [3]}'""",
        """detail = '{"on_post": 3.5}'""",
        "detail = '[]'",
        "detail = 'null'",
        "hash = repeat('0', 64)",
    ],
)
async def test_change_of_whatever_an_entry_holds_is_found(app: Litestar, changed: str) -> None:
    await entries(5)

    async with unguarded():
        await execute(f"UPDATE audit_entry SET {changed} WHERE id = 3")

    assert await verify() == BrokenChain(3, "its content was changed")


async def test_entry_that_is_made_to_follow_another_is_found(app: Litestar) -> None:
    await entries(5)

    async with unguarded():
        await execute("UPDATE audit_entry SET previous = (SELECT hash FROM audit_entry WHERE id = 1) WHERE id = 3")

    assert await verify() == BrokenChain(3, "it does not follow the entry before it")


@pytest.mark.parametrize("number", [0, -1, -(2**63)])
async def test_entry_before_the_first_is_found(app: Litestar, number: int) -> None:
    await entries(2)
    forged = Entry(number, NOON, None, "decide", "case:9", {}, BEGINNING, "")
    await execute(
        """INSERT INTO audit_entry (id, at, actor, act, subject, detail, previous, hash)
           VALUES ($1, $2, NULL, $3, $4, '{}', $5, $6)""",
        number, NOON, forged.act, forged.subject, BEGINNING, hash_of(forged),
    )  # fmt: skip

    assert await verify() == BrokenChain(number, "Kith numbers entries from 1 on")


async def test_every_decision_has_its_entry_also_one_taken_back_and_one_of_somebody_who_left(
    owl: Person, decision: int
) -> None:
    assert await find_unrecorded_decision() is None
    await undo(decision, owl.id, at=now())
    assert await find_unrecorded_decision() is None
    await execute("DELETE FROM member WHERE id = $1", owl.id)
    assert await find_unrecorded_decision() is None


async def test_decision_whose_entry_was_cut_off_is_found(decision: int) -> None:
    await cut_off_from(2)

    assert await verify() == 1
    assert await find_unrecorded_decision() == decision


async def test_decision_whose_log_was_emptied_is_found(decision: int) -> None:
    await truncate()
    await an_entry("decide", "case:1", decision=decision + 1)

    assert await verify() == 1
    assert await find_unrecorded_decision() == decision


@pytest.mark.parametrize(
    "changed",
    [
        {"act": "note"},
        {"actor": 99},
        {"detail": {"decision": 1, "post": "remove"}},
    ],
)
async def test_decision_whose_entry_was_written_anew_is_found(decision: int, changed: dict[str, object]) -> None:
    await an_entry()
    await write_anew(2, **changed)

    assert await verify() == 3
    assert await find_unrecorded_decision() == decision


async def test_entry_of_another_time_than_its_decision_is_found(decision: int) -> None:
    await execute("UPDATE decision SET decided_at = decided_at - interval '1 day'")

    assert (await fetch_one("SELECT count(*) AS number FROM audit_entry"))["number"] == 2
    assert await find_unrecorded_decision() == decision
