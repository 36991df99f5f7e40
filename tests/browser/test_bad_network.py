"""What asks by itself while somebody writes, on a network that comes and goes, leaves the page and its words alone."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from models.database import execute
from server.clock import now
from tests.browser.conftest import PHONE
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member
from tests.support.saying import have_said
from tests.support.sessions import let_in
from tests.support.waiting import until
from triage.queue.claims import claim

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from playwright.async_api import Locator, Page, Route

    from tests.browser.conftest import Visitors

LONG = "How are your evenings? " * 40
UNREACHABLE = "Kith could not be reached"
EXTENDED = re.compile("/extend$")


@asynccontextmanager
async def broken_server(table: str) -> AsyncGenerator[None]:
    """Have the server break wherever it would write into a table, until the block ends."""
    await execute(f"ALTER TABLE {table} ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    try:
        yield
    finally:
        await execute(f"ALTER TABLE {table} DROP CONSTRAINT full_disk")


async def open_long_thread(page: Page) -> Locator:
    """Have a reader far down in a thread, before the field of their answer."""
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author, body=LONG)
    await a_reply(thread, author, LONG)
    await page.clock.install()
    await let_in(page, await a_member("quiet-otter-41"))
    await have_said(page, f"/threads/{thread.thread_id}", "followed")
    await page.goto(f"/threads/{thread.thread_id}")
    return page.get_by_label("Your answer")


async def open_own_case(page: Page) -> Locator:
    """Have a moderator far down on the page of a case that is theirs, before the field of their answer."""
    moderator = await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"), body=LONG)
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    await let_in(page, moderator, second_factor=True)
    await page.goto(f"/moderation/cases/{case_id}")
    return page.get_by_label("Your answer")


async def place_on(page: Page) -> int:
    """Return how far down the page is, in pixels; never its top."""
    place = int(await page.evaluate("scrollY"))
    assert place > 0
    return place


async def test_draft_that_no_network_takes_is_told_beside_the_text(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        await page.context.set_offline(offline=True)
        await answer.press_sequentially("Under a bridge of no signal.")
        before = await place_on(page)
        await page.clock.fast_forward("00:03")

        await expect(page.locator("#draft-state")).to_contain_text(UNREACHABLE)
        assert await page.evaluate("scrollY") == before
        await expect(answer).to_be_focused()


async def test_draft_that_a_broken_server_does_not_take_is_told_beside_the_text(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        async with broken_server("draft"):
            await answer.press_sequentially("Nobody keeps this.")
            before = await place_on(page)
            await page.clock.fast_forward("00:03")
            await expect(page.locator("#draft-state")).to_contain_text(UNREACHABLE)
        assert await page.evaluate("scrollY") == before

        await answer.press_sequentially(" And now?")
        await page.clock.fast_forward("00:03")
        await expect(page.locator("#draft-state")).to_contain_text("Draft saved at")


async def test_message_stays_while_a_draft_is_saved(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        await answer.press_sequentially("I hear you.")
        await page.clock.fast_forward("00:03")

        await expect(page.locator("#draft-state")).to_contain_text("Draft saved at")
        await expect(page.locator("#said")).to_contain_text("You follow this thread now.")


async def test_time_that_no_network_extends_moves_nothing_while_a_moderator_writes(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_own_case(page)
        await page.evaluate("addEventListener('htmx:sendError', () => { window.hasFailed = true; })")
        await page.context.set_offline(offline=True)
        await answer.press_sequentially("We are here.")
        await until(lambda: page.evaluate("window.hasFailed"))

        await place_on(page)
        await expect(answer).to_be_in_viewport()
        await expect(page.locator("#said")).to_be_empty()


async def test_time_that_a_broken_server_does_not_extend_leaves_the_page_to_its_writer(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_own_case(page)
        await page.evaluate("addEventListener('htmx:afterRequest', () => { window.hasAnswered = true; })")
        async with broken_server("moderation_case"), page.expect_response(EXTENDED) as broken:
            await answer.press_sequentially("We are here.")
        assert (await broken.value).status == 500
        await until(lambda: page.evaluate("window.hasAnswered"))

        await expect(answer).to_have_value("We are here.")
        await expect(answer).to_be_focused()
        await expect(page.locator("#said")).to_be_empty()


async def test_moderator_who_asks_for_more_time_hears_that_no_network_is_there(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await open_own_case(page)
        await page.context.set_offline(offline=True)
        await page.get_by_role("button", name="Ten more minutes").click()

        await expect(page.locator("#said")).to_contain_text(UNREACHABLE)


async def stalled(_: Route) -> None:
    """Never answer."""


async def post(page: Page) -> None:
    await page.get_by_role("button", name="Post", exact=True).click()


async def test_network_that_goes_after_an_answer_arrived_is_told_all_the_same(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        await answer.fill("I hear you.")
        await post(page)
        await expect(page.locator("#said")).to_contain_text("Your post has arrived.")
        await answer.fill("One thing more.")
        await page.context.set_offline(offline=True)

        await post(page)

        await expect(page.locator("#said")).to_contain_text(UNREACHABLE)
        await expect(answer).to_have_value("One thing more.")


async def test_network_that_stalls_is_told_while_it_lasts_and_at_its_end(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        assert await page.evaluate("htmx.config.timeout") == 30_000
        await page.evaluate("htmx.config.timeout = 2000")
        await page.route("**/replies", stalled)
        await answer.fill("I hear you.")

        await post(page)

        await expect(page.get_by_text("Sending…")).to_be_visible()
        await expect(page.locator("#said")).to_contain_text(UNREACHABLE)
        await expect(page.get_by_text("Sending…")).to_have_count(0)
        await expect(answer).to_have_value("I hear you.")


async def test_text_that_is_too_large_stays_and_nothing_says_that_it_is_still_being_sent(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        # Not typed, so that no saved draft takes the line; a million letters in sight would keep the browser busy.
        await answer.evaluate(
            """(area) => {
              area.value = "I hear you.";
              const more = { type: "hidden", name: "more", value: "a".repeat(1100000) };
              area.form.append(Object.assign(document.createElement("input"), more));
            }"""
        )

        await post(page)

        await expect(page.locator("#said")).to_contain_text("That is too large")
        await expect(page.locator("#said")).to_contain_text("still on this page")
        await expect(page.get_by_text("Sending…")).to_have_count(0)
        await expect(answer).to_have_value("I hear you.")


async def test_page_that_the_browser_brings_back_says_no_more_that_it_sends(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_long_thread(page)
        await page.route("**/replies", stalled)
        await answer.fill("I hear you.")
        await post(page)
        await expect(page.get_by_text("Sending…")).to_be_visible()

        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

        await expect(page.get_by_text("Sending…")).to_have_count(0)


@pytest.mark.parametrize(
    ("form", "button"),
    [
        ("/boards/{board}/new", "Post"),
        ("/threads/{thread}/reply?to={post}", "Post"),
        ("/posts/{post}/edit", "Save the change"),
    ],
)
async def test_text_on_a_page_of_its_own_stays_when_the_network_goes_and_is_posted_when_it_is_back(
    visitors: Visitors, form: str, button: str
) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    thread = await a_thread(board, author)
    reply = await a_reply(thread, author, "A long evening.")
    async with visitors.visit(PHONE) as page:
        await let_in(page, author)
        await page.goto(form.format(board=board.slug, thread=thread.thread_id, post=reply))
        if await page.get_by_label("Title").count():
            await page.get_by_label("Title").fill("Under a bridge")
        text = page.locator("textarea[name='body']")
        await text.fill("Under a bridge of no signal.")
        await page.context.set_offline(offline=True)

        await page.get_by_role("button", name=button, exact=True).click()

        await expect(page.locator("#said")).to_contain_text(UNREACHABLE)
        await expect(text).to_have_value("Under a bridge of no signal.")
        await page.context.set_offline(offline=False)
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.locator("#posts").get_by_text("Under a bridge of no signal.")).to_be_visible()
        await expect(page.locator("#said")).not_to_contain_text(UNREACHABLE)
