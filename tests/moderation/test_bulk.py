"""One decision for many cases: of those that are ticked alone, and with a word on what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch
from server.clock import now
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx

SPAM = "Buy the wonder cure for every pain at my shop today, offer"


@pytest.fixture
async def raid(author: Person, moderator: Person) -> list[int]:
    """Three cases of posts that are much alike."""
    board = await a_board()
    posts = [(await a_thread(board, author, body=f"{SPAM} {n}!")).post_id for n in range(3)]
    return [await flag_post(post_id) for post_id in posts]


async def send(client: httpx.AsyncClient, raid: list[int], *chosen: int, **fields: str) -> httpx.Response:
    ticked = {f"case-{case_id}": "1" for case_id in chosen}
    return await submit(client, f"/moderation/cases/{raid[0]}/alike", {**ticked, **fields}, page="/me")


async def test_what_was_unticked_stays_so_after_a_mistake(client: httpx.AsyncClient, raid: list[int]) -> None:
    assert (await client.get(f"/moderation/cases/{raid[0]}/alike")).text.count(' value="1" checked') == 3

    answer = await send(client, raid, *raid[:2], post_act="remove")

    assert answer.status_code == 422
    assert [f'name="case-{case_id}" value="1" checked' in answer.text for case_id in raid] == [True, True, False]


async def test_page_says_how_many_were_decided(client: httpx.AsyncClient, raid: list[int]) -> None:
    colleague = await a_member("calm-owl-2", role="moderator")
    assert await claim(raid[2], colleague.id, at=now())

    answer = await send(client, raid, *raid, post_act="remove", reason="Selling.")

    page = await client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Decided: 2. Left alone: 1." in page.text
    assert [case["id"] for case in await open_cases()] == [raid[2]]


async def test_nothing_ticked_is_nothing_to_decide(client: httpx.AsyncClient, raid: list[int]) -> None:
    answer = await send(client, raid, post_act="remove", reason="Selling.")

    assert answer.status_code == 422
    assert "Please choose at least one." in answer.text
    assert await fetch("SELECT 1 FROM decision") == []
