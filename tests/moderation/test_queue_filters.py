"""What of the queue a moderator asks to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.clock import now
from server.moderation.deciding import escalate
from server.moderation.queue import list_cases, read_filter
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from triage.queue.claims import assign, claim

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person


@pytest.fixture
async def cases(author: Person) -> list[int]:
    """Four open cases."""
    board = await a_board()
    return [await flag_post((await a_thread(board, author)).post_id) for _ in range(4)]


async def seen(viewer: Person, **chosen: str) -> list[int]:
    lines, _ = await list_cases(viewer.id, read_filter(chosen), at=now())
    return sorted(line.id for line in lines)


async def test_escalated_shows_what_was_escalated_and_nothing_else(cases: list[int], first: Person) -> None:
    assert await claim(cases[1], first.id, at=now())
    await escalate(cases[1], first.id, at=now())

    assert await seen(first, whose="escalated") == [cases[1]]


async def test_mine_is_what_one_has_or_was_given_and_free_what_nobody_has(
    cases: list[int], first: Person, second: Person
) -> None:
    assert await claim(cases[0], second.id, at=now())
    assert await assign(cases[0], second.id, first.handle, at=now())
    assert await claim(cases[1], first.id, at=now())
    assert await claim(cases[2], second.id, at=now())

    assert await seen(first, whose="mine") == cases[:2]
    assert await seen(first, whose="free") == [cases[0], cases[3]]
    assert await seen(first, whose="somebody-else") == cases, "what is unknown filters nothing"


async def test_page_of_escalated_cases_keeps_its_choice(
    client: httpx.AsyncClient, cases: list[int], moderator: Person
) -> None:
    assert await claim(cases[1], moderator.id, at=now())
    await escalate(cases[1], moderator.id, at=now())

    page = (await client.get("/moderation?whose=escalated")).text

    assert f'href="/moderation/cases/{cases[1]}"' in page
    assert f'href="/moderation/cases/{cases[0]}"' not in page
    assert '<option value="escalated" selected>' in page
