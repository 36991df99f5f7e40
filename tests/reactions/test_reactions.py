"""Signs of support: anybody can send them, nobody is counted, and the author hears of them quietly."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from models.members import AvoidanceKind
from server.clock import now
from server.errors import NotAllowed
from server.members.avoidance import avoid
from server.notices.service import mark_all_read
from server.support.service import KINDS, reactions_of, toggle_reaction
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, form_token, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person


async def react(client: httpx.AsyncClient, post_id: int, kind: str, **headers: str) -> httpx.Response:
    """Press one of the buttons under a post."""
    token = await form_token(client, "/me")
    return await client.post(f"/posts/{post_id}/reactions", data={"kind": kind, "_csrf_token": token}, headers=headers)


async def reaction_notices(member: Person) -> list[str]:
    """Return what a member's unread notices of support say, by kind."""
    rows = await fetch(
        "SELECT detail FROM notice WHERE member = $1 AND kind = 'reaction' AND read_at IS NULL ORDER BY id", member.id
    )
    return [row["detail"] for row in rows]


async def test_pressing_a_button_sends_support_and_leads_back_to_the_post(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, friend)

    answer = await submit(
        client, f"/posts/{thread.post_id}/reactions", {"kind": "with-you"}, page=f"/threads/{thread.thread_id}"
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/posts/{thread.post_id}"
    page = (await client.get(f"/threads/{thread.thread_id}")).text
    assert re.search(r'value="with-you" aria-pressed="true"', page)
    assert re.search(r'value="proud" aria-pressed="false"', page)


async def test_htmx_gets_the_buttons_alone(app: Litestar, client: httpx.AsyncClient) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, friend)

    answer = await react(client, thread.post_id, "helped", **{"hx-request": "true"})

    assert answer.status_code == 200
    assert answer.text.count("<form") == 1
    assert "<html" not in answer.text
    assert f'id="react-{thread.post_id}-helped"' in answer.text
    assert 'value="helped" aria-pressed="true"' in answer.text
    assert 'name="_csrf_token"' in answer.text


async def test_kinds_are_shown_without_any_count_of_people(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    for number in range(7):
        friend = await a_member(f"friend-{number}")
        await toggle_reaction(thread.post_id, friend.id, "thank-you", at=now())

    page = (await client.get(f"/threads/{thread.thread_id}")).text

    shown = re.search(r'<ul class="reactions".*?</ul>', page, re.DOTALL)
    assert shown
    assert re.sub(r"<[^>]+>|\s+", " ", shown[0]).split() == ["Thank", "you"]
    assert "friend-" not in page


async def test_second_press_takes_support_and_its_unread_notice_back(app: Litestar) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)

    await toggle_reaction(thread.post_id, friend.id, "proud", at=now())
    assert await reaction_notices(author) == ["proud"]
    await toggle_reaction(thread.post_id, friend.id, "proud", at=now())

    assert (await reactions_of([thread.post_id], friend.id))[thread.post_id].given == ()
    assert await reaction_notices(author) == []


async def test_author_has_at_most_one_unread_notice_of_a_post_and_kind(app: Litestar) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    friends = [await a_member(f"friend-{number}") for number in range(5)]

    await asyncio.gather(*(toggle_reaction(thread.post_id, friend.id, "with-you", at=now()) for friend in friends))
    await toggle_reaction(thread.post_id, friends[0].id, "helped", at=now())

    assert sorted(await reaction_notices(author)) == ["helped", "with-you"]


async def test_notice_stays_while_somebody_else_gave_the_same_later(app: Litestar) -> None:
    author, first, second = await a_member("quiet-otter-41"), await a_member("first-1"), await a_member("second-2")
    thread = await a_thread(await a_board(), author)
    await toggle_reaction(thread.post_id, first.id, "proud", at=now())
    await toggle_reaction(thread.post_id, second.id, "proud", at=now())

    await toggle_reaction(thread.post_id, first.id, "proud", at=now())
    assert await reaction_notices(author) == ["proud"]

    await toggle_reaction(thread.post_id, second.id, "proud", at=now())
    assert await reaction_notices(author) == []


async def test_notice_goes_where_only_somebody_already_noticed_gave_the_same(app: Litestar) -> None:
    author, first, second = await a_member("quiet-otter-41"), await a_member("first-1"), await a_member("second-2")
    thread = await a_thread(await a_board(), author)
    await toggle_reaction(thread.post_id, first.id, "proud", at=now())
    await mark_all_read(author.id, at=now())
    await toggle_reaction(thread.post_id, second.id, "proud", at=now())

    await toggle_reaction(thread.post_id, second.id, "proud", at=now())

    assert await reaction_notices(author) == []


async def test_nobody_reacts_to_their_own_post(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)

    answer = await react(client, thread.post_id, "proud")

    assert answer.status_code == 403
    assert await fetch("SELECT 1 FROM reaction") == []


@pytest.mark.parametrize("blocker_is_author", [True, False])
async def test_those_who_block_each_other_send_no_support(app: Litestar, *, blocker_is_author: bool) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    blocker, blocked = (author, other) if blocker_is_author else (other, author)
    await avoid(blocker.id, blocked.id, AvoidanceKind.BLOCK, at=now())

    with pytest.raises(NotAllowed):
        await toggle_reaction(thread.post_id, other.id, "proud", at=now())

    assert await fetch("SELECT 1 FROM reaction") == []
    assert await reaction_notices(author) == []


async def test_support_from_somebody_muted_makes_no_notice(app: Litestar) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await avoid(author.id, other.id, AvoidanceKind.MUTE, at=now())

    await toggle_reaction(thread.post_id, other.id, "proud", at=now())

    assert (await reactions_of([thread.post_id], None))[thread.post_id].given == ("proud",)
    assert await reaction_notices(author) == []


@pytest.mark.parametrize("state", ["held", "removed", "deleted"])
async def test_posts_that_others_cannot_read_take_no_support(
    app: Litestar, client: httpx.AsyncClient, state: str
) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    reply = await a_reply(thread, author)
    await set_state(reply, state)
    await enter(client, app, friend)

    assert (await react(client, reply, "proud")).status_code == 404
    assert await fetch("SELECT 1 FROM reaction") == []


@pytest.mark.parametrize("kind", ["", "down", "with-you'; DROP TABLE reaction; --", "\x00", "👎", "x" * 100_000])
async def test_only_the_four_kinds_exist(app: Litestar, client: httpx.AsyncClient, kind: str) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, friend)

    assert (await react(client, thread.post_id, kind)).status_code == 400
    assert await fetch("SELECT 1 FROM reaction") == []


@pytest.mark.parametrize("post_id", ["0", "999999", "99999999999999999999999"])
async def test_unknown_posts_are_not_found(app: Litestar, client: httpx.AsyncClient, post_id: str) -> None:
    await enter(client, app, await a_member("brave-heron-7"))

    answer = await submit(client, f"/posts/{post_id}/reactions", {"kind": "proud"}, page="/me")

    assert answer.status_code == 404


async def test_signed_out_visitor_is_asked_to_sign_in(app: Litestar, client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))

    answer = await submit(client, f"/posts/{thread.post_id}/reactions", {"kind": "proud"})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert await fetch("SELECT 1 FROM reaction") == []


async def test_posts_of_members_who_left_still_take_support(app: Litestar) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await execute("UPDATE post SET author = NULL")

    await toggle_reaction(thread.post_id, friend.id, "thank-you", at=now())

    assert (await reactions_of([thread.post_id], friend.id))[thread.post_id].mine == {"thank-you"}


async def test_every_asked_post_has_its_entry_in_the_order_of_the_buttons(app: Litestar) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    quiet = await a_reply(thread, author)
    for kind in reversed(KINDS):
        await toggle_reaction(thread.post_id, friend.id, kind, at=now())

    found = await reactions_of([thread.post_id, quiet], author.id)

    assert found[thread.post_id].given == tuple(KINDS)
    assert found[thread.post_id].mine == frozenset()
    assert found[quiet].given == ()
