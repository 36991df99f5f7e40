"""Beside what was decided stands how to ask for another look, for as long as there is something to look at."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.moderation.acts import Pause, PostAct, Warn
from server.moderation.appealing import appeal
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.notices.service import list_notices, mark_all_read
from tests.support.beside import amid_a_transaction
from tests.support.cases import decided
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, hidden_fields, submit
from tests.support.saying import goes_to
from tests.support.waiting import until, waiting_for_a_lock

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

OVER = "This is over"
PAUSE = DecisionForm(revision=1, pause=Pause.DAY, reason="Please rest.")
WARN = DecisionForm(revision=1, warn=Warn.WARN, reason="Please be kind.")
COVER = DecisionForm(revision=1, post_act=PostAct.COVER)
TWO_DAYS = timedelta(days=2)


@pytest.fixture
async def author(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody who writes, signed in."""
    person = await a_member("quiet-otter-41")
    await enter(client, app, person)
    return person


@pytest.fixture
async def moderator(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def test_pause_that_has_ended_is_not_to_be_asked_about(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    decision = await decided(thread.post_id, moderator, PAUSE, at=now() - TWO_DAYS)
    path = f"/posts/{thread.post_id}/appeal"

    notices = (await client.get("/notices")).text
    assert "A moderator paused your writing" in notices
    assert path not in notices
    for address in (path, f"{path}?decision={decision}"):
        page = await client.get(address)
        assert page.status_code == 200
        assert OVER in page.text
        assert "<textarea" not in page.text


async def test_decision_that_was_taken_back_is_not_to_be_asked_about(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    decision = await decided(thread.post_id, moderator, COVER)
    path = f"/posts/{thread.post_id}/appeal"
    assert path in (await client.get("/notices")).text
    await mark_all_read(author.id, at=now())
    await undo(decision, moderator.id, at=now())

    assert [line.kind for line in (await list_notices(author.id)).rows] == ["decision-undone", "post-noted"]
    assert path not in (await client.get("/notices")).text
    assert OVER in (await client.get(path)).text


async def test_what_was_objected_to_can_be_looked_up_also_when_it_is_over(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    long_ago = now() - TWO_DAYS
    decision = await decided(thread.post_id, moderator, PAUSE, at=long_ago)
    await appeal(decision, author.id, "I am calm.", at=long_ago)
    path = f"/posts/{thread.post_id}/appeal?decision={decision}"

    assert path in (await client.get("/notices")).text
    assert "You have asked already" in (await client.get(path)).text


async def test_words_about_what_ended_meanwhile_are_given_back(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    await decided(thread.post_id, moderator, PAUSE, at=now() - TWO_DAYS)

    answer = await submit(client, f"/posts/{thread.post_id}/appeal", {"details": "I am calm."}, page="/me")

    assert answer.status_code == 409
    assert OVER in answer.text
    assert "I am calm." in answer.text


async def both_wait_for_a_lock() -> bool:
    return await waiting_for_a_lock() == 2


@pytest.mark.parametrize("colleague", ["", "calm-owl-2"])
async def test_button_that_is_pressed_twice_is_answered_as_the_first_time(
    client: httpx.AsyncClient, thread: Written, moderator: Person, colleague: str
) -> None:
    if colleague:
        await a_member(colleague, role="moderator")
    await decided(thread.post_id, moderator, COVER)
    path = f"/posts/{thread.post_id}/appeal"
    sent = {**hidden_fields((await client.get(path)).text), "details": "It was kind."}

    answers = [await client.post(path, data=sent) for _ in range(2)]

    says = "appealed" if colleague else "appealed-alone"
    assert [goes_to(answer) for answer in answers] == [("/notices", says)] * 2
    assert [row["words"] for row in await fetch("SELECT words FROM appeal")] == ["It was kind."]


async def test_both_presses_at_once_are_answered_alike(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    await decided(thread.post_id, moderator, COVER)
    path = f"/posts/{thread.post_id}/appeal"
    sent = {**hidden_fields((await client.get(path)).text), "details": "It was kind."}

    async with amid_a_transaction(
        lambda: execute("SELECT 1 FROM post WHERE id = $1 FOR NO KEY UPDATE", thread.post_id)
    ):
        presses = [asyncio.create_task(client.post(path, data=sent)) for _ in range(2)]
        await until(both_wait_for_a_lock)
    answers = [await press for press in presses]

    assert [goes_to(answer) for answer in answers] == [("/notices", "appealed-alone")] * 2


async def test_other_words_after_the_first_are_given_back(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    await decided(thread.post_id, moderator, COVER)
    path = f"/posts/{thread.post_id}/appeal"
    sent = hidden_fields((await client.get(path)).text)
    await client.post(path, data={**sent, "details": "It was kind."})

    answer = await client.post(path, data={**sent, "details": "It was very kind."})

    assert answer.status_code == 409
    assert "You have asked already" in answer.text
    assert "It was very kind." in answer.text
    assert [row["words"] for row in await fetch("SELECT words FROM appeal")] == ["It was kind."]


async def test_what_still_holds_comes_before_what_is_over(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    standing = await decided(thread.post_id, moderator, WARN, at=now() - 2 * TWO_DAYS)
    await decided(thread.post_id, moderator, PAUSE, at=now() - TWO_DAYS)

    page = (await client.get(f"/posts/{thread.post_id}/appeal")).text

    assert f'name="decision" value="{standing}"' in page
