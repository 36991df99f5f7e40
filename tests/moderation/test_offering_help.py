"""When help is offered to the author of a heavy post, what its notice leads to, and what alone closes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.moderation.forms import DecisionForm
from server.notices.service import NEWEST
from server.support.offering import close_support, is_support_offered, offer_support
from tests.support.cases import decided
from tests.support.conversation import a_board, a_thread
from tests.support.helplines import a_helpline
from tests.support.people import Person, a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


@pytest.fixture
async def author(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody to whom help is offered, signed in."""
    person = await a_member("quiet-otter-41")
    await enter(client, app, person)
    await offer_support(person.id, (await a_thread(await a_board(), person)).post_id, at=now())
    return person


async def panel(client: httpx.AsyncClient) -> str:
    page = (await client.get("/me/support", headers={"hx-request": "true"})).text
    return re.sub(r"\s+", " ", page)


async def offer_shown(client: httpx.AsyncClient) -> str:
    """Return which offer the panel's button closes."""
    found = re.search(r'name="up_to" value="(\d+)"', await panel(client))
    assert found
    return found[1]


async def test_line_of_the_own_region_is_shown_where_the_author_chose_one(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    region = app.state.settings.default_region
    own = "NL" if region != "NL" else "BE"
    await a_helpline("Default line", country=region)
    await a_helpline("Own line", country=own)
    await execute("UPDATE member SET region = $2 WHERE id = $1", author.id, own)

    page = await panel(client)
    assert "Own line" in page
    assert "Default line" not in page


async def test_notice_of_help_leads_to_help_and_the_panel_stays(client: httpx.AsyncClient, author: Person) -> None:
    link = re.search(r'href="(/notices/\d+)">You wrote something heavy', (await client.get("/notices")).text)
    assert link

    answer = await client.get(link[1])

    assert answer.headers["location"] == "/help"
    assert 'class="card stack support-panel"' in (await client.get("/help")).text


async def test_marking_all_notices_as_read_leaves_the_panel(client: httpx.AsyncClient, author: Person) -> None:
    await submit(client, "/notices/read", page="/notices")

    assert await is_support_offered(author.id)


async def test_offer_of_help_is_its_panel_and_no_unread_notice(client: httpx.AsyncClient, author: Person) -> None:
    page = (await client.get("/notices")).text

    assert "You wrote something heavy" in page
    assert "new-mark" not in page
    assert "Mark all as read" not in page, "there would be nothing for it to do"


async def test_notice_of_help_leads_there_also_when_the_post_is_gone(client: httpx.AsyncClient, author: Person) -> None:
    await execute("UPDATE post SET state = 'deleted', body = ''")

    assert re.search(r'href="/notices/\d+">You wrote something heavy', (await client.get("/notices")).text)


async def change(author: Person, body: str, *, revision: int) -> int:
    """Let the author change their one post, and return its id."""
    [post] = await fetch("SELECT id FROM post")
    to = Change("A long night", body, ContentNote("", ""), revision)
    await change_post(post["id"], author.id, to, at=now())
    return int(post["id"])


async def test_closed_panel_comes_back_when_a_changed_post_is_read_as_urgent(app: Litestar, author: Person) -> None:
    await close_support(author.id, up_to=NEWEST, at=now())
    post_id = await change(author, "I do not want to be here any more.", revision=1)

    await offer_support(author.id, post_id, at=now())

    assert await is_support_offered(author.id)


async def test_rules_offer_help_again_after_a_change_into_a_crisis(app: Litestar, author: Person) -> None:
    await close_support(author.id, up_to=NEWEST, at=now())

    await change(author, "I am going to kill myself tonight.", revision=1)

    assert await is_support_offered(author.id)


async def test_help_is_offered_once_for_one_text(app: Litestar, author: Person) -> None:
    await close_support(author.id, up_to=NEWEST, at=now())
    post_id = await change(author, "I am going to kill myself tonight.", revision=1)
    await close_support(author.id, up_to=NEWEST, at=now())

    await offer_support(author.id, post_id, at=now())

    assert not await is_support_offered(author.id), "the rules had offered it for this text"


async def test_closing_an_older_page_leaves_an_offer_that_it_did_not_show(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    older = await offer_shown(client)
    another = await a_thread(await a_board("nights"), author)
    await offer_support(author.id, another.post_id, at=now())

    await submit(client, "/me/support/close", {"up_to": older}, page="/help")
    assert await is_support_offered(author.id)

    await submit(client, "/me/support/close", {"up_to": await offer_shown(client)}, page="/help")
    assert not await is_support_offered(author.id)


async def test_open_offer_is_not_made_twice(client: httpx.AsyncClient, author: Person) -> None:
    await change(author, "I am going to kill myself tonight.", revision=1)

    assert len(await fetch("SELECT 1 FROM notice WHERE kind = 'support'")) == 1
    assert "Your post in “A long night” is up" in await panel(client)


async def test_panel_does_not_say_that_a_changed_post_was_read(client: httpx.AsyncClient, author: Person) -> None:
    owl = await a_member("calm-owl-1", role="moderator")
    [post] = await fetch("SELECT id FROM post")
    await decided(post["id"], owl, DecisionForm(revision=1))
    assert "A moderator has read what you wrote" in await panel(client)

    await change(author, "I am going to kill myself tonight.", revision=1)

    assert "A moderator has read what you wrote" not in await panel(client)
