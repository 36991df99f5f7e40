"""Vetted resources under a post: suggested, looked for, attached with the decision, seen by the author."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, transaction
from server.clock import now
from server.moderation.deciding import decide
from server.moderation.effects import ResourceNotVetted, attach
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.resources.vetting import replace_resource
from server.seeding import seed_all
from tests.support.cases import decided, flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.resources import a_resource
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


async def vetted(words: str) -> int:
    rows = await fetch("SELECT id FROM resource WHERE state = 'vetted' AND title ILIKE $1", f"%{words}%")
    return int(rows[0]["id"])


async def test_suggested_then_attached_then_seen_by_everybody(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    moderator, author = await a_member("calm-owl-1", role="moderator"), await a_member("quiet-otter-41")
    thread = await a_thread(await a_board("quiet-nights"), author, body="I want somebody to listen to me tonight.")
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now())
    await enter(client, app, moderator, second_factor=True)
    samaritans = await vetted("Samaritans")

    page = (await client.get(f"/moderation/cases/{case_id}")).text
    assert f'name="resource-{samaritans}"' in page
    fields = {"revision": "1", "act": "search-resources", "resource_search": "Childline", "words": "My answer"}
    found = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")
    assert "Childline" in found.text
    assert "My answer" in found.text
    assert await fetch("SELECT 1 FROM decision") == []

    fields = {"revision": "1", "act": "decide", f"resource-{samaritans}": "on"}
    assert (await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")).status_code == 303
    seen = (await client.get(f"/threads/{thread.thread_id}")).text
    assert "Added by a moderator" in seen
    assert "Samaritans" in seen


async def test_suggestion_says_what_is_wrong_with_its_address(
    moderator: Person, author: Person, client: httpx.AsyncClient
) -> None:
    thread = await a_thread(await a_board(), author)
    case_id = await flag_post(thread.post_id, Severity.RED)
    await claim(case_id, moderator.id, at=now())
    await a_resource("Night Line")
    assert "It did not answer in time." not in (await client.get(f"/moderation/cases/{case_id}")).text

    await execute("UPDATE resource SET link_problem = 'It did not answer in time.'")

    page = (await client.get(f"/moderation/cases/{case_id}")).text
    assert 'Night Line <span class="tag tag-warning">address</span> <small>It did not answer in time.' in page
    assert "It did not answer in time." not in (await client.get("/resources")).text


async def test_what_is_not_vetted_is_not_attached_and_undo_takes_it_away(app: Litestar) -> None:
    await seed_all(now())
    moderator, author = await a_member("calm-owl-1", role="moderator"), await a_member("quiet-otter-41")
    thread = await a_thread(await a_board("quiet-nights"), author)
    case_id = await flag_post(thread.post_id)
    await claim(case_id, moderator.id, at=now())
    good, waiting = await vetted("Samaritans"), await vetted("Childline")
    await execute("UPDATE resource SET state = 'review' WHERE id = $1", waiting)

    with pytest.raises(ResourceNotVetted):
        await decide(case_id, moderator.id, DecisionForm(revision=1, resources=(good, waiting)), at=now())
    assert await fetch("SELECT 1 FROM post_resource") == []
    decision = await decide(case_id, moderator.id, DecisionForm(revision=1, resources=(good,)), at=now())
    assert [row["resource"] for row in await fetch("SELECT resource FROM post_resource")] == [good]

    await undo(decision, moderator.id, at=now())
    assert await fetch("SELECT 1 FROM post_resource") == []


@pytest.mark.parametrize("state", ["draft", "review", "expired", "retired", "due"])
async def test_nothing_is_attached_that_members_may_not_see(author: Person, first: Person, state: str) -> None:
    thread = await a_thread(await a_board(), author)
    is_due = state == "due"
    resource = await a_resource(state="vetted" if is_due else state, review_on=now().date() if is_due else None)

    with pytest.raises(ResourceNotVetted):
        await decided(thread.post_id, first, DecisionForm(revision=1, resources=(resource,)))

    assert await fetch("SELECT 1 FROM post_resource") == []


async def test_no_retired_one_stands_under_a_post_when_it_is_attached_and_replaced_at_once(
    author: Person, second: Person
) -> None:
    board = await a_board()
    for turn in range(20):
        thread = await a_thread(board, author)
        old, new = await a_resource(f"Old Line {turn}"), await a_resource(f"New Line {turn}")

        refused, _ = await asyncio.gather(
            attached(thread.post_id, new, old), replace_resource(old, new, actor_id=second.id, at=now())
        )

        rows = await fetch("SELECT resource FROM post_resource WHERE post = $1", thread.post_id)
        assert [row["resource"] for row in rows] == ([] if refused else [new])


async def attached(post_id: int, *resources: int) -> bool:
    """Attach resources as a decision does; tell whether that was refused."""
    try:
        async with transaction():
            await attach(post_id, resources, at=now())
    except ResourceNotVetted:
        return True
    return False
