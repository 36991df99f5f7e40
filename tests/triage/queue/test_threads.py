"""A thread counts what others can read, and is new to nobody because of a post that nobody can read any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.members.erasure import erase_member
from server.moderation.acts import PostAct, Voice
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import an_assessment, decided
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter
from triage.assessment import Route
from triage.queue.tasks import finish_task, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

HOLD = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Why.")
REMOVE = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Why.")
ANSWER = DecisionForm(revision=1, words="I hear you.", voice=Voice.PUBLIC)
NEW = '<span class="new-mark">new</span>'


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def other(app: Litestar) -> Person:
    return await a_member("calm-fern-12")


@pytest.fixture
async def moderator(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def says(thread: Written) -> tuple[int, int, bool]:
    """Return how many answers a thread counts, its newest post, and whether it stands where that was written."""
    row = await fetch_one(
        """SELECT reply_count, last_post, thread.last_post_at = post.created_at AS in_place
           FROM thread JOIN post ON post.id = thread.last_post WHERE thread.id = $1""",
        thread.thread_id,
    )
    return row["reply_count"], row["last_post"], row["in_place"]


@pytest.mark.parametrize("form", [HOLD, REMOVE])
async def test_answer_that_a_moderator_took_from_others_counts_no_more(
    thread: Written, other: Person, moderator: Person, form: DecisionForm
) -> None:
    answer = await a_reply(thread, other)

    decision = await decided(answer, moderator, form)
    assert await says(thread) == (0, thread.post_id, True)

    await undo(decision, moderator.id, at=now())
    assert await says(thread) == (1, answer, True)


async def test_held_answer_that_is_opened_counts_again(thread: Written, other: Person, moderator: Person) -> None:
    answer = await a_reply(thread, other)
    await decided(answer, moderator, HOLD)

    await decided(answer, moderator, DecisionForm(revision=1, post_act=PostAct.RELEASE))

    assert await says(thread) == (1, answer, True)


async def test_answer_that_triage_holds_counts_no_more(thread: Written, other: Person) -> None:
    answer = await a_reply(thread, other)
    task = next(task for task in await take_tasks(5, at=now()) if task.post_id == answer)

    await finish_task(task, an_assessment(Severity.RED, route=Route.HOLD), at=now())

    assert await says(thread) == (0, thread.post_id, True)


async def test_moderators_answer_that_is_taken_back_counts_no_more(thread: Written, moderator: Person) -> None:
    decision = await decided(thread.post_id, moderator, ANSWER)
    assert (await says(thread))[0] == 1

    await undo(decision, moderator.id, at=now())

    assert await says(thread) == (0, thread.post_id, True)


async def test_held_answer_that_its_author_takes_down_is_not_counted_off_twice(
    thread: Written, other: Person, moderator: Person
) -> None:
    stays = await a_reply(thread, other)
    held = await a_reply(thread, other)
    await decided(held, moderator, HOLD)

    await delete_post(held, other.id, at=now())

    assert await says(thread) == (1, stays, True)


async def test_removed_answer_of_somebody_who_leaves_is_not_counted_for_ever(
    app: Litestar, thread: Written, author: Person, other: Person
) -> None:
    stays = await a_reply(thread, author)
    await execute("UPDATE post SET state = 'removed' WHERE id = $1", await a_reply(thread, other))

    await erase_member(app.state.redis, other.id, at=now())

    assert await says(thread) == (1, stays, True)


async def test_thread_is_new_to_nobody_because_of_an_answer_that_is_gone(
    app: Litestar, client: httpx.AsyncClient, thread: Written, other: Person, moderator: Person
) -> None:
    await enter(client, app, await a_member("brave-robin-77"))
    await client.get(f"/threads/{thread.thread_id}")
    answer = await a_reply(thread, other)
    assert NEW in (await client.get("/")).text

    await decided(answer, moderator, REMOVE)

    page = (await client.get("/")).text
    assert "A long night" in page
    assert NEW not in page


async def test_thread_whose_opening_is_held_keeps_its_place(thread: Written, other: Person, moderator: Person) -> None:
    answer = await a_reply(thread, other)

    await decided(thread.post_id, moderator, HOLD)
    await decided(answer, moderator, HOLD)

    assert await says(thread) == (0, thread.post_id, True)
