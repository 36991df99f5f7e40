"""An answer that a moderator removed outlasts its thread: its text stays its author's, and restored it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.members.erasure import erase_member
from server.moderation.acts import PostAct
from server.moderation.appealing import appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import decided, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

WORDS = "I sing to myself at night."
REMOVED = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Spam.")


@pytest.fixture
async def opener(app: Litestar) -> Person:
    return await a_member("calm-fern-12")


@pytest.fixture
async def thread(opener: Person) -> Written:
    return await a_thread(await a_board(), opener)


@pytest.fixture
async def answer(thread: Written, author: Person) -> int:
    return await a_reply(thread, author, WORDS)


@pytest.fixture
async def removal(answer: int, first: Person) -> int:
    """The decision that removed the answer."""
    return await decided(answer, first, REMOVED)


@pytest.fixture(params=["opening taken down", "account erased"])
async def gone(app: Litestar, request: pytest.FixtureRequest, thread: Written, opener: Person, removal: int) -> Written:
    """The thread, after everything else in it went."""
    if request.param == "opening taken down":
        await delete_post(thread.post_id, opener.id, at=now())
    else:
        await erase_member(app.state.redis, opener.id, at=now())
    return thread


async def test_author_takes_the_text_away_from_their_page(
    app: Litestar, client: httpx.AsyncClient, gone: Written, author: Person, answer: int
) -> None:
    await enter(client, app, author)
    path = f"/posts/{answer}/delete"
    assert (await client.get(f"/threads/{gone.thread_id}")).status_code == 404

    assert f'href="{path}"' in (await client.get("/me")).text
    assert WORDS in (await client.get(path)).text
    sent = await submit(client, path, page=path)

    assert sent.status_code == 303, sent.text
    assert tuple(await fetch_one("SELECT state, body FROM post WHERE id = $1", answer)) == ("deleted", "")
    assert WORDS not in (await client.get("/me")).text


@pytest.mark.parametrize("way", ["objection granted", "decision undone"])
async def test_restored_answer_can_be_read_and_its_thread_found(
    client: httpx.AsyncClient, gone: Written, author: Person, first: Person, second: Person, answer: int,
    removal: int, way: str,
) -> None:  # fmt: skip
    if way == "decision undone":
        await undo(removal, first.id, at=now())
    else:
        await appeal(removal, author.id, "It was a song.", at=now())
        [case] = await open_cases()
        assert await claim(case["id"], second.id, at=now())  # type: ignore[arg-type]
        await decide(
            case["id"],  # type: ignore[arg-type]
            second.id,
            DecisionForm(revision=1, post_act=PostAct.RELEASE),
            at=now(),
        )

    assert (await client.get(f"/posts/{answer}")).status_code == 303
    assert WORDS in (await client.get(f"/threads/{gone.thread_id}")).text
    assert f'href="/threads/{gone.thread_id}' in (await client.get("/boards/low-days")).text


async def test_removed_opening_outlasts_the_answers_too(
    client: httpx.AsyncClient, thread: Written, opener: Person, author: Person, first: Person, answer: int
) -> None:
    removal = await decided(thread.post_id, first, REMOVED)
    await delete_post(answer, author.id, at=now())

    await undo(removal, first.id, at=now())

    assert "I cannot sleep." in (await client.get(f"/threads/{thread.thread_id}")).text
