"""What is handed over first: who may be in danger, then what a colleague gave, and in turn what waits for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.clock import now
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from triage.policy import TriagePolicy
from triage.queue.claims import assign, claim, claim_next, hand_back
from triage.queue.priority import TURN_AFTER
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

MINUTE = timedelta(minutes=1)
LONG = timedelta(minutes=2 * TriagePolicy().amber_minutes)
"""After so long an amber case is overdue by another of its own deadlines."""


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def writer(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def owl(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    return await a_member("calm-owl-2", role="moderator")


async def flagged(board: BoardInTest, writer: Person, severity: Severity, *, at: datetime) -> int:
    return await flag_post((await a_thread(board, writer, at=at)).post_id, severity, at=at)


async def given_to(owl: Person, colleague: Person, case_id: int, *, at: datetime) -> None:
    """Let a colleague give a case to somebody by name."""
    assert await claim(case_id, colleague.id, at=at)
    assert await assign(case_id, colleague.id, owl.handle, at=at)


async def take(person: Person, *, at: datetime) -> int | None:
    """Press "help next", decide what comes, and return it."""
    found = await claim_next(person.id, at=at)
    if found is None:
        return None
    await decide(found.case_id, person.id, DecisionForm(revision=1), at=at)
    return found.case_id


async def test_crisis_comes_before_what_a_colleague_gave(
    board: BoardInTest, writer: Person, owl: Person, colleague: Person
) -> None:
    at = now()
    given, red = [await flagged(board, writer, level, at=at) for level in (Severity.AMBER, Severity.RED)]
    await given_to(owl, colleague, given, at=at)
    crisis = await flagged(board, writer, Severity.CRISIS, at=at)

    assert [await take(owl, at=at) for _ in range(3)] == [crisis, given, red]


async def test_what_is_urgent_and_overdue_comes_before_what_a_colleague_gave(
    board: BoardInTest, writer: Person, owl: Person, colleague: Person
) -> None:
    at = now()
    red = await flagged(board, writer, Severity.RED, at=at)
    late = at + timedelta(minutes=TriagePolicy().red_minutes) + MINUTE
    given = await flagged(board, writer, Severity.RED, at=late)
    await given_to(owl, colleague, given, at=late)

    assert [await take(owl, at=late) for _ in range(2)] == [red, given]


async def test_case_that_was_escalated_comes_before_what_a_colleague_gave(
    board: BoardInTest, writer: Person, owl: Person, colleague: Person
) -> None:
    at = now()
    given, escalated = [await flagged(board, writer, Severity.RED, at=at) for _ in range(2)]
    await given_to(owl, colleague, given, at=at)
    await execute("UPDATE moderation_case SET escalated_at = $2, on_call_by = $2 WHERE id = $1", escalated, at)

    assert [await take(owl, at=at) for _ in range(2)] == [escalated, given]


async def test_steady_stream_of_crises_does_not_starve_amber(board: BoardInTest, writer: Person, owl: Person) -> None:
    start = now()
    ambers = [await flagged(board, writer, Severity.AMBER, at=start + number * MINUTE) for number in range(3)]
    at = start + LONG + 10 * MINUTE
    handed: list[int | None] = []

    for _ in range(3 * (TURN_AFTER + 1)):  # one new crisis for each that is handed over
        await flagged(board, writer, Severity.CRISIS, at=at)
        handed.append(await take(owl, at=at))
        at += MINUTE

    turns = [place for place, case_id in enumerate(handed) if case_id in ambers]
    assert [handed[place] for place in turns] == ambers, "the longest first"
    assert turns == [TURN_AFTER, 2 * TURN_AFTER + 1, 3 * TURN_AFTER + 2], "never more than every so many turns"


async def test_steady_stream_of_overdue_reds_does_not_starve_amber(
    board: BoardInTest, writer: Person, owl: Person
) -> None:
    start = now()
    amber = await flagged(board, writer, Severity.AMBER, at=start)
    waited = start + LONG - timedelta(minutes=TriagePolicy().red_minutes)
    for _ in range(TURN_AFTER + 2):
        await flagged(board, writer, Severity.RED, at=waited)
    at = start + LONG + MINUTE

    assert amber in [await take(owl, at=at) for _ in range(TURN_AFTER + 1)]


async def test_amber_that_waits_for_less_long_leaves_its_turn_to_a_crisis(
    board: BoardInTest, writer: Person, owl: Person
) -> None:
    start = now()
    amber = await flagged(board, writer, Severity.AMBER, at=start)
    at = start + LONG - MINUTE
    for _ in range(TURN_AFTER + 2):
        await flagged(board, writer, Severity.CRISIS, at=at)

    assert amber not in [await take(owl, at=at) for _ in range(TURN_AFTER + 2)]


async def test_turn_that_was_handed_back_comes_again_after_as_many(
    board: BoardInTest, writer: Person, owl: Person
) -> None:
    start = now()
    ambers = [await flagged(board, writer, Severity.AMBER, at=start) for _ in range(2)]
    at = start + LONG + MINUTE
    for _ in range(2 * TURN_AFTER):
        await flagged(board, writer, Severity.CRISIS, at=at)
    for _ in range(TURN_AFTER):
        assert await take(owl, at=at) not in ambers
    found = await claim_next(owl.id, at=at)
    assert found
    assert found.case_id == ambers[0]

    await hand_back(found.case_id, owl.id, at=at)

    at += MINUTE
    assert await take(owl, at=at) not in ambers, "a crisis does not wait for two turns"
