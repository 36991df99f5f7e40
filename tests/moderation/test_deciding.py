"""Decisions: one transaction each, on the revision that was seen, told to the author, taken back within ten minutes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.errors import NotAllowed, NotFound
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.own_words import BLACKED_OUT
from server.forum.taking_down import delete_post
from server.moderation.acts import Pause, PostAct, Voice
from server.moderation.appealing import appeal
from server.moderation.deciding import (
    AlreadyDecided,
    ClaimLost,
    PostChanged,
    ask_second_opinion,
    decide,
    escalate,
)
from server.moderation.forms import DecisionForm
from server.moderation.undoing import UNDO_WITHIN, undo
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member
from triage.queue.audit import verify
from triage.queue.claims import LEASE, claim, claim_next
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

    from server.forum.posts import Written

BODY = "The leaflet says twenty tablets of magnesium."


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def moderator(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def thread(app: Litestar, author: Person) -> Written:
    return await a_thread(await a_board(), author, body=BODY)


@pytest.fixture
async def case_id(thread: Written, moderator: Person) -> int:
    found = await flag_post(thread.post_id, Severity.RED)
    assert await claim(found, moderator.id, at=now())
    return found


async def post_row(post_id: int) -> dict[str, object]:
    return dict(await fetch_one("SELECT * FROM post WHERE id = $1", post_id))


async def sentences_to(person: Person) -> list[str]:
    return [line.sentence for line in (await list_notices(person.id)).rows]


async def test_nothing_needed_closes_quietly(thread: Written, author: Person, moderator: Person, case_id: int) -> None:
    await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())

    assert await open_cases() == []
    assert "A moderator" not in " ".join(await sentences_to(author))
    assert (await fetch_one("SELECT act FROM decision"))["act"] == "nothing"
    assert [row["act"] for row in await fetch("SELECT act FROM audit_entry")] == ["claim", "decide"]
    assert await verify() == 2


@pytest.mark.parametrize(
    ("act", "state", "said"),
    [
        (PostAct.COVER, "covered", "put a content note over your post"),
        (PostAct.HOLD, "held", "keeps it from others for now"),
        (PostAct.REMOVE, "removed", "A moderator took your post down"),
        (PostAct.RELEASE, "published", "whoever can open its thread sees it"),
    ],
)
async def test_acts_on_the_post_are_told_to_its_author(
    thread: Written, author: Person, moderator: Person, case_id: int, act: PostAct, state: str, said: str
) -> None:
    form = DecisionForm(revision=1, post_act=act, reason="Because of the detail.", note_topic="self-harm")
    await decide(case_id, moderator.id, form, at=now())

    assert (await post_row(thread.post_id))["state"] == state
    newest = (await list_notices(author.id)).rows[0]
    assert said in newest.sentence
    assert newest.words == "Because of the detail."


async def test_answer_in_the_thread_is_signed_by_nobody(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    await decide(case_id, moderator.id, DecisionForm(revision=1, words="I read this. Are you safe?"), at=now())

    answer = await fetch_one("SELECT * FROM post WHERE by_moderator")
    assert answer["author"] is None
    assert (answer["body"], answer["thread"], answer["state"]) == (
        "I read this. Are you safe?",
        thread.thread_id,
        "published",
    )
    assert await sentences_to(author) == ["Somebody answered you."]
    assert (await fetch_one("SELECT reply_count FROM thread"))["reply_count"] == 1


async def test_words_to_the_author_alone_are_a_notice(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    form = DecisionForm(revision=1, words="How was your night?", voice=Voice.PRIVATE)
    await decide(case_id, moderator.id, form, at=now())

    assert (await list_notices(author.id)).rows[0].words == "How was your night?"
    assert await fetch("SELECT 1 FROM post WHERE by_moderator") == []


async def test_passage_is_blacked_out_and_kept_for_moderators(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    await decide(case_id, moderator.id, DecisionForm(revision=1, cuts=("twenty tablets",)), at=now())

    post = await post_row(thread.post_id)
    assert post["body"] == f"The leaflet says {BLACKED_OUT} of magnesium."
    assert [row["body"] for row in await fetch("SELECT body FROM post_revision")] == [BODY]
    assert "blacked out a passage" in (await sentences_to(author))[0]


async def test_changed_post_is_not_decided_unseen(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    change = Change(title="A long night", body="Something else.", note=ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, change, at=now())

    with pytest.raises(PostChanged):
        await decide(case_id, moderator.id, DecisionForm(revision=1, post_act=PostAct.REMOVE), at=now())

    assert (await post_row(thread.post_id))["state"] == "published"
    assert len(await open_cases()) == 1


async def test_late_decision_is_refused(thread: Written, moderator: Person, case_id: int) -> None:
    with pytest.raises(ClaimLost):
        await decide(case_id, moderator.id, DecisionForm(revision=1), at=now() + LEASE + timedelta(seconds=1))

    assert await fetch("SELECT 1 FROM decision") == []


async def test_sent_twice_at_once_is_one_decision(thread: Written, moderator: Person, case_id: int) -> None:
    form = DecisionForm(revision=1, words="I read this.")
    results = await asyncio.gather(
        *(decide(case_id, moderator.id, form, at=now()) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["AlreadyDecided"] * 3 + ["int"]
    assert len(await fetch("SELECT 1 FROM post WHERE by_moderator")) == 1


async def test_label_becomes_an_example_of_that_revision(thread: Written, moderator: Person, case_id: int) -> None:
    form = DecisionForm(revision=1, severity=Severity.CRISIS, misinformation=False)
    await decide(case_id, moderator.id, form, at=now())

    example = await fetch_one("SELECT * FROM labelled_example")
    assert (example["post"], example["revision"], example["severity"], example["misinformation"]) == (
        thread.post_id, 1, 3, False,
    )  # fmt: skip
    assert example["saw_opinion"]


async def test_paused_author_cannot_write_but_is_told_why(
    app: Litestar, thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    form = DecisionForm(revision=1, pause=Pause.DAY, reason="Please stop following her around.")
    await decide(case_id, moderator.id, form, at=now())

    with pytest.raises(NotAllowed, match="paused your writing until"):
        await a_reply(thread, author, "But why?")
    assert "paused your writing" in " ".join(await sentences_to(author))


async def test_everything_can_be_taken_back_within_ten_minutes(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    before = await post_row(thread.post_id)
    form = DecisionForm(
        revision=1, post_act=PostAct.REMOVE, reason="Detail.", words="I read this.", cuts=("twenty tablets",),
        pause=Pause.WEEK, severity=Severity.RED,
    )  # fmt: skip
    decision = await decide(case_id, moderator.id, form, at=now())

    await undo(decision, moderator.id, at=now() + UNDO_WITHIN - timedelta(seconds=5))

    after = await post_row(thread.post_id)
    assert {name: after[name] for name in ("body", "state", "note_topic", "note_text")} == {
        name: before[name] for name in ("body", "state", "note_topic", "note_text")
    }
    assert await fetch("SELECT 1 FROM post WHERE by_moderator AND state = 'published'") == []
    assert await fetch("SELECT 1 FROM labelled_example") == []
    assert await sentences_to(author) == []
    assert (await fetch_one("SELECT may_write_from FROM member WHERE id = $1", author.id))["may_write_from"] is None
    [case] = await open_cases()
    assert (case["id"], case["claimed_by"]) == (case_id, moderator.id)
    assert [row["act"] for row in await fetch("SELECT act FROM audit_entry ORDER BY id")] == ["claim", "decide", "undo"]


async def test_nothing_is_taken_back_later_or_by_others(thread: Written, moderator: Person, case_id: int) -> None:
    decision = await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())
    other = await a_member("calm-owl-2", role="moderator")

    with pytest.raises(NotAllowed):
        await undo(decision, moderator.id, at=now() + UNDO_WITHIN + timedelta(seconds=1))
    with pytest.raises(NotFound):
        await undo(decision, other.id, at=now())
    await undo(decision, moderator.id, at=now())
    with pytest.raises(NotAllowed):
        await undo(decision, moderator.id, at=now() + UNDO_WITHIN)


async def test_escalated_case_is_free_stands_first_and_is_not_handed_back(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    await escalate(case_id, moderator.id, why="They say tonight.", at=now())

    [case] = await open_cases()
    assert case["escalated_at"] is not None
    assert case["claimed_by"] is None
    assert await claim_next(moderator.id, at=now()) is None


async def test_second_opinion_comes_from_somebody_else(thread: Written, moderator: Person, case_id: int) -> None:
    colleague = await a_member("calm-owl-2", role="moderator")

    await ask_second_opinion(case_id, moderator.id, at=now())

    assert await claim_next(moderator.id, at=now()) is None
    assert await claim_next(colleague.id, at=now()) is not None


async def test_appeal_goes_once_to_another_moderator(
    thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Detail.")
    decision = await decide(case_id, moderator.id, form, at=now())

    await appeal(decision, author.id, "There was no detail in it.", at=now())

    with pytest.raises(NotAllowed):
        await appeal(decision, author.id, "Again.", at=now())
    assert await claim_next(moderator.id, at=now()) is None
    colleague = await a_member("calm-owl-2", role="moderator")
    found = await claim_next(colleague.id, at=now())
    assert found is not None
    await decide(found.case_id, colleague.id, DecisionForm(revision=1, post_act=PostAct.RELEASE), at=now())
    assert (await post_row(thread.post_id))["state"] == "published"


@pytest.mark.parametrize(
    ("form", "worried_hears", "rules_hears"),
    [
        (DecisionForm(revision=1, words="I read this."), "reached out to them", "reached out to the person"),
        (DecisionForm(revision=1, reason="I read this."), "reached out to them", "reached out to the person"),
        (DecisionForm(revision=1, post_act=PostAct.COVER), "took action", "agreed with you and took action"),
        (DecisionForm(revision=1), "It was right to say something.", "left it as it is"),
        (DecisionForm(revision=1, groundless=True), "It was right to say something.", "keeps the rules"),
    ],
)
async def test_everybody_who_spoke_up_hears_what_came_of_it(
    thread: Written, author: Person, moderator: Person, case_id: int,
    form: DecisionForm, worried_hears: str, rules_hears: str,
) -> None:  # fmt: skip
    worried, reporter = await a_member("worried-1"), await a_member("reporter-2")
    await tell_worry(thread.post_id, worried.id, ReportForm("", "They sound alone."), at=now())
    await report_rules(thread.post_id, reporter.id, ReportForm("unkind"), at=now())

    await decide(case_id, moderator.id, form, at=now())

    assert worried_hears in (await sentences_to(worried))[0]
    assert rules_hears in (await sentences_to(reporter))[0]
    assert await fetch("SELECT 1 FROM report WHERE decided_at IS NULL") == []


async def test_post_taken_down_meanwhile_has_nothing_to_decide_where_nothing_is_urgent(
    thread: Written, author: Person, moderator: Person
) -> None:
    case_id = await flag_post(thread.post_id, Severity.AMBER)
    assert await claim(case_id, moderator.id, at=now())
    await delete_post(thread.post_id, author.id, at=now())

    with pytest.raises(AlreadyDecided):
        await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())


async def test_audit_names_no_words(thread: Written, moderator: Person, case_id: int) -> None:
    form = DecisionForm(revision=1, words="I read this.", reason="Because.", cuts=("twenty tablets",))
    await decide(case_id, moderator.id, form, at=now())

    [entry] = await fetch("SELECT detail FROM audit_entry WHERE act = 'decide'")
    assert msgspec.json.decode(entry["detail"])["cuts"] == 1
    assert "tablets" not in entry["detail"]
    assert "read" not in entry["detail"]
