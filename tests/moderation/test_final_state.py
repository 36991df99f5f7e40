"""What was held or covered before anybody looked is never left so by the way: the moderator says what it is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.moderation.bulk import decide_all
from server.moderation.deciding import StateNotChosen, decide
from server.moderation.forms import DecisionForm
from server.moderation.seen import Seen
from server.notices.service import list_notices
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import Person, enter, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

WAITS = "A moderator decides about it"


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body="I cannot sleep again.")


@pytest.fixture
async def case_id(thread: Written, moderator: Person) -> int:
    """The case of a held post, with the moderator."""
    found = await flag_post(thread.post_id)
    await set_state(thread.post_id, "held")
    assert await claim(found, moderator.id, at=now())
    return found


async def send(client: httpx.AsyncClient, case_id: int, **fields: str) -> httpx.Response:
    return await submit(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "1", "act": "decide", **fields}, page="/me"
    )


@pytest.mark.parametrize("state", ["held", "covered"])
async def test_moderator_has_to_say_what_becomes_of_it(
    client: httpx.AsyncClient, thread: Written, case_id: int, state: str
) -> None:
    await set_state(thread.post_id, state)

    page = (await client.get(f"/moderation/cases/{case_id}")).text
    answer = await send(client, case_id, words="I read this.")

    assert 'name="post_act" value="leave"' not in page
    assert answer.status_code == 422
    assert "Please choose what happens to the post" in answer.text
    assert "I read this." in answer.text
    assert [case["id"] for case in await open_cases()] == [case_id]


@pytest.mark.parametrize(
    ("act", "state", "said"),
    [
        ("release", "published", "whoever can open its thread sees it"),
        ("cover", "covered", "put a content note over your post"),
        ("hold", "held", "A moderator read your post and keeps it from others for now."),
        ("remove", "removed", "A moderator took your post down."),
    ],
)
async def test_author_hears_the_final_state(
    client: httpx.AsyncClient, thread: Written, author: Person, case_id: int, act: str, state: str, said: str
) -> None:
    answer = await send(client, case_id, post_act=act, reason="Because of the detail.")

    assert answer.status_code == 303, answer.text
    assert (await fetch_one("SELECT state FROM post WHERE id = $1", thread.post_id))["state"] == state
    assert said in (await list_notices(author.id)).rows[0].sentence
    assert await open_cases() == []


async def test_author_of_a_post_that_is_kept_held_is_not_told_to_wait(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person, case_id: int
) -> None:
    browser = new_browser()
    await enter(browser, app, author)
    assert WAITS in (await browser.get(f"/threads/{thread.thread_id}")).text

    await send(client, case_id, post_act="hold", reason="Because of the detail.")

    page = (await browser.get(f"/threads/{thread.thread_id}")).text
    assert WAITS not in page
    assert "A moderator read this post and keeps it from others for now; your notices say why." in page


async def test_post_that_its_author_changed_after_it_was_kept_held_is_looked_at_again(
    client: httpx.AsyncClient, thread: Written, author: Person, case_id: int
) -> None:
    await send(client, case_id, post_act="hold", reason="Please leave the detail out.")
    wanted = Change(title="A long night", body="I left it out.", note=ContentNote(), revision=1)

    await change_post(thread.post_id, author.id, wanted, at=now())

    [case] = await open_cases()
    page = (await client.get(f"/moderation/cases/{case['id']}")).text
    assert "Its author changed it while it was held." in page


async def test_post_that_was_held_meanwhile_is_not_left_so_unseen(
    thread: Written, moderator: Person, case_id: int
) -> None:
    with pytest.raises(StateNotChosen):
        await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())

    assert await decide_all({case_id: Seen(1)}, moderator.id, DecisionForm(), at=now()) == (0, 1)
    assert await fetch("SELECT 1 FROM decision") == []


async def test_published_post_may_be_left_as_it_is(client: httpx.AsyncClient, thread: Written, case_id: int) -> None:
    await set_state(thread.post_id, "published")

    assert 'name="post_act" value="leave"' in (await client.get(f"/moderation/cases/{case_id}")).text
    assert (await send(client, case_id)).status_code == 303
