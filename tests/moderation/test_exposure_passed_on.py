"""What somebody had open and passed on weighs too: it counts in their meter, and for whom they are spared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.moderation import shifts
from server.moderation.acts import PostAct
from server.moderation.appealing import appeal
from server.moderation.deciding import ask_second_opinion, decide, escalate
from server.moderation.exposure import urgent_by_hour
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.claims import claim_next, hand_back
from triage.queue.limits import CareLimits
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from litestar import Litestar


class PassOn(Protocol):
    """One way of giving a case away."""

    async def __call__(self, case_id: int, moderator_id: int, /, *, at: datetime) -> object: ...


@pytest.fixture
async def me(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    """Somebody on shift who is free."""
    person = await a_member("calm-owl-2", role="moderator")
    await shifts.start(person.id, at=now())
    return person


async def have_cases(severity: Severity, number: int) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    for place in range(number):
        await flag_post((await a_thread(board, author, title=f"T {place}")).post_id, severity)


async def take_next(person: Person) -> int:
    found = await claim_next(person.id, at=now())
    assert found
    return found.case_id


@pytest.mark.parametrize("pass_on", [hand_back, escalate, ask_second_opinion])
async def test_third_crisis_in_a_row_goes_to_a_colleague_also_after_two_that_were_passed_on(
    me: Person, colleague: Person, pass_on: PassOn
) -> None:
    await have_cases(Severity.CRISIS, 3)
    for _ in range(CareLimits().crises_in_a_row):
        await pass_on(await take_next(me), me.id, at=now())

    assert await claim_next(me.id, at=now()) is None
    shift = await shifts.shift_of(me.id, at=now())
    assert (shift.urgent_last_hour, shift.urgent_last_day, shift.decided_last_day) == (2, 2, 0)
    assert {hour.ago: hour.urgent for hour in await urgent_by_hour(me.id, at=now()) if hour.urgent} == {1: 2}


async def test_urgent_ones_that_were_decided_and_passed_on_add_up_to_a_break(me: Person, colleague: Person) -> None:
    await have_cases(Severity.RED, CareLimits().enforce_after + 1)
    for place in range(CareLimits().enforce_after):
        case_id = await take_next(me)
        if place % 2:
            await hand_back(case_id, me.id, at=now())
        else:
            await decide(case_id, me.id, DecisionForm(revision=1), at=now())

    assert (await shifts.shift_of(me.id, at=now())).needs_break
    assert await claim_next(me.id, at=now()) is None


async def test_appeal_against_ones_decision_weighs_nothing(me: Person) -> None:
    await have_cases(Severity.RED, 1)
    case_id = await take_next(me)
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Too much detail.")
    decision = await decide(case_id, me.id, form, at=now())
    row = await fetch_one("SELECT author FROM post")
    await appeal(decision, row["author"], "Please look again.", at=now())
    await execute("UPDATE moderation_case SET severity = 2")

    shift = await shifts.shift_of(me.id, at=now())

    assert (shift.urgent_last_hour, shift.decided_last_day) == (1, 1)
