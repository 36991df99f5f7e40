"""The escalation ladder after somebody looked: whoever had a case and let it go does not silence the calls."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import ask_second_opinion, decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.claims import LEASE, claim, extend, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

OPENED = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def crisis(app: Litestar) -> int:
    """A crisis, flagged when the clock stands at OPENED; its deadline is five minutes later."""
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"), at=OPENED)
    return await flag_post(thread.post_id, Severity.CRISIS, at=OPENED)


@pytest.fixture
async def owl(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def three_overdue(app: Litestar) -> list[int]:
    """Three crises that are past their deadline."""
    board, author, at = await a_board(), await a_member("quiet-otter-41"), now() - LEASE
    return [
        await flag_post((await a_thread(board, author, title=f"T {n}", at=at)).post_id, Severity.CRISIS, at=at)
        for n in range(3)
    ]


async def watch(app: Litestar, minutes: range) -> list[tuple[int, int]]:
    """Let the worker look once a minute; return (minute, step) of each alert that this raised."""
    for minute in minutes:
        await raise_alerts(app.state.settings, app.state.redis, at=OPENED + minute * MINUTE)
    rows = await fetch("SELECT sent_at, step FROM alert WHERE sent_at >= $1 ORDER BY id", OPENED + minutes[0] * MINUTE)
    return [(round((row["sent_at"] - OPENED) / MINUTE), row["step"]) for row in rows]


async def test_crisis_that_was_handed_back_is_called_out(app: Litestar, crisis: int, owl: Person) -> None:
    await claim(crisis, owl.id, at=OPENED + MINUTE)
    await hand_back(crisis, owl.id, at=OPENED + 2 * MINUTE)

    assert await watch(app, range(2, 30)) == [(5, 2), (15, 3), (25, 4)]


async def test_crisis_whose_lease_ran_out_is_called_out(app: Litestar, crisis: int, owl: Person) -> None:
    await claim(crisis, owl.id, at=OPENED + MINUTE)

    assert await watch(app, range(2, 13)) == [(12, 2)]


async def test_crisis_that_was_left_to_a_colleague_is_called_out(app: Litestar, crisis: int, owl: Person) -> None:
    await a_member("calm-owl-9", role="moderator")
    await claim(crisis, owl.id, at=OPENED + MINUTE)
    await ask_second_opinion(crisis, owl.id, at=OPENED + 7 * MINUTE)

    assert await watch(app, range(8, 10)) == [(8, 2)]


async def test_what_was_looked_at_as_amber_and_became_a_crisis_is_called_out(app: Litestar, owl: Person) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"), at=OPENED)
    case_id = await flag_post(thread.post_id, Severity.AMBER, at=OPENED)
    await claim(case_id, owl.id, at=OPENED)
    await hand_back(case_id, owl.id, at=OPENED + MINUTE)
    assert await watch(app, range(2, 20)) == []

    await flag_post(thread.post_id, Severity.CRISIS, at=OPENED + 20 * MINUTE)

    assert await watch(app, range(20, 27)) == [(25, 2)]


async def test_decision_that_was_taken_back_and_left_lying_is_called_out(
    app: Litestar, crisis: int, owl: Person
) -> None:
    await claim(crisis, owl.id, at=OPENED + MINUTE)
    decision = await decide(crisis, owl.id, DecisionForm(revision=1), at=OPENED + 2 * MINUTE)
    await undo(decision, owl.id, at=OPENED + 3 * MINUTE)

    assert await watch(app, range(4, 15)) == [(14, 2)]


async def test_nobody_is_called_while_somebody_has_it(app: Litestar, crisis: int, owl: Person) -> None:
    await claim(crisis, owl.id, at=OPENED + MINUTE)
    await extend(crisis, owl.id, at=OPENED + 10 * MINUTE)

    assert await watch(app, range(1, 21)) == []


async def test_taking_it_for_a_moment_does_not_hasten_the_next_call(app: Litestar, crisis: int, owl: Person) -> None:
    assert await watch(app, range(6, 8)) == [(6, 2)]
    await claim(crisis, owl.id, at=OPENED + 8 * MINUTE)
    await hand_back(crisis, owl.id, at=OPENED + 9 * MINUTE)

    assert await watch(app, range(9, 20)) == [(16, 3)]


async def test_first_look_keeps_its_time(app: Litestar, crisis: int, owl: Person) -> None:
    await claim(crisis, owl.id, at=OPENED + MINUTE)
    await hand_back(crisis, owl.id, at=OPENED + 2 * MINUTE)
    await claim(crisis, (await a_member("calm-owl-2", role="moderator")).id, at=OPENED + 9 * MINUTE)

    row = await fetch_one("SELECT first_look_at FROM moderation_case")
    assert row["first_look_at"] == OPENED + MINUTE


async def test_queue_counts_and_shows_as_overdue_what_nobody_has(
    client: httpx.AsyncClient, moderator: Person, three_overdue: list[int]
) -> None:
    held, handed_back, untouched = three_overdue
    colleague = await a_member("calm-owl-2", role="moderator")
    await claim(handed_back, colleague.id, at=now())
    await hand_back(handed_back, colleague.id, at=now())
    await claim(held, colleague.id, at=now())

    page = (await client.get("/moderation?age=overdue")).text

    assert re.findall(r'id="case-(\d+)" aria', page) == [str(handed_back), str(untouched)]
    assert "past their deadline and with nobody: 2." in page
