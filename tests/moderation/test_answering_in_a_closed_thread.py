"""A cry in a thread that closed around it: its author is answered where they can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch
from server.clock import now
from server.moderation.acts import PostAct
from server.moderation.forms import DecisionForm
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import tell_worry
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import Person, a_member, enter, submit
from tests.support.resources import a_resource
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

LETTER = "I read what you wrote, and I am glad that you are here."
REFUSED = "Its author cannot open this thread now"
WHY = "the post that opened the thread is kept from others or was taken down"


@pytest.fixture
async def thread(app: Litestar) -> Written:
    """Somebody else's."""
    return await a_thread(await a_board(), await a_member("brave-heron-7"))


@pytest.fixture
async def cry(thread: Written, author: Person) -> int:
    return await a_reply(thread, author, "I cannot go on.")


async def with_moderator(post_id: int, moderator: Person) -> str:
    """Flag a post, have a moderator take its case, and return the page of that."""
    case_id = await flag_post(post_id, Severity.CRISIS)
    assert await claim(case_id, moderator.id, at=now())
    return f"/moderation/cases/{case_id}"


async def decide(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await submit(client, f"{path}/decide", {"revision": "1", "act": "decide", **fields}, page="/me")


@pytest.mark.parametrize("state", ["held", "removed"])
async def test_page_offers_to_write_to_the_author_alone_and_says_why(
    client: httpx.AsyncClient, thread: Written, cry: int, moderator: Person, state: str
) -> None:
    await a_resource("Night Line")
    path = await with_moderator(cry, moderator)
    await set_state(thread.post_id, state)

    page = (await client.get(path)).text

    assert WHY in page
    assert '<input type="hidden" name="voice" value="private">' in page
    assert 'name="post_act"' in page
    assert not [name for name in ("resource-", "resource_search", "shows_correction") if f'name="{name}' in page]


async def test_page_offers_everything_where_the_thread_is_open(
    client: httpx.AsyncClient, cry: int, moderator: Person
) -> None:
    await a_resource("Night Line")

    page = (await client.get(await with_moderator(cry, moderator))).text

    assert WHY not in page
    assert [name for name in ("voice", "resource-", "shows_correction") if f'name="{name}' not in page] == []
    assert 'type="hidden" name="voice"' not in page


@pytest.mark.parametrize("what", ["words", "resource", "correction"])
async def test_nothing_is_put_where_the_author_cannot_see_it(
    client: httpx.AsyncClient, thread: Written, cry: int, author: Person, moderator: Person, what: str
) -> None:
    path = await with_moderator(cry, moderator)
    fields = {
        "words": {"words": LETTER, "voice": "public"},
        "resource": {f"resource-{await a_resource('Night Line')}": "on", "words": LETTER, "voice": "private"},
        "correction": {"shows_correction": "on", "seen_myth": "unseen", "words": LETTER, "voice": "private"},
    }[what]
    await set_state(thread.post_id, "held")

    answer = await decide(client, path, **fields)

    assert answer.status_code == 409
    assert REFUSED in answer.text
    assert LETTER in answer.text
    assert len(await open_cases()) == 1
    assert (await list_notices(author.id)).rows == []
    assert await fetch("SELECT 1 FROM post WHERE by_moderator") == []


async def test_answer_that_was_refused_reaches_the_author_alone_and_the_worried_hear_of_it(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, cry: int, author: Person,
    moderator: Person, second: Person,
) -> None:  # fmt: skip
    await tell_worry(cry, second.id, ReportForm(), at=now())
    path = await with_moderator(cry, moderator)
    await set_state(thread.post_id, "removed")
    assert (await decide(client, path, words=LETTER, voice="public")).status_code == 409
    assert (await list_notices(second.id)).rows == []

    assert (await decide(client, path, words=LETTER, voice="private")).status_code == 303

    browser = new_browser()
    await enter(browser, app, author)
    assert LETTER in (await browser.get("/notices")).text
    assert [line.detail for line in (await list_notices(second.id)).rows] == ["worried-helped"]


async def test_author_of_the_opening_reads_an_answer_to_it_though_it_is_held(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, author: Person, moderator: Person
) -> None:
    own = await a_thread(await a_board("bright-days"), author)
    await set_state(own.post_id, "held")
    path = await with_moderator(own.post_id, moderator)
    assert WHY not in (await client.get(path)).text

    sent = await decide(client, path, post_act="hold", reason="It names a dose.", words=LETTER, voice="public")

    assert sent.status_code == 303
    browser = new_browser()
    await enter(browser, app, author)
    assert LETTER in (await browser.get(f"/threads/{own.thread_id}")).text


async def test_post_in_a_closed_thread_is_still_decided_upon(thread: Written, cry: int, second: Person) -> None:
    await set_state(thread.post_id, "held")

    await decided(cry, second, DecisionForm(revision=1, post_act=PostAct.COVER, reason="It is heavy."))

    assert await open_cases() == []
