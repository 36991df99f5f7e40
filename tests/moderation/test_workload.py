"""What moderators read of their load and of the queue's: figures, breaks, and a classifier that is behind."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.admin.care import set_care_limits
from server.clock import now
from server.moderation import shifts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.triage_state import TriageState, say_state
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.claims import claim, hand_back
from triage.queue.limits import CareLimits
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

PAIR = re.compile(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>")
SUGGESTED = {
    "/moderation": "You have had 2 urgent cases within an hour. This might be a good moment for a short break.",
    "/moderation/shift": "2 urgent cases within an hour. A short break would be fair.",
}
ENFORCED = {
    "/moderation": "Please take a break; urgent ones go to colleagues meanwhile.",
    "/moderation/shift": "Urgent ones go to colleagues until an hour has eased it.",
}


@pytest.fixture
async def board(moderator: Person) -> BoardInTest:
    return await a_board()


async def a_case(board: BoardInTest, author: Person, severity: Severity = Severity.RED) -> int:
    return await flag_post((await a_thread(board, author)).post_id, severity)


async def decided(
    person: Person, board: BoardInTest, author: Person, severity: Severity = Severity.RED, *, at: datetime | None = None
) -> None:
    """Let somebody have taken and decided a case at a moment."""
    at = at or now()
    case_id = await a_case(board, author, severity)
    assert await claim(case_id, person.id, at=at)
    await decide(case_id, person.id, DecisionForm(revision=1), at=at)


async def figures(client: httpx.AsyncClient) -> dict[str, str]:
    """Return what the page of the shift counts."""
    return dict(PAIR.findall((await client.get("/moderation/shift")).text))


@pytest.mark.parametrize("path", SUGGESTED)
async def test_break_is_suggested_first_and_enforced_later(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, path: str
) -> None:
    await set_care_limits(CareLimits(2, 3, 5), moderator.id, at=now())
    await decided(moderator, board, author)
    fresh = (await client.get(path)).text
    await decided(moderator, board, author)
    suggested = (await client.get(path)).text
    await decided(moderator, board, author)
    enforced = (await client.get(path)).text

    assert [SUGGESTED[path] in page for page in (fresh, suggested, enforced)] == [False, True, False]
    assert [ENFORCED[path] in page for page in (fresh, suggested, enforced)] == [False, False, True]
    assert "3 urgent cases within an hour" in enforced


@pytest.mark.parametrize("path", SUGGESTED)
async def test_no_break_is_suggested_after_the_hour(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, path: str
) -> None:
    await set_care_limits(CareLimits(1, 1, 5), moderator.id, at=now())
    await decided(moderator, board, author, at=now() - timedelta(minutes=61))

    page = (await client.get(path)).text

    assert "short break" not in page
    assert ENFORCED[path] not in page


async def test_page_of_the_shift_counts_hour_day_and_decisions(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person
) -> None:
    await shifts.start(moderator.id, at=now())
    await shifts.start((await a_member("calm-owl-2", role="moderator")).id, at=now())
    await decided(moderator, board, author)
    await decided(moderator, board, author, Severity.AMBER)
    await decided(moderator, board, author, at=now() - timedelta(hours=2))
    await decided(moderator, board, author, at=now() - timedelta(hours=25))
    handed_back = await a_case(board, author, Severity.CRISIS)
    await claim(handed_back, moderator.id, at=now())
    await hand_back(handed_back, moderator.id, at=now())

    assert await figures(client) == {
        "On shift now": "2",
        "Urgent cases, last hour": "2",
        "Urgent cases, last day": "3",
        "Decisions, last day": "3",
    }


async def test_trend_counts_each_day_of_two_weeks_for_oneself_alone(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person
) -> None:
    today = now().replace(hour=12)
    for days in (14, 13, 3, 3):
        await decided(moderator, board, author, at=today - timedelta(days=days))
    await decided(moderator, board, author, Severity.AMBER, at=today - timedelta(days=3))
    await decided(await a_member("calm-owl-2", role="moderator"), board, author, at=today - timedelta(days=3))

    trend = await shifts.own_trend(moderator.id, at=today)

    assert [day for day, _, _ in trend] == [(today - timedelta(days=ago)).date() for ago in range(13, -1, -1)]
    assert [(decisions, urgent) for _, decisions, urgent in trend] == [(1, 1), *[(0, 0)] * 9, (3, 2), *[(0, 0)] * 3]
    page = (await client.get("/moderation/shift")).text
    shown = today - timedelta(days=3)
    assert f"<li>{shown.day} {shown:%B %Y}: 3, urgent: 2</li>" in page
    assert "Your decisions by day, at most 3;" in page


async def test_queue_counts_what_is_open_urgent_and_overdue(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person
) -> None:
    for severity in (Severity.AMBER, Severity.RED, Severity.CRISIS):
        await a_case(board, author, severity)
    await execute("UPDATE moderation_case SET deadline = $1 WHERE severity = 3", now() - timedelta(minutes=1))

    assert "Open: 3, urgent: 2, past their deadline and with nobody: 1." in (await client.get("/moderation")).text


@pytest.mark.parametrize(("posts", "minutes"), [(1, 2), (21, 0)])
async def test_queue_says_that_many_posts_or_an_old_one_wait_for_the_classifier(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person, posts: int, minutes: int
) -> None:
    for _ in range(posts):
        await a_thread(board, author, at=now() - timedelta(minutes=minutes))

    page = (await client.get("/moderation")).text

    assert f"Not read by the classifier yet: {posts} posts, the oldest from" in page


async def test_queue_says_nothing_of_a_few_new_posts_that_wait_for_the_classifier(
    client: httpx.AsyncClient, moderator: Person, board: BoardInTest, author: Person
) -> None:
    for _ in range(20):
        await a_thread(board, author)

    assert "Not read by the classifier yet" not in (await client.get("/moderation")).text


async def test_queue_says_what_hinders_the_classifier_and_that_emergencies_come_all_the_same(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    await say_state(app.state.redis, TriageState(problem="The weights are <gone>."))
    hindered = (await client.get("/moderation")).text
    await say_state(app.state.redis, TriageState(model="kith-8"))
    working = (await client.get("/moderation")).text

    assert "The weights are &lt;gone&gt;. Plain emergencies are still queued by the rules" in hindered
    assert "The classifier is not reading posts right now" in hindered
    assert "The classifier is not reading posts right now" not in working
    assert "No worker has reported" not in working
