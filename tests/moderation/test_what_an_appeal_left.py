"""An author hears what came of their objection, whatever else was decided with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.clock import now
from server.moderation.acts import Pause, PostAct
from server.moderation.appealing import appeal, find_decision_to_appeal
from server.moderation.forms import DecisionForm
from server.notices.service import list_notices
from tests.support.cases import decided
from tests.support.conversation import a_board, a_thread, set_state

if TYPE_CHECKING:
    from server.forum.posts import Written
    from tests.support.people import Person

BODY = "I cannot sleep, and the leaflet says twenty tablets."
PAUSE = DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="You sell something.")
COVER = DecisionForm(revision=1, post_act=PostAct.COVER)
HOLD = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="It names a dose.")
CUT = DecisionForm(revision=1, cuts=("twenty tablets",))
KEPT = "You asked for another look, and a moderator took it. Apart from what you read beside this, the decision stays"


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body=BODY)


async def told(person: Person) -> list[str]:
    """Return the kinds of somebody's notices, the newest first."""
    return [line.kind for line in (await list_notices(person.id)).rows]


async def told_after_appeal(
    thread: Written, author: Person, first: Person, second: Person, *forms: DecisionForm, state: str = ""
) -> list[str]:
    """Have a moderator decide, the author object, and another one decide; return what that one's decision tells."""
    objected_to, then = forms
    await appeal(await decided(thread.post_id, first, objected_to), author.id, "Please look again.", at=now())
    if state:
        await set_state(thread.post_id, state)
    before = len(await told(author))
    await decided(thread.post_id, second, then)
    kinds = await told(author)
    return kinds[: len(kinds) - before]


async def test_pause_that_stays_is_told_beside_the_post_that_is_opened(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    release = DecisionForm(revision=1, post_act=PostAct.RELEASE)

    kinds = await told_after_appeal(thread, author, first, second, PAUSE, release, state="covered")

    assert sorted(kinds) == ["appeal-kept-beside", "post-released"]
    sentences = [line.sentence for line in (await list_notices(author.id)).rows]
    assert any(sentence.startswith(KEPT) for sentence in sentences)
    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_final


async def test_note_that_stays_is_told_beside_a_passage_that_was_blacked_out(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    cut = DecisionForm(revision=1, post_act=PostAct.COVER, cuts=("twenty tablets",))

    kinds = await told_after_appeal(thread, author, first, second, COVER, cut)

    assert sorted(kinds) == ["appeal-kept-beside", "post-cut"]


async def test_what_is_left_of_a_decision_is_told_beside_what_was_given_back(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    both = DecisionForm(revision=1, post_act=PostAct.COVER, pause=Pause.FOR_GOOD, reason="You sell something.")
    lift = DecisionForm(revision=1, post_act=PostAct.COVER, pause=Pause.LIFT)

    kinds = await told_after_appeal(thread, author, first, second, both, lift)

    assert sorted(kinds) == ["appeal-kept-beside", "writing-open"]


@pytest.mark.parametrize(
    ("objected_to", "then", "tells"),
    [
        (PAUSE, DecisionForm(revision=1, pause=Pause.LIFT), "writing-open"),
        (HOLD, COVER, "post-noted"),
        (HOLD, DecisionForm(revision=1, post_act=PostAct.RELEASE), "post-released"),
        (CUT, DecisionForm(revision=2, restores_original=True), "post-restored"),
    ],
)
async def test_nothing_is_said_to_stay_where_it_was_given_back(
    thread: Written, author: Person, first: Person, second: Person, objected_to: DecisionForm, then: DecisionForm,
    tells: str,
) -> None:  # fmt: skip
    assert await told_after_appeal(thread, author, first, second, objected_to, then) == [tells]


async def test_objection_that_is_over_by_itself_is_still_answered(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    kinds = await told_after_appeal(thread, author, first, second, HOLD, DecisionForm(revision=1), state="published")

    assert kinds == ["appeal-kept"]
