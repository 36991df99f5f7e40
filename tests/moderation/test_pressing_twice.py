"""A button pressed twice, or a form sent again on a slow line, is answered as the first time and does nothing more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.moderation.deciding import escalate
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, form_token, submit
from tests.support.saying import goes_to
from triage.queue.claims import claim, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

ACTS = {
    "escalate": {"escalate_for": "today", "escalate_why": "Alone tonight, they say."},
    "second-opinion": {"question": "Would you hold it?"},
    "decide": {"post_act": "remove", "reason": "It names a place.", "severity": "red", "myth": "none"},
}


@pytest.fixture
async def case_id(author: Person, moderator: Person) -> int:
    """A case about a crisis, which the moderator has."""
    found = await flag_post((await a_thread(await a_board(), author)).post_id, Severity.CRISIS)
    assert await claim(found, moderator.id, at=now())
    return found


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    return await a_member("calm-owl-2", role="moderator")


async def send(client: httpx.AsyncClient, case_id: int, act: str, **fields: str) -> httpx.Response:
    sent = {"revision": "1", "act": act, **ACTS[act], **fields}
    return await submit(client, f"/moderation/cases/{case_id}/decide", sent, page="/me")


async def acts_on(case_id: int) -> list[str]:
    rows = await fetch("SELECT act FROM audit_entry WHERE subject = $1 ORDER BY id", f"case:{case_id}")
    return [row["act"] for row in rows]


@pytest.mark.parametrize("again", [{}, {"again": "1"}])
@pytest.mark.parametrize("act", ACTS)
async def test_second_press_is_answered_as_the_first(
    client: httpx.AsyncClient, case_id: int, colleague: Person, act: str, again: dict[str, str]
) -> None:
    first = await send(client, case_id, act)
    done = await acts_on(case_id)

    second = await send(client, case_id, act, **again)

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert await acts_on(case_id) == done
    assert (await fetch_one("SELECT claimed_by FROM moderation_case"))["claimed_by"] is None


@pytest.mark.parametrize("act", ACTS)
async def test_two_presses_at_the_same_moment_are_answered_alike(
    client: httpx.AsyncClient, case_id: int, colleague: Person, act: str
) -> None:
    fields = {"revision": "1", "act": act, **ACTS[act], "_csrf_token": await form_token(client, "/me")}

    answers = await asyncio.gather(*(client.post(f"/moderation/cases/{case_id}/decide", data=fields) for _ in range(2)))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["location"] for answer in answers}) == 1


async def test_case_that_was_given_is_given_once(client: httpx.AsyncClient, case_id: int, colleague: Person) -> None:
    fields = {"revision": "1", "colleague": colleague.handle}

    answers = [await submit(client, f"/moderation/cases/{case_id}/assign", fields, page="/me") for _ in range(2)]

    assert [goes_to(answer) for answer in answers] == [("/moderation", "passed-on")] * 2
    assert (await acts_on(case_id)).count("assign") == 1


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("escalate", {"escalate_why": "They wrote again."}),
        ("second-opinion", {"question": "Or cover it?"}),
        ("decide", {"reason": "It names a person."}),
        ("decide", {"severity": "crisis"}),
        ("decide", {"words": "You are not alone with this."}),
        ("decide", {"reason": "It names a plate."}),
    ],
)
async def test_other_words_are_not_taken_for_the_first_ones(
    client: httpx.AsyncClient, case_id: int, colleague: Person, act: str, fields: dict[str, str]
) -> None:
    await send(client, case_id, act)
    done = await acts_on(case_id)

    second = await send(client, case_id, act, **fields)

    assert second.status_code == 409
    assert all(words in second.text for words in fields.values())
    assert await acts_on(case_id) == done


async def test_note_that_comes_with_the_second_press_is_kept_once(
    client: httpx.AsyncClient, case_id: int, colleague: Person
) -> None:
    for _ in range(3):
        await send(client, case_id, "escalate", details="Ring me first.")

    assert [row["body"] for row in await fetch("SELECT body FROM case_note")] == ["Ring me first."]


async def test_what_a_colleague_did_is_not_taken_for_ones_own(
    client: httpx.AsyncClient, case_id: int, moderator: Person, colleague: Person
) -> None:
    await hand_back(case_id, moderator.id, at=now())
    assert await claim(case_id, colleague.id, at=now())
    await escalate(case_id, colleague.id, why="I know them.", at=now())

    answer = await send(client, case_id, "escalate")

    assert answer.status_code == 409
    assert "Your time on it ran out" in answer.text


async def test_case_that_was_taken_again_is_escalated_again(
    client: httpx.AsyncClient, case_id: int, moderator: Person, colleague: Person
) -> None:
    await send(client, case_id, "escalate")
    assert await claim(case_id, moderator.id, at=now())

    await send(client, case_id, "escalate")

    assert (await acts_on(case_id)).count("escalate") == 2


async def test_decision_that_was_taken_back_stays_so_at_the_second_press(
    client: httpx.AsyncClient, case_id: int
) -> None:
    await send(client, case_id, "decide")
    decision = (await fetch_one("SELECT id FROM decision"))["id"]

    answers = [await submit(client, f"/moderation/decisions/{decision}/undo", page="/me") for _ in range(2)]

    assert [goes_to(one) for one in answers] == [(f"/moderation/cases/{case_id}", "undone")] * 2
    assert (await acts_on(case_id)).count("undo") == 1
    assert len(await open_cases()) == 1
