"""What came of appeals, in the numbers that everybody may know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.members.erasure import erase_member
from server.moderation.acts import Pause, PostAct, Voice, Warn
from server.moderation.appealing import appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import decided, flag_post
from tests.support.months import LAST, posts, table
from tests.support.people import a_member
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from tests.support.people import Person

HOLD = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="It names a place.")
HOLD_AND_PAUSE = {"post_act": PostAct.HOLD, "pause": Pause.WEEK}
NOTHING = DecisionForm(revision=1, reason="It names a place.")
RELEASE = DecisionForm(revision=1, post_act=PostAct.RELEASE)
HOURS = [LAST + timedelta(hours=hours) for hours in range(4)]
COLUMNS = ("Decision changed", "Decision kept", "Not decided yet")


async def told(client: httpx.AsyncClient) -> dict[str, str]:
    """Return what the page tells of appeals, without what is nought."""
    return {column: number for column, number in (await table(client, "appeals")).items() if number != "0"}


async def decide_case_of(post_id: int, moderator: Person, form: DecisionForm, *, at: datetime) -> None:
    """Have a moderator take the open case of a post and decide it."""
    case = await fetch_one("SELECT id FROM moderation_case WHERE post = $1 AND closed_at IS NULL", post_id)
    assert await claim(case["id"], moderator.id, at=at)
    await decide(case["id"], moderator.id, form, at=at)


async def objected_to(post_id: int, moderator: Person, form: DecisionForm = HOLD, *, at: datetime = HOURS[1]) -> int:
    """Have a moderator decide about a post, and its author object at ``at``; return the decision."""
    decision = await decided(post_id, moderator, form, at=LAST)
    await appeal(decision, await author_of(post_id), "Please look.", at=at)
    return decision


async def answer_cry(post_id: int, moderator: Person) -> None:
    """Have a moderator answer a cry for help in a post that is held, after nobody came in time."""
    await flag_post(post_id, Severity.CRISIS, at=HOURS[1])
    letter = msgspec.structs.replace(HOLD, words="I am here.", voice=Voice.PRIVATE)
    await decide_case_of(post_id, moderator, letter, at=HOURS[2])


async def author_of(post_id: int) -> int:
    return (await fetch_one("SELECT author FROM post WHERE id = $1", post_id))["author"]


async def test_appeals_are_told_by_what_became_of_them(
    client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    for number, post_id in enumerate(await posts(18)):
        await objected_to(post_id, first)
        if number < 11:
            await decide_case_of(post_id, second, RELEASE if number < 5 else HOLD, at=HOURS[2])

    assert await told(client) == dict(zip(COLUMNS, "567", strict=True))


@pytest.mark.parametrize(("came_of_it", "column"), [(None, 2), (RELEASE, 0), (HOLD, 1)])
async def test_appeal_waits_on_though_the_moderator_it_is_about_answered_a_cry(
    client: httpx.AsyncClient, first: Person, second: Person, came_of_it: DecisionForm | None, column: int
) -> None:
    for post_id in await posts(5):
        await objected_to(post_id, first)
        await answer_cry(post_id, first)
        if came_of_it is not None:
            await decide_case_of(post_id, second, came_of_it, at=HOURS[3])

    assert await told(client) == {COLUMNS[column]: "5"}


async def test_what_was_kept_stays_kept_when_moderators_leave(
    app: Litestar, client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    third = await a_member("calm-owl-3", role="moderator")
    for post_id in await posts(5):
        await objected_to(post_id, first)
        await decide_case_of(post_id, second, HOLD, at=HOURS[2])
        await decided(post_id, third, RELEASE, at=HOURS[3])

    for moderator in (first, second):
        await erase_member(app.state.redis, moderator.id, at=now())

    assert await told(client) == {"Decision kept": "5"}


async def test_what_was_changed_stays_changed_when_the_moderator_leaves_who_answered_a_cry_meanwhile(
    app: Litestar, client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    for post_id in await posts(5):
        await objected_to(post_id, first)
        await answer_cry(post_id, first)
        await decide_case_of(post_id, second, RELEASE, at=HOURS[3])

    await erase_member(app.state.redis, first.id, at=now())

    assert await told(client) == {"Decision changed": "5"}


@pytest.mark.parametrize(
    ("taken", "then", "column"),
    [
        ({"pause": Pause.WEEK}, {"post_act": PostAct.RELEASE}, "Decision kept"),
        ({"post_act": PostAct.COVER}, {"post_act": PostAct.COVER, "pause": Pause.LIFT}, "Decision kept"),
        ({"cuts": ("xylophone",)}, {"revision": 2}, "Decision kept"),
        ({"cuts": ("xylophone",)}, {"revision": 2, "restores_original": True}, "Decision changed"),
        ({"warn": Warn.WARN}, {"warn": Warn.TAKE_BACK}, "Decision changed"),
        ({"post_act": PostAct.HOLD}, {"post_act": PostAct.COVER}, "Decision changed"),
        (HOLD_AND_PAUSE, {"post_act": PostAct.HOLD, "pause": Pause.LIFT}, "Decision changed"),
        (HOLD_AND_PAUSE, {"post_act": PostAct.RELEASE}, "Decision changed"),
    ],
)
async def test_only_what_gives_back_what_was_taken_changes_a_decision(
    client: httpx.AsyncClient, first: Person, second: Person, taken: dict[str, object], then: dict[str, object],
    column: str,
) -> None:  # fmt: skip
    for post_id in await posts(5):
        await objected_to(post_id, first, msgspec.structs.replace(NOTHING, **taken))
        await decide_case_of(post_id, second, msgspec.structs.replace(NOTHING, **then), at=HOURS[2])

    assert await told(client) == {column: "5"}


@pytest.mark.parametrize("cries", [0, 1])
async def test_appeal_that_ended_with_its_post_is_not_told(
    client: httpx.AsyncClient, first: Person, cries: int
) -> None:
    for post_id in await posts(5):
        await objected_to(post_id, first)
        for _ in range(cries):
            await answer_cry(post_id, first)
        await delete_post(post_id, await author_of(post_id), at=HOURS[3])

    assert await told(client) == {}


async def test_what_is_decided_of_a_post_after_an_appeal_ended_with_it_is_no_answer_to_that(
    client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    for post_id in await posts(5):
        await objected_to(post_id, first)
        await delete_post(post_id, await author_of(post_id), at=HOURS[2])
        await decided(post_id, second, DecisionForm(revision=2), at=HOURS[3])

    assert await told(client) == {}


async def test_appeal_against_what_was_taken_back_changed_it(client: httpx.AsyncClient, first: Person) -> None:
    for post_id in await posts(6):
        decision = await objected_to(post_id, first, at=LAST)
        await undo(decision, first.id, at=LAST)

    assert await told(client) == {"Decision changed": "6"}
