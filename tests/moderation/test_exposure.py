"""The exposure meter: urgent cases by hour, as a picture and as a list, for nobody but oneself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.clock import now
from server.moderation.deciding import decide
from server.moderation.exposure import GROUND, TOP, Hour, exposure_meter, urgent_by_hour
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter
from triage.queue.claims import claim
from triage.queue.limits import CareLimits
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

BAR = re.compile(r'<rect class="severity-dot-red" x="\d+" y="[\d.]+" width="\d+" height="([\d.]+)"/>')
LINE = re.compile(r'<line x1="\d+" y1="([\d.]+)"')


@pytest.fixture
async def me(app: Litestar, client: httpx.AsyncClient) -> Person:
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    return person


async def decided(person: Person, *minutes_ago: int, severity: Severity = Severity.RED) -> None:
    """Let somebody have decided a case each, so many minutes ago."""
    board, author = await a_board(f"board-{severity}"), await a_member(f"writer-{severity}")
    for minutes in minutes_ago:
        case_id = await flag_post((await a_thread(board, author, title=f"T {minutes}")).post_id, severity)
        await claim(case_id, person.id, at=now())
        decision = await decide(case_id, person.id, DecisionForm(revision=1), at=now())
        at = now() - timedelta(minutes=minutes)
        await execute("UPDATE decision SET decided_at = $2 WHERE id = $1", decision, at)


async def test_urgent_cases_are_counted_by_hour(me: Person) -> None:
    await decided(me, 5, 55, 65, 1430, 1450)
    await decided(me, 10, severity=Severity.AMBER)

    hours = await urgent_by_hour(me.id, at=now())

    assert [hour.ago for hour in hours] == list(range(24, 0, -1))
    assert {hour.ago: hour.urgent for hour in hours if hour.urgent} == {1: 2, 2: 1, 24: 1}


def test_picture_has_a_bar_for_each_hour_with_a_case_and_a_line_for_each_limit() -> None:
    drawn = exposure_meter("Hours", [Hour(2, 4), Hour(1, 0)], CareLimits(4, 8, 2))

    assert [float(height) for height in BAR.findall(drawn)] == [(GROUND - TOP) / 2]
    assert [float(height) for height in LINE.findall(drawn)] == [TOP + (GROUND - TOP) / 2, TOP]
    assert "<title>Hours</title>" in drawn


def test_more_cases_than_the_limit_stay_in_the_picture() -> None:
    drawn = exposure_meter("Hours", [Hour(1, 16)], CareLimits(4, 8, 2))

    assert [float(height) for height in BAR.findall(drawn)] == [GROUND - TOP]
    assert [float(height) for height in LINE.findall(drawn)][1] == TOP + (GROUND - TOP) / 2


async def test_list_says_the_same(client: httpx.AsyncClient, me: Person) -> None:
    await decided(me, 5, 15, 25, 35, 95)

    page = (await client.get("/moderation/shift")).text

    assert "within the last hour: 4 (past the line at which a break is suggested)" in page
    assert "1 to 2 hours ago: 1" in page
    assert len(BAR.findall(page.partition('id="meter"')[2].partition("</section>")[0])) == 2


@pytest.mark.parametrize("role", ["moderator", "admin", "clinician"])
async def test_nobody_else_sees_it(app: Litestar, new_browser: NewBrowser, me: Person, role: str) -> None:
    await decided(me, 5, 15, 25, 35)
    browser = new_browser()
    await enter(browser, app, await a_member("other-owl-2", role=role), second_factor=True)
    pages = ["/moderation", "/moderation/shift", f"/moderation/shift?moderator={me.id}", "/admin", "/admin/care",
             f"/admin/people?handle={me.handle}"]  # fmt: skip

    for path in pages:
        page = (await browser.get(path)).text
        assert not [height for height in BAR.findall(page) if float(height)], path
        assert "within the last hour: 4" not in page, path
        assert "short break" not in page, path
