"""The moderators' page: what is open, in which order, decided once, and told to everybody who spoke up."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.moderation import PAGE_SIZE, decide, list_open_reports
from server.reports.outcomes import Outcome
from server.reports.service import report_rules, tell_worry
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person

EVERYTHING = 2**62


async def posts_by(author: Person, number: int) -> list[int]:
    """Open some threads and return their posts."""
    board = await a_board()
    return [(await a_thread(board, author, title=f"Thread {place}.")).post_id for place in range(number)]


@pytest.fixture
async def moderator(app: Litestar, client: httpx.AsyncClient) -> Person:
    """A moderator, signed in with a second factor."""
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    return person


async def test_worried_comes_first_then_what_waits_longest(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    posts = await posts_by(await a_member("quiet-otter-41"), 4)
    reporter = await a_member("brave-heron-7")
    for post in posts[:3]:
        await report_rules(post, reporter.id, ReportForm("spam"), at=now())
    await tell_worry(posts[3], reporter.id, ReportForm(), at=now())
    await tell_worry(posts[2], reporter.id, ReportForm(), at=now())

    page = (await client.get("/moderation/reports")).text

    order = [int(post) for post in re.findall(r'id="reports-(\d+)"', page)]
    assert order == [posts[2], posts[3], posts[0], posts[1]]


async def test_reports_are_grouped_by_post_without_who_made_them(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    reporters = [await a_member(f"reporter-{number}") for number in range(3)]
    for reporter in reporters:
        await report_rules(post, reporter.id, ReportForm("unkind", "It mocks <b>somebody</b>."), at=now())
    await tell_worry(post, reporters[0].id, ReportForm("", "They sound alone."), at=now())

    page = (await client.get("/moderation/reports")).text

    assert page.count('id="reports-') == 2  # the card and its heading
    assert "rules: 3" in page
    assert "worried: 1" in page
    assert "They sound alone." in page
    assert "It mocks &lt;b&gt;somebody&lt;/b&gt;." in page
    assert f'href="/posts/{post}"' in page
    assert not [reporter for reporter in reporters if reporter.handle in page]
    covered = re.search(r"<details[^>]*>.*?</details>", page, re.DOTALL)
    assert covered
    assert "I cannot sleep." in covered[0]
    assert not covered[0].startswith("<details open")


@pytest.mark.parametrize(
    ("outcome", "worried_hears", "rules_hears"),
    [
        ("helped", "a moderator reached out to them", "a moderator reached out to the person"),
        ("acted", "took action", "agreed with you and took action"),
        ("no-action", "It was right to say something.", "left it as it is"),
        ("groundless", "It was right to say something.", "found that it keeps the rules"),
    ],
)
async def test_everybody_who_spoke_up_is_told_the_outcome(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, outcome: str, worried_hears: str, rules_hears: str
) -> None:
    author = await a_member("quiet-otter-41")
    post = (await posts_by(author, 1))[0]
    worried, reporter = await a_member("worried-1"), await a_member("reporter-2")
    await tell_worry(post, worried.id, ReportForm(), at=now())
    await report_rules(post, reporter.id, ReportForm("unkind"), at=now())

    seen = await newest_shown(client, post)
    answer = await submit(
        client, f"/moderation/reports/{post}", {"outcome": outcome, "seen": seen}, page="/moderation/reports"
    )

    assert answer.status_code == 303
    assert "Everybody who spoke up is told" in (await client.get(answer.headers["location"])).text
    assert worried_hears in (await list_notices(worried.id)).rows[0].sentence
    assert rules_hears in (await list_notices(reporter.id)).rows[0].sentence
    assert (await list_notices(author.id)).rows == []
    decided = await fetch("SELECT outcome, decided_by, decided_at FROM report")
    assert {(row["outcome"], row["decided_by"]) for row in decided} == {(outcome, moderator.id)}


async def newest_shown(client: httpx.AsyncClient, post_id: int) -> str:
    """Return the hidden field that says up to which report the moderator saw."""
    page = (await client.get("/moderation/reports")).text
    found = re.search(rf'action="/moderation/reports/{post_id}".*?name="seen" value="(\d+)"', page, re.DOTALL)
    assert found
    return found[1]


async def test_report_that_came_in_meanwhile_stays_open(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    await report_rules(post, (await a_member("reporter-1")).id, ReportForm("spam"), at=now())
    seen = await newest_shown(client, post)
    await tell_worry(post, (await a_member("worried-2")).id, ReportForm("", "Please hurry."), at=now())

    await submit(
        client, f"/moderation/reports/{post}", {"outcome": "no-action", "seen": seen}, page="/moderation/reports"
    )

    page = (await client.get("/moderation/reports")).text
    assert "Please hurry." in page
    assert [row["kind"] for row in await fetch("SELECT kind FROM report WHERE decided_at IS NULL")] == ["worried"]


async def test_two_moderators_at_once_decide_once(app: Litestar, moderator: Person) -> None:
    other = await a_member("calm-owl-2", role="moderator")
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    reporters = [await a_member(f"reporter-{number}") for number in range(4)]
    for reporter in reporters:
        await report_rules(post, reporter.id, ReportForm("spam"), at=now())

    closed = await asyncio.gather(
        decide(post, Outcome.ACTED, seen=EVERYTHING, moderator_id=moderator.id, at=now()),
        decide(post, Outcome.GROUNDLESS, seen=EVERYTHING, moderator_id=other.id, at=now()),
    )

    assert sorted(closed) == [0, 4]
    assert len(await fetch("SELECT DISTINCT outcome FROM report")) == 1
    assert len(await fetch("SELECT 1 FROM notice WHERE kind = 'report-outcome'")) == 4


async def test_second_decision_says_that_nothing_is_open(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    await report_rules(post, (await a_member("reporter-1")).id, ReportForm("spam"), at=now())
    fields = {"outcome": "acted", "seen": await newest_shown(client, post)}
    await submit(client, f"/moderation/reports/{post}", fields, page="/moderation/reports")

    answer = await submit(client, f"/moderation/reports/{post}", fields, page="/moderation/reports")

    assert "Nothing was open any more" in (await client.get(answer.headers["location"])).text
    assert len(await fetch("SELECT 1 FROM notice")) == 1


@pytest.mark.parametrize("outcome", ["", "made-up", "x" * 100_000])
async def test_decision_without_an_outcome_asks_for_one(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, outcome: str
) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    await report_rules(post, (await a_member("reporter-1")).id, ReportForm("spam"), at=now())

    answer = await submit(
        client, f"/moderation/reports/{post}", {"outcome": outcome, "seen": "1"}, page="/moderation/reports"
    )

    assert answer.status_code == 422
    assert "Please choose what came of it." in answer.text
    assert len(await fetch("SELECT 1 FROM report WHERE decided_at IS NULL")) == 1


@pytest.mark.parametrize("seen", ["", "abc", "-1", "9" * 40])
async def test_forged_report_numbers_decide_nothing(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, seen: str
) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    await report_rules(post, (await a_member("reporter-1")).id, ReportForm("spam"), at=now())

    answer = await submit(
        client, f"/moderation/reports/{post}", {"outcome": "acted", "seen": seen}, page="/moderation/reports"
    )

    assert answer.status_code == 303
    assert len(await fetch("SELECT 1 FROM report WHERE decided_at IS NULL")) == 1


async def test_moderators_neither_see_nor_decide_reports_about_their_own_posts(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    post = (await posts_by(moderator, 1))[0]
    await report_rules(post, (await a_member("reporter-1")).id, ReportForm("unkind", "secret words"), at=now())

    assert "secret words" not in (await client.get("/moderation/reports")).text
    answer = await submit(client, f"/moderation/reports/{post}", {"outcome": "groundless", "seen": "9"}, page="/me")

    assert answer.status_code == 403
    assert len(await fetch("SELECT 1 FROM report WHERE decided_at IS NULL")) == 1


async def test_pages_follow_one_another_without_gap_or_repetition(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    posts = await posts_by(await a_member("quiet-otter-41"), PAGE_SIZE + 5)
    reporter = await a_member("brave-heron-7")
    for place, post in enumerate(posts):
        speak_up = tell_worry if place % 3 == 0 else report_rules
        await speak_up(post, reporter.id, ReportForm("spam"), at=now() + timedelta(seconds=place))

    seen: list[int] = []
    address = "/moderation/reports"
    while address:
        page = (await client.get(address)).text
        seen += [int(post) for post in re.findall(r'id="reports-(\d+)"', page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1] if older else ""

    assert seen == [*posts[::3], *(post for place, post in enumerate(posts) if place % 3)]


@pytest.mark.parametrize("state", ["removed", "deleted"])
async def test_reports_stay_open_when_the_post_is_taken_down(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, state: str
) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    await tell_worry(post, (await a_member("worried-1")).id, ReportForm("", "They said goodbye."), at=now())
    await set_state(post, state)

    page = (await client.get("/moderation/reports")).text

    assert "They said goodbye." in page
    assert "Taken down by" in page
    assert "I cannot sleep." not in page


async def test_report_outlives_its_reporter_who_left(app: Litestar, moderator: Person) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    reporter = await a_member("reporter-1")
    await tell_worry(post, reporter.id, ReportForm(), at=now())
    await execute("DELETE FROM member WHERE id = $1", reporter.id)

    assert [group.post_id for group in (await list_open_reports(moderator.id)).rows] == [post]
    assert await decide(post, Outcome.HELPED, seen=EVERYTHING, moderator_id=moderator.id, at=now()) == 1
    assert await fetch("SELECT 1 FROM notice") == []


@pytest.mark.parametrize(
    ("role", "second_factor", "status"),
    [("member", False, 404), ("member", True, 404), ("moderator", False, 303), ("admin", True, 200)],
)
async def test_page_is_for_moderators_with_a_second_factor(
    app: Litestar, client: httpx.AsyncClient, *, role: str, second_factor: bool, status: int
) -> None:
    await enter(client, app, await a_member("somebody-1", role=role), second_factor=second_factor)

    assert (await client.get("/moderation/reports")).status_code == status


async def test_members_cannot_decide(app: Litestar, client: httpx.AsyncClient) -> None:
    post = (await posts_by(await a_member("quiet-otter-41"), 1))[0]
    reporter = await a_member("reporter-1")
    await report_rules(post, reporter.id, ReportForm("spam"), at=now())
    await enter(client, app, reporter)

    answer = await submit(client, f"/moderation/reports/{post}", {"outcome": "acted", "seen": "9"}, page="/me")

    assert answer.status_code == 404
    assert len(await fetch("SELECT 1 FROM report WHERE decided_at IS NULL")) == 1
