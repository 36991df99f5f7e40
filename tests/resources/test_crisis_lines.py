"""Admins hear when the default region has no crisis line, or is about to lose its last one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.notices.sentences import LAST_CRISIS_LINE_DUE, NO_CRISIS_LINE
from server.notices.service import list_notices, mark_all_read
from server.resources.crisis_lines import TOLD_BEFORE, tell_admins
from server.worker import housekeep
from tests.support.people import Person, a_member, enter
from tests.support.resources import a_resource

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

TODAY = now().date()
SOON = TODAY + TOLD_BEFORE


@pytest.fixture
async def admin(app: Litestar) -> Person:
    return await a_member("steady-heron-20", role="admin")


async def told() -> list[tuple[str, str]]:
    """Return the kind and detail of every notice of anybody."""
    return [(row["kind"], row["detail"]) for row in await fetch("SELECT kind, detail FROM notice ORDER BY id")]


async def test_admins_hear_when_the_worker_starts_and_there_is_no_line(app: Litestar, admin: Person) -> None:
    for handle, role in (("calm-owl-1", "moderator"), ("quiet-otter-41", "member")):
        await a_member(handle, role=role)
    await a_resource("Elsewhere", regions=("US",))

    await housekeep({"settings": app.state.settings})

    rows = await fetch("SELECT member, kind, detail FROM notice")
    assert [tuple(row.values()) for row in rows] == [(admin.id, NO_CRISIS_LINE, "GB")]


async def test_they_hear_it_once_also_where_they_read_it_and_two_workers_look_at_once(admin: Person) -> None:
    for _ in range(5):
        await asyncio.gather(*(tell_admins("GB", at=now()) for _ in range(2)))
        await mark_all_read(admin.id, at=now())

    assert await told() == [(NO_CRISIS_LINE, "GB")]


async def test_it_is_withdrawn_when_there_is_a_line_and_said_again_when_that_is_gone(admin: Person) -> None:
    await tell_admins("GB", at=now())
    await mark_all_read(admin.id, at=now())
    await a_resource("Night Line")

    await tell_admins("GB", at=now())
    assert await told() == []

    await execute("UPDATE resource SET state = 'review'")
    await tell_admins("GB", at=now())
    assert (await list_notices(admin.id)).rows[0].is_unread


async def test_line_for_some_people_alone_is_none_that_anybody_can_be_given(admin: Person) -> None:
    await a_resource("Young Line", needs=("crisis", "young-people"))

    await tell_admins("GB", at=now())

    assert await told() == [(NO_CRISIS_LINE, "GB")]


async def test_new_admin_hears_it_too(admin: Person) -> None:
    await tell_admins("GB", at=now())
    newcomer = await a_member("calm-fern-12", role="admin")

    await tell_admins("GB", at=now())

    assert [row["member"] for row in await fetch("SELECT member FROM notice ORDER BY id")] == [admin.id, newcomer.id]


async def test_two_weeks_before_the_last_line_is_due_they_hear_the_day(admin: Person) -> None:
    await a_resource("First Line", review_on=TODAY + timedelta(days=3))
    last = await a_resource("Last Line", review_on=SOON)

    await tell_admins("GB", at=now() - timedelta(days=1))
    assert await told() == []
    for _ in range(2):
        await tell_admins("GB", at=now())
    assert await told() == [(LAST_CRISIS_LINE_DUE, SOON.isoformat())]

    await execute("UPDATE resource SET review_on = NULL WHERE id = $1", last)
    await tell_admins("GB", at=now())
    assert await told() == []


async def test_day_passes_and_the_line_is_gone(admin: Person) -> None:
    await a_resource("Last Line", review_on=SOON)
    await tell_admins("GB", at=now())

    await tell_admins("GB", at=now() + TOLD_BEFORE)

    assert await told() == [(NO_CRISIS_LINE, "GB")]


async def test_notice_says_what_is_wrong_and_leads_to_the_library(
    app: Litestar, admin: Person, client: httpx.AsyncClient
) -> None:
    await enter(client, app, admin, second_factor=True)
    await tell_admins("GB", at=now())
    page = (await client.get("/notices")).text
    assert "No crisis line for the region of this community is vetted" in page
    number = (await fetch("SELECT id FROM notice"))[0]["id"]
    assert f'href="/notices/{number}"' in page

    opened = await client.get(f"/notices/{number}")

    assert opened.headers["location"] == "/moderation/resources?region=GB"


async def test_notice_of_a_day_names_it(app: Litestar, admin: Person, client: httpx.AsyncClient) -> None:
    await enter(client, app, admin)
    await a_resource("Last Line", review_on=SOON)
    await tell_admins("GB", at=now())

    page = (await client.get("/notices")).text

    assert f"is to be read again by {SOON.day} {SOON:%B %Y}" in page
    assert "<blockquote" not in page
