"""A crisis among many cases that were decided at once leads to a moment for oneself, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, submit
from tests.support.saying import goes_to
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx


@pytest.fixture
async def cases(author: Person, moderator: Person) -> list[int]:
    """An amber case, a crisis and a red one; the posts are much alike."""
    board = await a_board()
    return [
        await flag_post((await a_thread(board, author, body=f"I cannot go on like this, day {day}.")).post_id, severity)
        for day, severity in enumerate((Severity.AMBER, Severity.CRISIS, Severity.RED))
    ]


async def decide(client: httpx.AsyncClient, cases: list[int]) -> httpx.Response:
    fields = {f"case-{case_id}": "1" for case_id in cases} | {"post_act": "cover", "reason": "We are here."}
    return await submit(client, f"/moderation/cases/{cases[0]}/alike", fields, page="/me")


async def test_crisis_among_them_leads_to_a_debrief(client: httpx.AsyncClient, cases: list[int]) -> None:
    answer = await decide(client, cases)

    decision = await fetch_one("""SELECT id FROM decision WHERE "case" = $1""", cases[1])
    assert goes_to(answer) == (f"/moderation/debrief/{decision['id']}", "case-decided")
    assert "That was a heavy one" in (await client.get(answer.headers["location"])).text


async def test_second_press_leads_to_the_same_debrief(client: httpx.AsyncClient, cases: list[int]) -> None:
    first, second = await decide(client, cases), await decide(client, cases)

    assert second.headers["location"] == first.headers["location"]


async def test_debrief_says_so_where_some_were_left_alone(client: httpx.AsyncClient, cases: list[int]) -> None:
    assert await claim(cases[2], (await a_member("calm-owl-2", role="moderator")).id, at=now())

    page = (await client.get((await decide(client, cases)).headers["location"])).text

    assert "That was a heavy one" in page
    assert "Done, apart from some that were left alone" in page


async def test_crisis_that_was_left_alone_leads_nowhere_else(client: httpx.AsyncClient, cases: list[int]) -> None:
    assert await claim(cases[1], (await a_member("calm-owl-2", role="moderator")).id, at=now())

    answer = await decide(client, cases)

    assert answer.headers["location"].startswith(f"/moderation/cases/{cases[0]}/alike?")
