"""What somebody writes becomes a draft by itself: all of it, the newest words, and only what is saved is called so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.drafts import DraftText, save_draft
from server.forum.notes import ContentNote
from tests.browser.conftest import PHONE
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from tests.support.sessions import let_in
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Request, Route

    from tests.browser.conftest import Visitors

SAVED = "Draft saved at"
PAUSE = "00:03"
"""After which what was typed is sent."""
DRAFTS = "**/drafts"


class SlowLine:
    """Holds what is sent to be saved until it is let go."""

    def __init__(self) -> None:
        self.held: list[Route] = []

    async def hold(self, route: Route) -> None:
        """Keep a request."""
        self.held.append(route)

    async def holds(self, number: int) -> None:
        """Wait until so many requests were sent."""
        await until(lambda: len(self.held) == number)


async def open_thread(page: Page) -> Locator:
    """Have a reader before the field of their answer, with a clock that moves only when it is told to."""
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    await page.clock.install()
    await let_in(page, await a_member("quiet-otter-41"))
    await page.goto(f"/threads/{thread.thread_id}")
    await page.clock.pause_at(now() + timedelta(minutes=5))
    return page.get_by_label("Your answer")


async def slow_line(page: Page) -> SlowLine:
    """Put a page on a line that carries nothing to be saved for now."""
    line = SlowLine()
    await page.route(DRAFTS, line.hold)
    return line


async def being_saved(page: Page, words: str) -> tuple[Locator, SlowLine]:
    """Have a reader type words and pause, on a line that carries them no further."""
    answer = await open_thread(page)
    line = await slow_line(page)
    await answer.press_sequentially(words)
    await page.clock.fast_forward(PAUSE)
    await line.holds(1)
    return answer, line


def saves_of(page: Page) -> list[Request]:
    """Return what a page sends to be saved from now on."""
    saves: list[Request] = []
    page.on("request", lambda request: saves.append(request) if request.url.endswith("/drafts") else None)
    return saves


async def is_draft(body: str) -> bool:
    """Tell whether the server has these words."""
    row = await fetch_one("SELECT body FROM draft")
    return row is not None and row["body"] == body


async def post(page: Page) -> None:
    """Press the button that posts."""
    await page.get_by_role("button", name="Post", exact=True).click()


async def test_words_without_a_pause_are_saved_while_they_are_typed(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        for _ in range(9):
            await answer.press_sequentially("on ")
            await page.clock.fast_forward("00:02")

        await until(lambda: fetch("SELECT 1 FROM draft"))


async def test_words_on_a_slow_line_are_saved_one_after_the_other(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer, line = await being_saved(page, "I have")
        for word in (" a", " plan"):
            await answer.press_sequentially(word)
            await page.clock.fast_forward(PAUSE)

        await line.held[0].continue_()
        await line.holds(2)
        assert await is_draft("I have")
        await expect(page.locator("#draft-state")).to_be_empty()
        await line.held[1].continue_()

        await expect(page.get_by_text(SAVED)).to_be_visible()
        assert await is_draft("I have a plan")
        assert len(line.held) == 2


async def test_words_that_came_after_what_was_saved_are_not_called_saved(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer, line = await being_saved(page, "I have")
        await answer.press_sequentially(" a plan")
        await page.evaluate("addEventListener('htmx:afterRequest', () => { window.hasAnswered = true; })")

        await line.held[0].continue_()
        await until(lambda: page.evaluate("window.hasAnswered"))

        await expect(page.locator("#draft-state")).to_be_empty()


async def test_saved_is_taken_back_with_the_next_key(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        await answer.press_sequentially("I have")
        await page.clock.fast_forward(PAUSE)
        await expect(page.get_by_text(SAVED)).to_be_visible()

        await answer.press_sequentially(" a plan")

        await expect(page.locator("#draft-state")).to_be_empty()


async def test_words_that_no_network_took_are_sent_again_by_themselves(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        await page.context.set_offline(offline=True)
        await answer.press_sequentially("Under a bridge")
        await page.clock.fast_forward(PAUSE)
        await expect(page.locator("#draft-state")).to_contain_text("Kith could not be reached")
        await page.context.set_offline(offline=False)

        await page.clock.fast_forward("00:20")

        await expect(page.get_by_text(SAVED)).to_be_visible()
        assert await is_draft("Under a bridge")


async def test_refused_words_are_told_once_and_wait_for_new_ones(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        state, saves = page.locator("#draft-state"), saves_of(page)
        await page.context.clear_cookies(name="kith-session")
        await answer.press_sequentially("Half a")
        await page.clock.fast_forward(PAUSE)
        await expect(state).to_contain_text("Not saved:")
        await state.evaluate("(line) => { window.told = line.firstChild; }")
        await page.clock.fast_forward("01:00")

        async with page.expect_event("requestfinished", lambda request: request.url.endswith("/drafts")):
            await answer.press_sequentially(" thought")
            await page.clock.fast_forward(PAUSE)
        await until(lambda: page.evaluate("htmx.find('.htmx-request') === null"))

        assert await state.evaluate("(line) => line.firstChild === window.told")
        assert len(saves) == 2


async def test_words_are_saved_when_somebody_goes_to_another_page(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        await answer.press_sequentially("I cannot any more")

        await page.get_by_role("link", name="Help now").first.click()

        await page.wait_for_url("**/help")
        await until(lambda: is_draft("I cannot any more"))


async def test_words_are_saved_before_the_next_page_is_there(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        await answer.press_sequentially("I cannot any more")

        async def after_the_save(route: Route) -> None:
            await until(lambda: is_draft("I cannot any more"))
            await route.continue_()

        await page.route("**/threads/*", after_the_save)
        await page.reload()

        await expect(answer).to_have_value("I cannot any more")


async def test_words_are_saved_once_when_the_page_is_put_away(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        line = await slow_line(page)
        await answer.press_sequentially("Somebody comes")

        await page.evaluate(
            """() => {
              Object.defineProperty(document, "hidden", { get: () => true });
              document.dispatchEvent(new Event("visibilitychange"));
              dispatchEvent(new Event("pagehide"));
            }"""
        )

        await until(lambda: line.held)
        await line.held[0].continue_()
        await until(lambda: is_draft("Somebody comes"))
        assert len(line.held) == 1


async def test_post_is_taken_and_nothing_brings_it_back_as_a_draft(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer, line = await being_saved(page, "I hear")
        await page.evaluate("addEventListener('htmx:sendAbort', () => { window.isCalledBack = true; })")
        await answer.press_sequentially(" you.")
        await page.clock.fast_forward(PAUSE)

        await post(page)

        await expect(page.locator("#posts").get_by_text("I hear you.")).to_be_visible()
        assert await page.evaluate("window.isCalledBack")
        await page.clock.fast_forward("00:30")
        await page.get_by_role("link", name="Help now").first.click()
        await page.wait_for_url("**/help")
        assert len(line.held) == 1


async def test_draft_of_another_tab_outlives_a_post(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        await answer.press_sequentially("I hear you.")
        await post(page)
        await expect(page.locator("#posts").get_by_text("I hear you.")).to_be_visible()
        row = await fetch_one("SELECT author, thread FROM post WHERE body = 'I hear you.'")
        text = DraftText("", "And one thing more", ContentNote("", ""))
        await save_draft(row["author"], f"thread:{row['thread']}", text, at=now())
        saves = saves_of(page)

        await page.clock.fast_forward("00:30")
        await page.get_by_role("link", name="Help now").first.click()
        await page.wait_for_url("**/help")

        assert saves == []
        assert await is_draft("And one thing more")


async def test_nothing_is_saved_beside_a_post_on_its_way(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        posts, drafts = SlowLine(), await slow_line(page)
        await page.route("**/replies", posts.hold)
        await answer.press_sequentially("I hear you.")
        await post(page)
        await posts.holds(1)

        await page.clock.fast_forward(PAUSE)
        await posts.held[0].continue_()

        await expect(page.locator("#posts").get_by_text("I hear you.")).to_be_visible()
        assert drafts.held == []


@pytest.mark.parametrize(
    ("button", "answered", "words"),
    [
        ("Keep as draft", "Your draft is saved.", "I have"),
        ("Preview", "Preview", "I have"),
        ("Post", "Before you post", "My address is moss@example.org"),
    ],
)
async def test_words_typed_while_the_form_is_on_its_way_stay_and_are_saved(
    visitors: Visitors, button: str, answered: str, words: str
) -> None:
    async with visitors.visit(PHONE) as page:
        answer, line = await open_thread(page), SlowLine()
        await page.route("**/replies", line.hold)
        await answer.press_sequentially(words)
        await page.get_by_role("button", name=button, exact=True).click()
        await line.holds(1)
        await answer.press_sequentially(" a plan")

        await line.held[0].continue_()

        await expect(page.locator("#reply-form .banner, #reply-form h2").get_by_text(answered)).to_be_visible()
        await expect(answer).to_have_value(f"{words} a plan")
        await page.clock.fast_forward("00:20")
        await until(lambda: is_draft(f"{words} a plan"))


async def test_words_typed_amid_others_while_the_form_is_on_its_way_go_on_there(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer, line = await open_thread(page), SlowLine()
        await page.route("**/replies", line.hold)
        await answer.press_sequentially("I have a plan")
        await page.get_by_role("button", name="Keep as draft").click()
        await line.holds(1)
        await answer.press("Home")
        await answer.press_sequentially("So ")
        await line.held[0].continue_()
        await expect(page.get_by_text("Your draft is saved.")).to_be_visible()

        await page.keyboard.type("now ")

        await expect(answer).to_have_value("So now I have a plan")


async def test_who_leaves_quickly_sends_nothing_more(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        answer = await open_thread(page)
        await page.route("**/leave", lambda route: route.fulfill(body="elsewhere"))
        await answer.press_sequentially("Somebody comes")

        await page.get_by_role("link", name="Leave quickly").click()
        await page.wait_for_url("**/leave")

        await page.goto("/me")
        assert await fetch("SELECT 1 FROM draft") == []
