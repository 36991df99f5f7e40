"""What is urgent never makes an objection its own judge: the cry is answered, the objection waits for somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.moderation.acts import Pause, Voice
from server.moderation.alerting import raise_alerts
from server.moderation.appealing import appeal, find_decision_to_appeal
from server.moderation.deciding import OwnDecision, decide, escalate
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.notices.service import list_notices
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.audit import read_entries
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

    from server.forum.posts import Written

PAUSE = DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="You sell something.")
LETTER = DecisionForm(revision=1, words="I am here.", voice=Voice.PRIVATE)
LATE = timedelta(minutes=6)
"""After this a crisis that nobody has is overdue."""


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


@pytest.fixture
async def admin(app: Litestar) -> Person:
    """Whose decision is objected to; on call."""
    return await a_member("calm-wren-9", role="admin")


@pytest.fixture
async def objection(thread: Written, author: Person, admin: Person) -> int:
    """The case of the author's objection."""
    await appeal(await decided(thread.post_id, admin, PAUSE), author.id, "It does not.", at=now())
    [case] = await open_cases()
    return int(str(case["id"]))


async def told(person: Person) -> list[str]:
    """Return the kinds of somebody's notices, the newest first."""
    return [line.kind for line in (await list_notices(person.id)).rows]


async def answer_cry(thread: Written, moderator: Person, form: DecisionForm = LETTER) -> int:
    """Flag the post as a crisis, and have a moderator come after its deadline; return the decision."""
    case_id, late = await flag_post(thread.post_id, Severity.CRISIS), now() + LATE
    assert await claim(case_id, moderator.id, at=late)
    return await decide(case_id, moderator.id, form, at=late)


async def test_objection_that_was_escalated_is_still_for_somebody_else(
    app: Litestar, objection: int, admin: Person, second: Person
) -> None:
    assert await claim(objection, second.id, at=now())
    await escalate(objection, second.id, at=now())

    for minutes in (1, 11, 31):
        await raise_alerts(app.state.settings, app.state.redis, at=now() + timedelta(minutes=minutes))

    assert await told(admin) == []
    assert await claim(objection, admin.id, at=now() + timedelta(hours=1)) is None
    assert await claim(objection, second.id, at=now() + timedelta(hours=1))


async def test_objection_that_was_escalated_is_not_turned_down_by_whom_it_is_about(
    objection: int, admin: Person, second: Person
) -> None:
    assert await claim(objection, second.id, at=now())
    await escalate(objection, second.id, at=now())
    await execute("UPDATE member SET role = 'member' WHERE id = $1", second.id)

    assert await claim(objection, admin.id, at=now())
    with pytest.raises(OwnDecision):
        await decide(objection, admin.id, DecisionForm(revision=1, reason="It stands."), at=now())


async def test_objection_goes_on_where_its_moderator_answered_a_cry(
    thread: Written, author: Person, objection: int, admin: Person, second: Person
) -> None:
    await answer_cry(thread, admin)

    [case] = await open_cases()
    case_id = int(str(case["id"]))
    assert case_id != objection
    assert case["severity"] == Severity.AMBER
    assert "model" not in str(case["reasons"])
    assert [one.act for one in await read_entries() if one.subject == f"case:{case_id}"] == ["keep-appeal"]
    assert (await told(author))[0] == "appeal-goes-on"
    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_waiting
    late = now() + timedelta(days=7)
    assert await claim(case_id, admin.id, at=late) is None
    assert await claim(case_id, second.id, at=late)
    await decide(case_id, second.id, DecisionForm(revision=1), at=late)
    assert (await told(author))[0] == "appeal-kept"


async def test_author_hears_that_it_goes_on_whatever_else_was_done(
    thread: Written, author: Person, objection: int, admin: Person, second: Person
) -> None:
    before = len(await told(author))

    await answer_cry(thread, admin, DecisionForm(revision=1, cuts=("cannot sleep",)))

    kinds = await told(author)
    assert sorted(kinds[: len(kinds) - before]) == ["appeal-goes-on", "post-cut"]
    assert ["appeal" in str(case["reasons"]) for case in await open_cases()] == [True]


async def test_nothing_goes_on_where_all_was_given_back(
    thread: Written, author: Person, objection: int, admin: Person
) -> None:
    await answer_cry(thread, admin, DecisionForm(revision=1, pause=Pause.LIFT))

    assert await open_cases() == []
    assert (await told(author))[0] == "writing-open"


async def test_cry_is_there_again_where_its_answer_is_taken_back(
    thread: Written, objection: int, admin: Person
) -> None:
    decision = await answer_cry(thread, admin)

    case_id = await undo(decision, admin.id, at=now() + LATE)

    case = await fetch_one("SELECT severity, reasons, closed_at FROM moderation_case WHERE id = $1", case_id)
    assert (case["severity"], case["closed_at"]) == (Severity.CRISIS, None)
    assert all(kind in case["reasons"] for kind in ("model", "appeal"))


async def test_what_is_brought_back_is_as_late_as_it_was_and_asks_what_was_asked(
    thread: Written, objection: int, admin: Person
) -> None:
    decision = await answer_cry(thread, admin)
    was = await fetch_one('SELECT "case" AS id FROM decision WHERE id = $1', decision)
    await execute(
        "UPDATE moderation_case SET escalated_at = $2, escalation = 'It names a place.' WHERE id = $1", was["id"], now()
    )

    case_id = await undo(decision, admin.id, at=now() + LATE)

    columns = "escalation, deadline, opened_at"
    case = await fetch_one(f"SELECT {columns} FROM moderation_case WHERE id = $1", case_id)
    before = await fetch_one(f"SELECT {columns} FROM moderation_case WHERE id = $1", was["id"])
    assert case["escalation"] == "It names a place."
    assert case["deadline"] <= before["deadline"]
    assert case["opened_at"] <= before["opened_at"]


async def test_colleague_who_avoids_the_author_is_no_other_moderator(
    thread: Written, author: Person, admin: Person, second: Person
) -> None:
    await execute(
        "INSERT INTO avoidance (member, other, kind, created_at) VALUES ($1, $2, 'mute', $3)",
        second.id, author.id, now(),
    )  # fmt: skip
    await decided(thread.post_id, admin, PAUSE)

    assert not (await find_decision_to_appeal(thread.post_id, author.id, at=now())).has_another
