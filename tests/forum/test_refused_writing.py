"""Who cannot post something keeps their words, reads why, and is offered no button that can never work."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.web.rate_limits import RULES
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import Person, a_member, enter, hidden_fields, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

WORDS = "My long answer"
PAUSED = "A moderator paused your writing until"
HEADING = re.compile(r"<h1>(.*?)</h1>")


@pytest.fixture
async def asker(app: Litestar) -> Person:
    return await a_member("calm-fern-12")


@pytest.fixture
async def thread(asker: Person) -> Written:
    return await a_thread(await a_board(), asker)


@pytest.fixture
async def helper(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody who answers, signed in."""
    person = await a_member("brave-robin-77")
    await enter(client, app, person)
    return person


async def answer(client: httpx.AsyncClient, thread: Written, **fields: str) -> httpx.Response:
    return await submit(client, f"/threads/{thread.thread_id}/replies", {"body": WORDS, **fields}, page="/me")


async def posted() -> list[object]:
    return [row["quoted"] for row in await fetch("SELECT quoted FROM post WHERE body = $1", WORDS)]


def heading(page: str) -> str:
    found = HEADING.search(page)
    assert found
    return found[1]


async def pause(member: Person) -> None:
    await execute("UPDATE member SET may_write_from = $2 WHERE id = $1", member.id, now() + timedelta(days=1))


@pytest.mark.parametrize("intent", ["post", "preview"])
@pytest.mark.parametrize("state", ["held", "removed", "deleted"])
async def test_answer_to_a_post_that_went_can_be_sent_to_its_thread(
    client: httpx.AsyncClient, thread: Written, asker: Person, helper: Person, state: str, intent: str
) -> None:
    hidden = await a_reply(thread, asker, "Gone soon.")
    await set_state(hidden, state)

    refused = await answer(client, thread, answering=str(hidden), intent=intent)
    assert await posted() == []
    sent = await client.post(
        f"/threads/{thread.thread_id}/replies", data={**hidden_fields(refused.text), "body": WORDS, "intent": "post"}
    )

    assert refused.status_code == 422
    assert "The post you answer is gone." in refused.text
    assert WORDS in refused.text
    assert 'name="answering"' not in refused.text
    assert sent.status_code == 303
    assert await posted() == [None]


async def test_tries_to_answer_a_post_that_went_use_nothing_up(
    client: httpx.AsyncClient, thread: Written, asker: Person, helper: Person
) -> None:
    hidden = await a_reply(thread, asker, "Gone soon.")
    await set_state(hidden, "held")

    tries = [
        (await answer(client, thread, answering=str(hidden))).status_code for _ in range(RULES["post"][0].amount + 1)
    ]

    assert set(tries) == {422}
    assert (await answer(client, thread)).status_code == 303


async def test_thread_that_went_gives_the_words_back_and_nothing_to_press(
    client: httpx.AsyncClient, thread: Written, helper: Person
) -> None:
    await set_state(thread.post_id, "held")

    refused = await answer(client, thread)

    assert refused.status_code == 404
    assert heading(refused.text) == "This thread is gone"
    assert WORDS in refused.text
    assert "Send it" not in refused.text


async def test_member_who_is_not_to_be_answered_is_named_as_the_reason(
    client: httpx.AsyncClient, thread: Written, asker: Person, helper: Person
) -> None:
    await execute(
        "INSERT INTO avoidance (member, other, kind, created_at) VALUES ($1, $2, 'block', $3)",
        asker.id, helper.id, now(),
    )  # fmt: skip

    refused = await answer(client, thread)

    assert refused.status_code == 403
    assert heading(refused.text) == "You cannot answer here"
    assert WORDS in refused.text
    assert "Send it" not in refused.text


async def test_paused_member_is_told_before_they_write(
    client: httpx.AsyncClient, thread: Written, helper: Person
) -> None:
    path = f"/threads/{thread.thread_id}"
    places = [path, f"{path}/reply", "/boards/low-days/new"]
    before = [(await client.get(place)).text for place in places]
    await pause(helper)

    pages = [(await client.get(place)).text for place in places]

    assert ['name="body"' in page for page in before] == [True] * 3
    assert ['name="body"' in page for page in pages] == [False] * 3
    assert all(PAUSED in page for page in pages)
    assert [heading(page) for page in pages[1:]] == ["Your writing is paused"] * 2


async def test_member_who_was_paused_while_they_wrote_keeps_their_words(
    client: httpx.AsyncClient, thread: Written, helper: Person
) -> None:
    await pause(helper)

    refused = await answer(client, thread)

    assert refused.status_code == 403
    assert heading(refused.text) == "Your writing is paused"
    assert PAUSED in refused.text
    assert WORDS in refused.text
    assert "Send it" not in refused.text
    assert await posted() == []
