"""A reporter's record weighs both ways: who was right is heard sooner, who was groundless raises no alarm."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from limits import parse_many

from models.database import fetch, fetch_one
from server.reports.record import weigh_record
from server.web.rate_limits import RULES
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, enter, submit
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from tests.support.conversation import BoardInTest
    from tests.support.people import Person

AGREED = {"post_act": "cover"}
HELPED = {"words": "I read this. How are you?"}
GROUNDLESS = {"groundless": "on"}
LEFT = {"severity": "green"}


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def moderator(app: Litestar, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A moderator's browser."""
    await enter(client, app, await a_member("calm-owl-1", role="moderator"), second_factor=True)
    return client


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is the record, not how much one may tell an hour."""
    for rule in ("report", "worried"):
        monkeypatch.setitem(RULES, rule, parse_many("100/minute"))


class Reporter:
    """A member who speaks up, and the moderator who answers."""

    def __init__(self, browser: httpx.AsyncClient, moderator: httpx.AsyncClient, board: BoardInTest, author: Person):
        self.browser, self.moderator, self.board, self.author = browser, moderator, board, author

    async def tell(self, breaks: str = "", way: str = "report") -> int:
        """Speak up about a new post; return its case."""
        thread = await a_thread(self.board, self.author)
        page = f"/posts/{thread.post_id}/{way}"
        assert (await submit(self.browser, page, {"breaks": breaks}, page=page)).status_code == 303
        return (await fetch_one("SELECT id FROM moderation_case WHERE post = $1", thread.post_id))["id"]

    async def have_told(self, *outcomes: dict[str, str], way: str = "report") -> None:
        """Speak up about as many posts, and have the moderator decide each."""
        for outcome in outcomes:
            path = f"/moderation/cases/{await self.tell('unkind', way)}"
            await submit(self.moderator, f"{path}/claim", page="/me")
            fields = {"revision": "1", "act": "decide", **outcome}
            answer = await submit(self.moderator, f"{path}/decide", fields, page="/me")
            assert answer.status_code == 303, answer.text


@pytest.fixture
async def reporter(
    app: Litestar, new_browser: NewBrowser, moderator: httpx.AsyncClient, board: BoardInTest, author: Person
) -> Reporter:
    browser = new_browser()
    await enter(browser, app, await a_member("brave-heron-7"))
    return Reporter(browser, moderator, board, author)


async def looked_at_within(case_id: int) -> tuple[Severity, int]:
    """Return a case's severity, and the minutes until somebody should look."""
    row = await fetch_one("SELECT severity, deadline - opened_at AS within FROM moderation_case WHERE id = $1", case_id)
    return Severity(row["severity"]), round(row["within"] / timedelta(minutes=1))


@pytest.mark.parametrize(
    ("record", "breaks", "severity", "minutes"),
    [
        ((), "unkind", Severity.AMBER, 1440),
        ((AGREED, HELPED), "unkind", Severity.AMBER, 720),
        ((AGREED,) * 5, "unkind", Severity.AMBER, 720),
        ((AGREED, GROUNDLESS, HELPED, AGREED), "unkind", Severity.AMBER, 864),
        ((LEFT, LEFT), "unkind", Severity.AMBER, 1440),
        ((AGREED, GROUNDLESS), "unkind", Severity.AMBER, 1440),
        ((GROUNDLESS, GROUNDLESS), "unkind", Severity.AMBER, 1440),
        ((), "encourages-harm", Severity.RED, 30),
        ((AGREED, AGREED), "encourages-harm", Severity.RED, 15),
        ((GROUNDLESS,), "encourages-harm", Severity.RED, 30),
        ((GROUNDLESS, GROUNDLESS), "encourages-harm", Severity.AMBER, 1440),
        ((GROUNDLESS, GROUNDLESS, AGREED, AGREED), "encourages-harm", Severity.RED, 30),
    ],
)
async def test_report_weighs_what_its_reporters_record_says(
    reporter: Reporter, record: tuple[dict[str, str], ...], breaks: str, severity: Severity, minutes: int
) -> None:
    await reporter.have_told(*record)

    assert await looked_at_within(await reporter.tell(breaks)) == (severity, minutes)


async def test_worry_of_somebody_who_was_right_before_is_looked_at_sooner(reporter: Reporter) -> None:
    await reporter.have_told(HELPED, HELPED, way="worried")

    assert await looked_at_within(await reporter.tell(way="worried")) == (Severity.RED, 15)


async def test_worry_that_is_told_again_weighs_what_it_led_to_before(reporter: Reporter) -> None:
    await reporter.have_told(HELPED, HELPED, way="worried")
    [post] = await fetch("SELECT post FROM report ORDER BY id DESC LIMIT 1")
    page = f"/posts/{post['post']}/worried"

    await submit(reporter.browser, page, {"details": "Now they say goodbye."}, page=page)

    [case] = await fetch("SELECT id FROM moderation_case WHERE closed_at IS NULL")
    assert await looked_at_within(case["id"]) == (Severity.RED, 15)


async def test_worry_never_counts_against_anybody(reporter: Reporter) -> None:
    await reporter.have_told(GROUNDLESS, GROUNDLESS, way="worried")
    assert await looked_at_within(await reporter.tell("encourages-harm")) == (Severity.RED, 30)
    await reporter.have_told(GROUNDLESS, GROUNDLESS)

    assert await looked_at_within(await reporter.tell(way="worried")) == (Severity.RED, 30)


async def test_most_trusted_report_comes_before_others_like_it_and_after_every_crisis(
    app: Litestar, new_browser: NewBrowser, reporter: Reporter, moderator: httpx.AsyncClient
) -> None:
    await reporter.have_told(*[AGREED] * 4)
    browser = new_browser()
    await enter(browser, app, await a_member("calm-fern-12"))
    new = await Reporter(browser, moderator, reporter.board, reporter.author).tell("unkind")
    trusted = await reporter.tell("unkind")
    crisis = await flag_post((await a_thread(reporter.board, reporter.author)).post_id, Severity.CRISIS)

    queue = (await moderator.get("/moderation")).text

    assert re.findall(r'id="case-(\d+)" aria', queue) == [str(crisis), str(trusted), str(new)]


def test_no_record_weighs_more_than_twice_or_less_than_half_of_a_new_one() -> None:
    weights = [weigh_record(upheld=upheld, groundless=10 - upheld) for upheld in range(11)]

    assert weigh_record(upheld=0, groundless=0) == 1
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (0.5, 2)
