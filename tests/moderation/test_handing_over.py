"""Giving a case to somebody: a named colleague, any colleague who is asked, or on-call; and what they hear of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch, fetch_one
from models.members import AvoidanceKind
from server.clock import now
from server.members.avoidance import avoid
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import ask_second_opinion, decide, escalate
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.saying import goes_to
from triage.queue.audit import read_entries, verify
from triage.queue.claims import assign, claim, claim_next, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

MARK = '<span class="tag">second opinion</span>'
WHY = "They wrote that nobody is with them tonight."


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def case_id(board: BoardInTest, author: Person, moderator: Person) -> int:
    """An amber case that the moderator has."""
    case_id = await a_case(board, author)
    await claim(case_id, moderator.id, at=now())
    return case_id


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    return await a_member("calm-owl-2", role="moderator")


async def a_case(board: BoardInTest, author: Person, severity: Severity = Severity.AMBER) -> int:
    return await flag_post((await a_thread(board, author)).post_id, severity)


async def send(client: httpx.AsyncClient, path: str, fields: dict[str, str] | None = None) -> httpx.Response:
    return await submit(client, path, fields, page="/me")


async def give(client: httpx.AsyncClient, case_id: int, handle: str) -> str:
    answer = await send(client, f"/moderation/cases/{case_id}/assign", {"colleague": handle})
    return (await client.get(answer.headers["location"])).text if answer.has_redirect_location else answer.text


async def notices_of(person: Person) -> list[tuple[str, str]]:
    rows = await fetch("SELECT kind, detail FROM notice WHERE member = $1 ORDER BY id", person.id)
    return [(row["kind"], row["detail"]) for row in rows]


async def test_crisis_comes_before_what_was_given_to_somebody_else_and_is_overdue(
    app: Litestar, board: BoardInTest, author: Person, case_id: int, moderator: Person, colleague: Person
) -> None:
    await assign(case_id, moderator.id, colleague.handle, at=now())
    third = await a_member("calm-owl-3", role="moderator")
    two_days = timedelta(days=2)
    crisis = await a_case(board, author, Severity.CRISIS)

    found = await claim_next(third.id, at=now() + two_days)
    assert found
    assert found.case_id == crisis
    await hand_back(crisis, third.id, at=now() + two_days)
    found = await claim_next(third.id, at=now() + two_days)
    assert found, "past its deadline it is for anybody"
    assert found.case_id == case_id


async def test_case_is_not_given_to_somebody_who_avoids_its_author(
    client: httpx.AsyncClient, case_id: int, moderator: Person, author: Person, colleague: Person
) -> None:
    await avoid(colleague.id, author.id, AvoidanceKind.MUTE, at=now())

    page = await give(client, case_id, colleague.handle)

    assert "This colleague cannot be given this case. Please choose somebody else" in page
    [case] = await open_cases()
    assert (case["claimed_by"], case["assigned_to"]) == (moderator.id, None)


async def test_case_is_not_given_to_somebody_who_handed_it_back(
    client: httpx.AsyncClient, case_id: int, moderator: Person, colleague: Person
) -> None:
    await hand_back(case_id, moderator.id, at=now())
    await claim(case_id, colleague.id, at=now())
    await hand_back(case_id, colleague.id, at=now())
    await claim(case_id, moderator.id, at=now())

    page = await give(client, case_id, colleague.handle)

    assert "This colleague cannot be given this case. Please choose somebody else" in page
    assert (await open_cases())[0]["assigned_to"] is None


async def test_colleague_is_told_and_finds_it_with_them(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, case_id: int, moderator: Person,
    colleague: Person,
) -> None:  # fmt: skip
    await give(client, case_id, colleague.handle)

    theirs = new_browser()
    await enter(theirs, app, colleague, second_factor=True)
    assert "A colleague gave you a case." in (await theirs.get("/notices")).text
    notice = await fetch_one("SELECT id FROM notice WHERE member = $1", colleague.id)
    opened = await theirs.get(f"/notices/{notice['id']}")
    assert opened.headers["location"] == f"/moderation/cases/{case_id}"
    queue = (await theirs.get("/moderation?whose=mine")).text
    assert re.findall(r'id="case-(\d+)" aria', queue) == [str(case_id)]
    assert "given to you" in queue
    own = (await client.get("/moderation?whose=mine")).text
    assert re.findall(r'id="case-(\d+)" aria', own) == []
    assert f"given to {colleague.handle}" in (await client.get("/moderation")).text


async def test_giving_and_handing_back_are_in_the_audit_log(
    client: httpx.AsyncClient, case_id: int, moderator: Person, colleague: Person
) -> None:
    await give(client, case_id, colleague.handle)
    await claim(case_id, colleague.id, at=now())
    await hand_back(case_id, colleague.id, at=now())
    assert not await hand_back(case_id, colleague.id, at=now())

    entries = await read_entries()
    assert {entry.subject for entry in entries} == {f"case:{case_id}"}
    assert [(entry.act, entry.actor) for entry in entries] == [
        ("claim", moderator.id), ("assign", moderator.id), ("claim", colleague.id), ("hand-back", colleague.id),
    ]  # fmt: skip
    assert entries[1].detail == {"to": colleague.id}
    assert await verify() == 4


@pytest.mark.parametrize("pass_it_on", [escalate, ask_second_opinion])
async def test_what_the_one_whom_it_was_given_to_passes_on_comes_to_others(
    case_id: int, moderator: Person, colleague: Person, pass_it_on: object
) -> None:
    await assign(case_id, moderator.id, colleague.handle, at=now())
    await claim(case_id, colleague.id, at=now())

    await pass_it_on(case_id, colleague.id, at=now())  # type: ignore[operator]

    found = await claim_next((await a_member("calm-owl-3", role="moderator")).id, at=now())
    assert found
    assert found.case_id == case_id


async def test_escalated_now_stands_first_for_everybody_and_on_call_is_called_at_once(
    app: Litestar, client: httpx.AsyncClient, board: BoardInTest, author: Person, case_id: int, colleague: Person
) -> None:
    clinician = await a_member("wise-crane-3", role="clinician")
    crisis = await a_case(board, author, Severity.CRISIS)
    fields = {"act": "escalate", "revision": "1", "escalate_for": "now", "escalate_why": WHY, "reason": "To the author"}

    answer = await send(client, f"/moderation/cases/{case_id}/decide", fields)

    assert goes_to(answer) == ("/moderation", "escalated")
    queue = (await client.get("/moderation")).text
    assert re.findall(r'id="case-(\d+)" aria', queue) == [str(case_id), str(crisis)]
    assert "escalated: now" in queue
    assert WHY in queue
    assert WHY in (await client.get(f"/moderation/cases/{case_id}")).text
    found = await claim_next(colleague.id, at=now())
    assert found
    assert found.case_id == case_id
    await hand_back(case_id, colleague.id, at=now())
    await raise_alerts(app.state.settings, app.state.redis, at=now())
    assert await notices_of(clinician) == [("case-overdue", str(case_id))]
    assert await notices_of(author) == []
    [entry] = [entry for entry in await read_entries() if entry.act == "escalate"]
    assert entry.detail == {"for": "now"}


async def test_escalated_for_today_calls_nobody_at_once_but_tells_on_call(
    app: Litestar, client: httpx.AsyncClient, board: BoardInTest, author: Person, case_id: int
) -> None:
    clinician = await a_member("wise-crane-3", role="clinician")
    crisis = await a_case(board, author, Severity.CRISIS)
    fields = {"act": "escalate", "revision": "1", "escalate_for": "today", "escalate_why": WHY}

    await send(client, f"/moderation/cases/{case_id}/decide", fields)

    assert await notices_of(clinician) == [("case-today", str(case_id))]
    queue = (await client.get("/moderation")).text
    assert re.findall(r'id="case-(\d+)" aria', queue) == [str(crisis), str(case_id)]
    assert "escalated: today" in queue
    await raise_alerts(app.state.settings, app.state.redis, at=now() + timedelta(minutes=1))
    assert await fetch("SELECT 1 FROM alert") == []
    await raise_alerts(app.state.settings, app.state.redis, at=now() + timedelta(hours=8, minutes=1))
    rows = await fetch('SELECT "case", step FROM alert WHERE "case" = $1', case_id)
    assert [row["step"] for row in rows] == [2]


async def test_new_flag_does_not_wait_for_the_end_of_the_day(
    app: Litestar, client: httpx.AsyncClient, case_id: int
) -> None:
    clinician = await a_member("wise-crane-3", role="clinician")
    fields = {"act": "escalate", "revision": "1", "escalate_for": "today", "escalate_why": WHY}
    await send(client, f"/moderation/cases/{case_id}/decide", fields)

    [case] = await open_cases()
    await flag_post(int(str(case["post"])), Severity.CRISIS)
    await raise_alerts(app.state.settings, app.state.redis, at=now() + timedelta(minutes=6))

    assert ("case-overdue", str(case_id)) in await notices_of(clinician)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"escalate_for": "today"}, "In a few words: why should on-call look at it today?"),
        ({"escalate_for": "now", "escalate_why": "x" * 501}, "500 characters fit here."),
        ({"act": "second-opinion", "question": "x" * 501}, "500 characters fit here."),
    ],
)
async def test_what_cannot_be_passed_on_so_keeps_what_was_written(
    client: httpx.AsyncClient, case_id: int, moderator: Person, fields: dict[str, str], problem: str
) -> None:
    sent = {"act": "escalate", "revision": "1", "words": "I read this.", **fields}

    answer = await send(client, f"/moderation/cases/{case_id}/decide", sent)

    assert answer.status_code == 422
    assert problem in answer.text
    for written in ("I read this.", fields.get("escalate_why", ""), fields.get("question", "")):
        assert written in answer.text
    assert (await open_cases())[0]["claimed_by"] == moderator.id


async def test_case_asks_for_a_second_opinion_and_the_asker_hears_that_it_was_decided(
    client: httpx.AsyncClient, case_id: int, moderator: Person, author: Person, colleague: Person
) -> None:
    question = "Would you leave this open?"
    await send(
        client, f"/moderation/cases/{case_id}/decide", {"act": "second-opinion", "revision": "1", "question": question}
    )

    queue = (await client.get("/moderation")).text
    assert MARK in queue
    assert question in queue
    assert question in (await client.get(f"/moderation/cases/{case_id}")).text
    assert await notices_of(moderator) == []
    await claim(case_id, colleague.id, at=now())
    await decide(case_id, colleague.id, DecisionForm(revision=1, words="Private words."), at=now())

    assert await notices_of(moderator) == [("case-decided", str(case_id))]
    listed = (await client.get("/notices")).text
    assert "A case on which you asked for a second opinion was decided." in listed
    assert "Private words." not in listed
    assert "case-decided" not in {kind for kind, _ in await notices_of(author)}
    stored = [msgspec.json.encode(entry.detail).decode() for entry in await read_entries()]
    assert not [detail for detail in stored if question in detail]


async def test_asking_without_a_question_marks_the_case_too(
    client: httpx.AsyncClient, case_id: int, moderator: Person, second: Person
) -> None:
    await send(client, f"/moderation/cases/{case_id}/decide", {"act": "second-opinion", "revision": "1"})

    assert MARK in (await client.get("/moderation")).text
    assert "A colleague asks what you think." in (await client.get(f"/moderation/cases/{case_id}")).text
