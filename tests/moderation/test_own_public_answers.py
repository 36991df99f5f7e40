"""A public answer is signed by nobody; it is its moderator's all the same: theirs to hear of, not to decide about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.errors import NotAllowed
from server.moderation.acts import Pause, PostAct, Voice
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import decided, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim, claim_next

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

ANSWER = DecisionForm(revision=1, words="Have you tried sleeping?", voice=Voice.PUBLIC)
LETTER = DecisionForm(revision=1, words="That sounded harsh.", voice=Voice.PRIVATE)


@pytest.fixture
async def reader(app: Litestar) -> Person:
    """Who reports it."""
    return await a_member("brave-wren-7")


@pytest.fixture
async def reported(author: Person, first: Person, reader: Person) -> int:
    """The case of a public answer by the first moderator that somebody found unkind."""
    await decided((await a_thread(await a_board(), author)).post_id, first, ANSWER)
    answer = await fetch_one("SELECT id FROM post WHERE by_moderator")
    await report_rules(answer["id"], reader.id, ReportForm("unkind"), at=now())
    [case] = await open_cases()
    return int(str(case["id"]))


@pytest.fixture
async def browser(app: Litestar, new_browser: NewBrowser, first: Person) -> httpx.AsyncClient:
    """The first moderator's."""
    browser = new_browser()
    await enter(browser, app, first, second_factor=True)
    return browser


async def told(person: Person) -> list[str]:
    """Return the kinds of somebody's notices, the newest first."""
    return [line.kind for line in (await list_notices(person.id)).rows]


async def outcome_told(reader: Person) -> str:
    return next(line.detail for line in (await list_notices(reader.id)).rows if line.kind == "report-outcome")


async def test_report_about_it_is_for_another_moderator(reported: int, first: Person, second: Person) -> None:
    assert await claim_next(first.id, at=now()) is None
    assert await claim(reported, first.id, at=now()) is None
    assert await claim_next(second.id, at=now())


async def test_its_case_is_not_there_for_whoever_wrote_it(
    browser: httpx.AsyncClient, reported: int, second: Person
) -> None:
    path = f"/moderation/cases/{reported}"

    assert path not in (await browser.get("/moderation")).text
    for url in (path, f"{path}/onlookers"):
        assert (await browser.get(url)).status_code == 404
    assert (await submit(browser, f"{path}/on-it", page="/me")).status_code == 404


async def test_who_has_it_still_does_not_decide_about_their_own(reported: int, first: Person) -> None:
    await execute(
        "UPDATE moderation_case SET claimed_by = $2, claimed_until = $3 WHERE id = $1",
        reported, first.id, now() + timedelta(minutes=5),
    )  # fmt: skip

    with pytest.raises(NotAllowed, match="for another moderator"):
        await decide(reported, first.id, DecisionForm(revision=1, groundless=True), at=now())


async def test_nobody_is_called_to_their_own(app: Litestar, reported: int, first: Person) -> None:
    await execute("UPDATE member SET role = 'admin' WHERE id = $1", first.id)

    await raise_alerts(app.state.settings, app.state.redis, at=now() + timedelta(days=3))

    assert await told(first) == []


async def test_letter_and_reason_reach_whoever_wrote_it(
    browser: httpx.AsyncClient, reported: int, first: Person, second: Person, reader: Person
) -> None:
    assert await claim(reported, second.id, at=now())
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It is unkind.", words="Let us talk.")
    form = msgspec.structs.replace(form, voice=Voice.PRIVATE)
    await decide(reported, second.id, form, at=now())

    assert await told(first) == ["post-removed", "moderator-note"]
    page = (await browser.get("/notices")).text
    assert "It is unkind." in page
    assert "Let us talk." in page
    assert "/appeal" not in page


async def test_reporter_hears_that_somebody_reached_out_where_they_did(
    reported: int, first: Person, second: Person, reader: Person
) -> None:
    assert await claim(reported, second.id, at=now())
    await decide(reported, second.id, LETTER, at=now())

    assert await told(first) == ["moderator-note"]
    assert await outcome_told(reader) == "rules-helped"


async def test_reporter_is_not_told_of_a_letter_that_reached_nobody(
    reported: int, first: Person, second: Person, reader: Person
) -> None:
    await execute("DELETE FROM member WHERE id = $1", first.id)
    assert await claim(reported, second.id, at=now())
    await decide(reported, second.id, LETTER, at=now())

    assert await outcome_told(reader) == "rules-no-action"


async def test_nothing_is_said_of_a_pause_that_is_none(reported: int, first: Person, second: Person) -> None:
    assert await claim(reported, second.id, at=now())
    await decide(reported, second.id, DecisionForm(revision=1, pause=Pause.DAY, reason="It is unkind."), at=now())

    assert await told(first) == ["moderator-note"]
    assert (await fetch_one("SELECT may_write_from FROM member WHERE id = $1", first.id))["may_write_from"] is None


async def test_nobody_is_asked_to_change_what_they_cannot(
    reported: int, first: Person, second: Person, reader: Person
) -> None:
    assert await claim(reported, second.id, at=now())

    await decide(reported, second.id, DecisionForm(revision=1, asks_to_edit=True, reason="Softer, please."), at=now())

    assert "post-edit-asked" not in await told(first)
    assert await outcome_told(reader) != "rules-acted"


async def test_what_was_taken_back_is_not_told(reported: int, first: Person, second: Person) -> None:
    assert await claim(reported, second.id, at=now())
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It is unkind.")
    await undo(await decide(reported, second.id, form, at=now()), second.id, at=now())

    assert await told(first) == []
