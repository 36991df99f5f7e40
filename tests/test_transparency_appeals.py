"""What came of appeals, in the numbers that everybody may know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.moderation.objections import raise_objection
from tests.support.months import LAST, a_case, a_decision, an_appeal, closed_case, posts, table
from tests.support.people import a_member

if TYPE_CHECKING:
    import httpx

HOURS = [LAST + timedelta(hours=hours) for hours in range(4)]
COLUMNS = ("Decision changed", "Decision kept", "Not decided yet")


async def told(client: httpx.AsyncClient) -> dict[str, str]:
    """Return what the page tells of appeals, without what is nought."""
    return {column: number for column, number in (await table(client, "appeals")).items() if number != "0"}


async def decided_by(moderator_id: int, decision_id: int) -> None:
    await execute("UPDATE decision SET moderator = $1 WHERE id = $2", moderator_id, decision_id)


async def test_appeals_are_told_by_what_became_of_them(client: httpx.AsyncClient) -> None:
    for number, post_id in enumerate(await posts(18)):
        await an_appeal(await closed_case(post_id, "remove"), at=HOURS[1])
        if number < 5:
            await closed_case(post_id, "release", at=HOURS[2])
        elif number < 11:
            await closed_case(post_id, "nothing" if number < 8 else "remove", at=HOURS[2])
        else:
            await raise_objection({"id": post_id, "revision": 1}, None, at=HOURS[1])

    assert await told(client) == dict(zip(COLUMNS, "567", strict=True))


@pytest.mark.parametrize(("came_of_it", "column"), [("", 2), ("release", 0), ("nothing", 1)])
async def test_appeal_waits_on_though_the_moderator_it_is_about_answered_a_cry(
    client: httpx.AsyncClient, came_of_it: str, column: int
) -> None:
    first = await a_member("still-lynx-8")
    for post_id in await posts(5):
        decision = await closed_case(post_id, "remove")
        await an_appeal(decision, at=LAST)
        objection = await raise_objection({"id": post_id, "revision": 1}, first.id, at=LAST)
        own = await a_decision(await a_case(post_id, closed_after=6), "answer")
        for one in (decision, own):
            await decided_by(first.id, one)
        if came_of_it:
            await a_decision(objection, came_of_it)
            await execute("UPDATE moderation_case SET closed_at = $2 WHERE id = $1", objection, LAST)

    assert await told(client) == {COLUMNS[column]: "5"}


async def test_what_was_kept_stays_kept_when_moderators_leave(client: httpx.AsyncClient) -> None:
    first, second = await a_member("still-lynx-8"), await a_member("calm-owl-2")
    for post_id in await posts(5):
        decision = await closed_case(post_id, "hold")
        await an_appeal(decision, at=HOURS[1])
        kept = await closed_case(post_id, "hold", at=HOURS[2])
        await decided_by(first.id, decision)
        await decided_by(second.id, kept)
        await closed_case(post_id, "release", at=HOURS[3])

    await execute("UPDATE decision SET moderator = NULL")

    assert await told(client) == {"Decision kept": "5"}


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


async def test_appeal_that_ended_with_its_post_is_not_told(client: httpx.AsyncClient) -> None:
    for post_id in await posts(5):
        await an_appeal(await closed_case(post_id, "hold"), at=HOURS[1])

    assert await told(client) == {}


async def test_appeal_against_what_was_taken_back_changed_it(client: httpx.AsyncClient) -> None:
    for post_id in await posts(6):
        decision = await closed_case(post_id, "remove")
        await an_appeal(decision, at=LAST)
        await execute("UPDATE decision SET undone_at = $2 WHERE id = $1", decision, LAST)

    assert await told(client) == {"Decision changed": "6"}
