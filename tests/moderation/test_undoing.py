"""Taking a decision back gives back what it took, and never what somebody decided after it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.errors import NotAllowed
from server.moderation.acts import Pause, PostAct, Voice
from server.moderation.appealing import appeal, find_decision_to_appeal
from server.moderation.deciding import ask_second_opinion, decide, escalate
from server.moderation.forms import DecisionForm
from server.moderation.undoing import UNDO_WITHIN, undo, undoable_by
from server.notices.sentences import SENTENCES
from server.notices.service import list_notices, mark_all_read
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from server.resources.vetting import replace_resource
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import Person, a_member, submit
from tests.support.resources import a_resource
from tests.support.saying import goes_to
from triage.queue.claims import claim, held_by

if TYPE_CHECKING:
    import httpx

    from server.forum.posts import Written

COVER = DecisionForm(revision=1, post_act=PostAct.COVER)
REMOVE = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It names a place.")
TAKEN_BACK = SENTENCES["decision-undone"]
GRANTED = SENTENCES["appeal-granted"]


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def state_of(post_id: int) -> str:
    return (await fetch_one("SELECT state FROM post WHERE id = $1", post_id))["state"]


async def sentences_to(member: Person) -> list[str]:
    return [line.sentence for line in (await list_notices(member.id)).rows]


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


async def test_worry_about_an_answer_that_is_taken_back_goes_with_it(
    thread: Written, author: Person, first: Person
) -> None:
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, words="I hear you.", voice=Voice.PUBLIC))
    [answer] = await fetch("SELECT id FROM post WHERE by_moderator")
    await flag_post(answer["id"])

    await undo(decision, first.id, at=now())

    [case] = await open_cases()
    assert case["post"] == thread.post_id


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


async def test_author_who_read_of_a_decision_hears_that_it_was_taken_back(
    thread: Written, author: Person, first: Person
) -> None:
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It names a place.", pause=Pause.WEEK)
    decision = await decided(thread.post_id, first, form)
    await mark_all_read(author.id, at=now())

    await undo(decision, first.id, at=now())

    assert (await sentences_to(author))[0] == TAKEN_BACK
    assert (await sentences_to(author)).count(TAKEN_BACK) == 1
    assert (await list_notices(author.id)).rows[0].is_unread


async def test_author_who_did_not_read_of_it_yet_hears_nothing(thread: Written, author: Person, first: Person) -> None:
    decision = await decided(thread.post_id, first, REMOVE)

    await undo(decision, first.id, at=now())

    assert await sentences_to(author) == []


async def test_notice_of_another_decision_that_was_read_is_not_taken_back(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    await decided(thread.post_id, second, COVER)
    await mark_all_read(author.id, at=now())
    decision = await decided(thread.post_id, first, REMOVE)

    await undo(decision, first.id, at=now())

    assert TAKEN_BACK not in await sentences_to(author)


async def test_appeal_against_a_decision_that_is_taken_back_is_granted(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    decision = await decided(thread.post_id, first, REMOVE)
    await mark_all_read(author.id, at=now())
    await appeal(decision, author.id, "Please look again.", at=now())
    [appealed] = await open_cases()
    assert await claim(appealed["id"], second.id, at=now())  # type: ignore[arg-type]

    back = await undo(decision, first.id, at=now())

    assert [case["id"] for case in await open_cases()] == [back]
    assert back != appealed["id"]
    held = await held_by(first.id, at=now())
    assert held is not None
    assert held.case_id == back
    closed = await fetch_one("SELECT outcome, closed_by FROM moderation_case WHERE id = $1", appealed["id"])
    assert dict(closed) == {"outcome": "decision-undone", "closed_by": first.id}
    assert (await sentences_to(author))[0] == GRANTED
    assert TAKEN_BACK not in await sentences_to(author)
    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_over


async def test_appeal_case_that_a_report_was_added_to_goes_on_without_the_appeal(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    decision = await decided(thread.post_id, first, COVER)
    await appeal(decision, author.id, "Please look again.", at=now())
    await report_rules(thread.post_id, (await a_member("brave-wren-7")).id, ReportForm("unkind"), at=now())
    [appealed] = await open_cases()

    case_id = await undo(decision, first.id, at=now())

    assert case_id == appealed["id"]
    assert await claim(case_id, second.id, at=now())
    await decide(case_id, second.id, DecisionForm(revision=1), at=now())
    assert await sentences_to(author) == [GRANTED]


async def test_escalated_appeal_goes_on_without_the_appeal(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    decision = await decided(thread.post_id, first, REMOVE)
    await appeal(decision, author.id, "Please look again.", at=now())
    [appealed] = await open_cases()
    assert await claim(appealed["id"], second.id, at=now())  # type: ignore[arg-type]
    await escalate(appealed["id"], second.id, why="Today.", at=now())  # type: ignore[arg-type]

    assert await undo(decision, first.id, at=now()) == appealed["id"]

    assert ["appeal" in str(case["reasons"]) for case in await open_cases()] == [False]


async def test_colleague_who_was_unsure_about_the_appeal_hears_that_it_is_settled(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    decision = await decided(thread.post_id, first, REMOVE)
    await appeal(decision, author.id, "Please look again.", at=now())
    [appealed] = await open_cases()
    await a_member("calm-owl-3", role="moderator")
    assert await claim(appealed["id"], second.id, at=now())  # type: ignore[arg-type]
    await ask_second_opinion(appealed["id"], second.id, at=now())  # type: ignore[arg-type]

    await undo(decision, first.id, at=now())

    assert await sentences_to(second) == ["A case on which you asked for a second opinion was decided."]


async def test_appeal_against_another_decision_stays_open(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    covered = await decided(thread.post_id, first, COVER)
    later = await decided(thread.post_id, second, COVER)
    await appeal(covered, author.id, "Please look again.", at=now())
    [appealed] = await open_cases()

    assert await undo(later, second.id, at=now()) == appealed["id"]

    assert "appeal" in str((await open_cases())[0]["reasons"])
    assert GRANTED not in await sentences_to(author)


async def test_page_says_with_whom_the_case_is(client: httpx.AsyncClient, thread: Written, moderator: Person) -> None:
    decision = await decided(thread.post_id, moderator, COVER)
    other = await flag_post(thread.post_id)

    answer = await submit(client, f"/moderation/decisions/{decision}/undo", page="/me")

    assert goes_to(answer) == (f"/moderation/cases/{other}", "undone-flagged-again")
    page = (await client.get(answer.headers["location"])).text
    assert "Taken back. Another case of this post is open by now: this one, and it goes on." in page


async def test_every_decision_that_can_be_taken_back_is_offered(
    client: httpx.AsyncClient, author: Person, moderator: Person, second: Person
) -> None:
    board = await a_board()
    posts = [(await a_thread(board, author)).post_id for _ in range(4)]
    decisions = [await decided(post, moderator, REMOVE) for post in posts]
    await decided(posts[0], second, DecisionForm(revision=1, post_act=PostAct.RELEASE))
    await undo(decisions[1], moderator.id, at=now())

    assert [one.id for one in await undoable_by(moderator.id, at=now())] == [decisions[3], decisions[2]]
    page = (await client.get("/moderation")).text
    assert [f"/moderation/decisions/{one}/undo" in page for one in decisions] == [False, False, True, True]
    assert await undoable_by(moderator.id, at=now() + UNDO_WITHIN) == []


async def test_closed_case_can_be_taken_back_from_its_page(
    client: httpx.AsyncClient, thread: Written, moderator: Person, second: Person
) -> None:
    decision = await decided(thread.post_id, moderator, COVER)
    case = await fetch_one('SELECT "case" FROM decision WHERE id = $1', decision)
    path = f"/moderation/cases/{case['case']}"

    page = (await client.get(path)).text
    assert f"/moderation/decisions/{decision}/undo" in page
    assert "Take this decision back" in page

    await decided(thread.post_id, second, REMOVE)
    assert f"/moderation/decisions/{decision}/undo" not in (await client.get(path)).text


async def under(post_id: int) -> list[int]:
    rows = await fetch("SELECT resource FROM post_resource WHERE post = $1 ORDER BY resource", post_id)
    return [row["resource"] for row in rows]


async def test_resource_that_was_replaced_meanwhile_goes_too(thread: Written, first: Person, second: Person) -> None:
    old, new, newest = [await a_resource(f"{name} Line") for name in ("Old", "New", "Newest")]
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, resources=(old,)))
    for one, another in ((old, new), (new, newest)):
        await replace_resource(one, another, actor_id=second.id, at=now())
    assert await under(thread.post_id) == [newest]

    await undo(decision, first.id, at=now())

    assert await under(thread.post_id) == []


async def test_resource_that_stood_there_before_stays_when_it_took_the_place_of_another(
    thread: Written, first: Person, second: Person
) -> None:
    old, new = await a_resource("Old Line"), await a_resource("New Line")
    await decided(thread.post_id, second, DecisionForm(revision=1, resources=(new,)))
    decision = await decided(thread.post_id, first, DecisionForm(revision=1, resources=(old,)))
    await replace_resource(old, new, actor_id=second.id, at=now())

    await undo(decision, first.id, at=now())

    assert await under(thread.post_id) == [new]


async def test_no_resource_is_left_when_it_is_replaced_and_taken_back_at_once(
    thread: Written, first: Person, second: Person
) -> None:
    for turn in range(20):
        old, new = await a_resource(f"Old Line {turn}"), await a_resource(f"New Line {turn}")
        decision = await decided(thread.post_id, first, DecisionForm(revision=1, resources=(old,)))

        await asyncio.gather(
            undo(decision, first.id, at=now()), replace_resource(old, new, actor_id=second.id, at=now())
        )

        assert await under(thread.post_id) == []
