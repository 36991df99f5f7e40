"""What came of appeals, in the numbers that everybody may know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.members.erasure import erase_member
from server.moderation.acts import PostAct, Voice
from server.moderation.appealing import appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.objections import raise_objection
from tests.support.cases import decided, flag_post, open_cases
from tests.support.months import LAST, a_case, a_decision, an_appeal, closed_case, posts, table
from tests.support.people import a_member
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from tests.support.people import Person

HOLD = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="It names a place.")
RELEASE = DecisionForm(revision=1, post_act=PostAct.RELEASE)
HOURS = [LAST + timedelta(hours=hours) for hours in range(4)]
COLUMNS = ("Decision changed", "Decision kept", "Not decided yet")


@pytest.fixture
async def first(app: Litestar) -> Person:
    """A moderator, to whose decisions authors object."""
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def second(app: Litestar) -> Person:
    """Another one."""
    return await a_member("calm-owl-2", role="moderator")


async def told(client: httpx.AsyncClient) -> dict[str, str]:
    """Return what the page tells of appeals, without what is nought."""
    return {column: number for column, number in (await table(client, "appeals")).items() if number != "0"}


async def decided_by(moderator_id: int, decision_id: int) -> None:
    await execute("UPDATE decision SET moderator = $1 WHERE id = $2", moderator_id, decision_id)


async def looked_again(post_id: int, act: str, **detail: str) -> None:
    """Decide on an appeal that was made an hour ago."""
    await a_decision(await a_case(post_id, at=HOURS[1], closed_after=60), act, at=HOURS[2], **detail)


async def decide_open_case(moderator: Person, form: DecisionForm, *, at: datetime) -> None:
    """Have a moderator take the one open case and decide it."""
    [case] = await open_cases()
    case_id = int(str(case["id"]))
    assert await claim(case_id, moderator.id, at=at)
    await decide(case_id, moderator.id, form, at=at)


async def held_and_objected_to(post_id: int, moderator: Person) -> None:
    """Have a moderator hold a post, and its author object."""
    decision = await decided(post_id, moderator, HOLD, at=LAST)
    await appeal(decision, await author_of(post_id), "Please look.", at=HOURS[1])


async def answer_cry(post_id: int, moderator: Person) -> None:
    """Have a moderator answer a cry for help in a post that is held, after nobody came in time."""
    await flag_post(post_id, Severity.CRISIS, at=HOURS[1])
    letter = msgspec.structs.replace(HOLD, words="I am here.", voice=Voice.PRIVATE)
    await decide_open_case(moderator, letter, at=HOURS[2])


async def author_of(post_id: int) -> int:
    return (await fetch_one("SELECT author FROM post WHERE id = $1", post_id))["author"]


async def test_appeals_are_told_by_what_became_of_them(client: httpx.AsyncClient) -> None:
    for number, post_id in enumerate(await posts(18)):
        await an_appeal(await closed_case(post_id, "remove"), at=HOURS[1])
        if number < 5:
            await looked_again(post_id, "release")
        elif number < 11:
            await looked_again(post_id, "nothing" if number < 8 else "remove")
        else:
            await raise_objection({"id": post_id, "revision": 1}, None, at=HOURS[1])

    assert await told(client) == dict(zip(COLUMNS, "567", strict=True))


@pytest.mark.parametrize(("came_of_it", "column"), [("", 2), ("release", 0), ("nothing", 1)])
async def test_appeal_waits_on_though_the_moderator_it_is_about_answered_a_cry(
    client: httpx.AsyncClient, first: Person, came_of_it: str, column: int
) -> None:
    for post_id in await posts(5):
        decision = await closed_case(post_id, "remove")
        await an_appeal(decision, at=LAST)
        own = await a_decision(await a_case(post_id, closed_after=6), "answer")
        objection = await raise_objection({"id": post_id, "revision": 1}, first.id, at=LAST)
        for one in (decision, own):
            await decided_by(first.id, one)
        if came_of_it:
            await a_decision(objection, came_of_it)
            await execute("UPDATE moderation_case SET closed_at = $2 WHERE id = $1", objection, LAST)

    assert await told(client) == {COLUMNS[column]: "5"}


async def test_what_was_kept_stays_kept_when_moderators_leave(
    app: Litestar, client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    third = await a_member("calm-owl-3", role="moderator")
    for post_id in await posts(5):
        await held_and_objected_to(post_id, first)
        await decide_open_case(second, HOLD, at=HOURS[2])
        await decided(post_id, third, RELEASE, at=HOURS[3])

    for moderator in (first, second):
        await erase_member(app.state.redis, moderator.id, at=now())

    assert await told(client) == {"Decision kept": "5"}


async def test_what_was_changed_stays_changed_when_the_moderator_leaves_who_answered_a_cry_meanwhile(
    app: Litestar, client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    for post_id in await posts(5):
        await held_and_objected_to(post_id, first)
        await answer_cry(post_id, first)
        await decide_open_case(second, RELEASE, at=HOURS[3])

    await erase_member(app.state.redis, first.id, at=now())

    assert await told(client) == {"Decision changed": "5"}


@pytest.mark.parametrize(
    ("taken", "then", "column"),
    [
        (("nothing", "7", ""), ("release", "", ""), "Decision kept"),
        (("hold", "7", ""), ("hold", "0", ""), "Decision changed"),
        (("nothing", "", "warn"), ("nothing", "", "take-back"), "Decision changed"),
        (("hold", "", ""), ("cover", "", ""), "Decision changed"),
        (("cover", "", ""), ("nothing", "0", ""), "Decision kept"),
    ],
)
async def test_only_what_gives_back_what_was_taken_changes_a_decision(
    client: httpx.AsyncClient, taken: tuple[str, str, str], then: tuple[str, str, str], column: str
) -> None:
    for post_id in await posts(5):
        (act, pause, warn), (later, pause_then, warn_then) = taken, then
        await an_appeal(await closed_case(post_id, act, pause=pause, warn=warn), at=HOURS[1])
        await closed_case(post_id, later, at=HOURS[2], pause=pause_then, warn=warn_then)

    assert await told(client) == {column: "5"}


@pytest.mark.parametrize("cries", [False, True])
async def test_appeal_that_ended_with_its_post_is_not_told(
    client: httpx.AsyncClient, first: Person, cries: bool
) -> None:
    for post_id in await posts(5):
        await held_and_objected_to(post_id, first)
        if cries:
            await answer_cry(post_id, first)
        await delete_post(post_id, await author_of(post_id), at=HOURS[3])

    assert await told(client) == {}


async def test_what_is_decided_of_a_post_after_an_appeal_ended_with_it_is_no_answer_to_that(
    client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    for post_id in await posts(5):
        await held_and_objected_to(post_id, first)
        await delete_post(post_id, await author_of(post_id), at=HOURS[2])
        await decided(post_id, second, DecisionForm(revision=2), at=HOURS[3])

    assert await told(client) == {}


async def test_appeal_against_what_was_taken_back_changed_it(client: httpx.AsyncClient) -> None:
    for post_id in await posts(6):
        decision = await closed_case(post_id, "remove")
        await an_appeal(decision, at=LAST)
        await execute("UPDATE decision SET undone_at = $2 WHERE id = $1", decision, LAST)

    assert await told(client) == {"Decision changed": "6"}
