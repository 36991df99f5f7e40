"""Taking a decision back gives back what it took, and never what somebody decided after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.errors import NotAllowed
from server.moderation.acts import Pause, PostAct
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import Person, a_member
from triage.queue.claims import claim, held_by

if TYPE_CHECKING:
    from server.forum.posts import Written

COVER = DecisionForm(revision=1, post_act=PostAct.COVER)
REMOVE = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It names a place.")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def state_of(post_id: int) -> str:
    return (await fetch_one("SELECT state FROM post WHERE id = $1", post_id))["state"]


async def test_later_decision_about_the_post_stands(thread: Written, first: Person, second: Person) -> None:
    covered = await decided(thread.post_id, first, COVER)
    await decided(thread.post_id, second, REMOVE)

    with pytest.raises(NotAllowed, match="decided about this since"):
        await undo(covered, first.id, at=now())

    assert await state_of(thread.post_id) == "removed"


async def test_later_decision_that_was_taken_back_itself_is_in_nobodys_way(
    thread: Written, first: Person, second: Person
) -> None:
    covered = await decided(thread.post_id, first, COVER)
    await undo(await decided(thread.post_id, second, REMOVE), second.id, at=now())

    await undo(covered, first.id, at=now())

    assert await state_of(thread.post_id) == "published"


async def test_pause_that_a_colleague_decided_since_stands(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    other = await a_thread(await a_board("calm-place"), author)
    day = await decided(thread.post_id, first, DecisionForm(revision=1, pause=Pause.DAY, reason="Please rest."))
    await decided(other.post_id, second, DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="Threats."))

    with pytest.raises(NotAllowed, match="decided about this since"):
        await undo(day, first.id, at=now())

    paused = await fetch_one("SELECT may_write_from FROM member WHERE id = $1", author.id)
    assert paused["may_write_from"] > now() + timedelta(days=1000)


async def test_hold_by_triage_after_a_decision_that_left_the_post_alone_stands(thread: Written, first: Person) -> None:
    decision = await decided(thread.post_id, first, DecisionForm(revision=1))
    await set_state(thread.post_id, "held")

    await undo(decision, first.id, at=now())

    assert await state_of(thread.post_id) == "held"


async def test_reports_are_open_again(thread: Written, first: Person) -> None:
    reporter = await a_member("brave-wren-7")
    await report_rules(thread.post_id, reporter.id, ReportForm("unkind"), at=now())
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, groundless=True))

    await undo(decision, first.id, at=now())

    report = await fetch_one("SELECT outcome, decided_at, decided_by FROM report")
    assert list(report.values()) == [None, None, None]
    assert (await list_notices(reporter.id)).rows == []


async def test_reports_that_were_answered_before_stay_answered(thread: Written, first: Person, second: Person) -> None:
    reporter = await a_member("brave-wren-7")
    await report_rules(thread.post_id, reporter.id, ReportForm("unkind"), at=now())
    await decided(thread.post_id, second, DecisionForm(revision=1))
    decision = await decided(thread.post_id, first, DecisionForm(revision=1))

    await undo(decision, first.id, at=now())

    assert len(await fetch("SELECT 1 FROM report WHERE outcome = 'no-action'")) == 1


async def test_case_that_comes_back_takes_the_place_of_the_one_at_hand(
    thread: Written, author: Person, first: Person
) -> None:
    decision = await decided(thread.post_id, first, COVER)
    other = await flag_post((await a_thread(await a_board("calm-place"), author)).post_id)
    assert await claim(other, first.id, at=now())

    back = await undo(decision, first.id, at=now())

    held = await held_by(first.id, at=now())
    assert held is not None
    assert held.case_id == back
    assert [case["id"] for case in await open_cases() if case["claimed_by"]] == [back]
