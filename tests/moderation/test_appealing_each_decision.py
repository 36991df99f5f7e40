"""Several decisions about one post: each is objected to by itself, and what became of one settles no other."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from server.clock import now
from server.moderation.acts import Pause, PostAct
from server.moderation.appealing import appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import decided, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, enter, fill_in, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

CLOSING = DecisionForm(revision=1, post_act=PostAct.COVER, pause=Pause.FOR_GOOD, reason="You sold things.")
REMOVAL = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It named a street.")
CLOSED = "A moderator closed your account for writing."
FINAL = "what was decided is final"


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


@pytest.fixture
async def browser(app: Litestar, new_browser: NewBrowser, author: Person) -> httpx.AsyncClient:
    """The author's."""
    browser = new_browser()
    await enter(browser, app, author)
    return browser


async def link_beside(browser: httpx.AsyncClient, sentence: str) -> str:
    """Return the link to ask for another look that stands below a notice."""
    page = html.unescape((await browser.get("/notices")).text)
    found = re.search(rf'{re.escape(sentence)}.*?href="(/posts/\d+/appeal[^"]*)"', page, re.DOTALL)
    assert found
    return found[1]


async def test_link_beside_a_notice_is_about_the_decision_that_it_tells_of(
    browser: httpx.AsyncClient, thread: Written, first: Person, second: Person
) -> None:
    await decided(thread.post_id, first, CLOSING)
    await decided(thread.post_id, second, REMOVAL)
    link = await link_beside(browser, CLOSED)

    page = (await browser.get(link)).text
    assert "You sold things." in page
    assert "It named a street." not in page
    assert (await fill_in(browser, link, {"details": "It was a gift."})).status_code == 303

    [case] = await open_cases()
    assert await claim(case["id"], first.id, at=now()) is None, "it is about their decision"  # type: ignore[arg-type]
    assert await claim(case["id"], second.id, at=now())  # type: ignore[arg-type]
    assert "You have asked already" in (await browser.get(link)).text


async def test_what_was_decided_on_one_leaves_the_other_to_be_looked_at(
    browser: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    closing = await decided(thread.post_id, first, CLOSING)
    await appeal(await decided(thread.post_id, second, REMOVAL), author.id, "It named none.", at=now())
    [case] = await open_cases()
    assert await claim(case["id"], first.id, at=now())  # type: ignore[arg-type]
    await decide(case["id"], first.id, DecisionForm(revision=1), at=now())  # type: ignore[arg-type]
    link = await link_beside(browser, CLOSED)

    assert FINAL in (await browser.get(f"/posts/{thread.post_id}/appeal")).text
    assert FINAL not in (await browser.get(link)).text
    assert (await fill_in(browser, link, {"details": "It was a gift."})).status_code == 303
    assert link.endswith(f"?decision={closing}")
    assert len(await open_cases()) == 1


async def test_open_objection_to_one_is_none_to_another_that_was_settled(
    browser: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    await appeal(await decided(thread.post_id, first, CLOSING), author.id, "It was a gift.", at=now())
    [case] = await open_cases()
    assert await claim(case["id"], second.id, at=now())  # type: ignore[arg-type]
    covered = DecisionForm(revision=1, post_act=PostAct.COVER)
    await decide(case["id"], second.id, covered, at=now())  # type: ignore[arg-type]
    await appeal(await decided(thread.post_id, second, REMOVAL), author.id, "It named none.", at=now())

    assert FINAL in (await browser.get(await link_beside(browser, CLOSED))).text
    assert "You have asked already" in (await browser.get(f"/posts/{thread.post_id}/appeal")).text


async def test_moderator_reads_every_objection_and_what_it_is_about(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    decisions = [await decided(thread.post_id, first, form) for form in (CLOSING, REMOVAL)]
    for decision, words in zip(decisions, ("It was a gift.", "It named none."), strict=True):
        await appeal(decision, author.id, words, at=now())
    await enter(client, app, second, second_factor=True)
    [case] = await open_cases()

    page = (await client.get(f"/moderation/cases/{case['id']}")).text

    assert page.count("The author says") == 2
    assert "It was a gift." in page
    assert "It named none." in page
    assert "The author objects:" not in page


async def test_objection_to_one_goes_on_where_the_same_moderator_takes_another_back(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    closing = await decided(thread.post_id, first, CLOSING)
    removal = await decided(thread.post_id, first, REMOVAL)
    for decision in (closing, removal):
        await appeal(decision, author.id, "Please look again.", at=now())
    [case] = await open_cases()

    assert await undo(removal, first.id, at=now()) == case["id"]

    [left] = await open_cases()
    assert left["id"] == case["id"]
    assert await claim(case["id"], first.id, at=now()) is None, "it is still about a decision of theirs"  # type: ignore[arg-type]


@pytest.mark.parametrize("chosen", ["424242", "nonsense", "99999999999999999999999"])
async def test_decision_that_is_none_of_theirs_is_not_found(
    browser: httpx.AsyncClient, thread: Written, first: Person, chosen: str
) -> None:
    await decided(thread.post_id, first, REMOVAL)
    path = f"/posts/{thread.post_id}/appeal"

    assert (await browser.get(f"{path}?decision={chosen}")).status_code == 404
    sent = await submit(browser, path, {"details": "Please.", "decision": chosen}, page="/me")
    assert sent.status_code == 404
    assert await open_cases() == []
