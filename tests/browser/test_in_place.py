"""What htmx and our own script add: answers in place, drafts while typing, leaving quickly, help without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from models.database import fetch_one
from tests.browser.conftest import DESK, PHONE, PLAIN_DESK, Device
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.helplines import a_helpline, around_now
from tests.support.people import Person, a_member
from tests.support.sessions import let_in
from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.browser.conftest import Visitors
    from tests.support.conversation import Written

NEUTRAL = "https://www.wikipedia.org/**"
"""Where leaving leads. The tests see that it is asked for; they do not go there."""

ESCAPE = """(kind) => document.body.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Escape", bubbles: true, ...kind }))"""
IS_LEAVING = "document.documentElement.classList.contains('leaving')"


async def _a_thread_to_answer() -> tuple[Written, Person]:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    return thread, await a_member("quiet-otter-41")


async def test_answer_appears_without_a_new_page(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    async with visitors.visit(PHONE) as page:
        await let_in(page, reader)
        await page.goto(f"/threads/{thread.thread_id}")
        await page.evaluate("window.isStillTheSamePage = true")
        await page.get_by_label("Your answer").fill("I hear you.")
        await page.get_by_role("button", name="Post", exact=True).click()

        await expect(page.locator("#posts").get_by_text("I hear you.")).to_be_visible()
        await expect(page.get_by_label("Your answer")).to_have_value("")
        await expect(page.get_by_role("status").get_by_text("Your post has arrived.")).to_be_visible()
        assert await page.evaluate("window.isStillTheSamePage")


async def test_warning_keeps_the_text_in_place(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    async with visitors.visit(PHONE) as page:
        await let_in(page, reader)
        await page.goto(f"/threads/{thread.thread_id}")
        await page.get_by_label("Your answer").fill("Write to me: jo.example@example.org")
        await page.get_by_role("button", name="Post", exact=True).click()

        await expect(page.get_by_text("an e-mail address")).to_be_visible()
        await expect(page.get_by_label("Your answer")).to_have_value("Write to me: jo.example@example.org")
        await page.get_by_role("button", name="Post anyway").click()
        await expect(page.locator("#posts").get_by_text("Write to me")).to_be_visible()


async def test_what_is_typed_becomes_a_draft_by_itself(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    async with visitors.visit() as page:
        await let_in(page, reader)
        await page.goto(f"/threads/{thread.thread_id}")
        await page.get_by_label("Your answer").press_sequentially("Half a thou")

        await expect(page.get_by_text("Draft saved at")).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("Your answer")).to_have_value("Half a thou")


async def test_session_that_ends_while_writing_loses_nothing(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    async with visitors.visit(PHONE) as page:
        await let_in(page, reader)
        await page.goto(f"/threads/{thread.thread_id}")
        await page.get_by_label("Your answer").fill("A long and careful answer.")
        await page.context.clear_cookies(name="kith-session")
        await page.get_by_role("button", name="Post", exact=True).click()

        await expect(page.get_by_label("What you wrote is safe here")).to_have_value("A long and careful answer.")
        await page.get_by_label("Your name here").fill(reader.handle)
        await page.get_by_label("Recovery phrase or password").fill(reader.phrase)
        await page.get_by_role("button", name="Sign in and go on").click()
        await expect(page.get_by_label("What you wrote", exact=True)).to_have_value("A long and careful answer.")
        await page.get_by_role("button", name="Send it").click()
        await expect(page.get_by_text("A long and careful answer.")).to_be_visible()


async def test_text_stays_when_the_network_goes(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    async with visitors.visit(PHONE) as page:
        await let_in(page, reader)
        await page.goto(f"/threads/{thread.thread_id}")
        await page.get_by_label("Your answer").fill("Under a bridge of no signal.")
        await page.context.set_offline(offline=True)
        await page.get_by_role("button", name="Post", exact=True).click()

        await expect(page.locator("#said")).to_contain_text("still")
        await expect(page.get_by_label("Your answer")).to_have_value("Under a bridge of no signal.")
        await page.context.set_offline(offline=False)
        await page.get_by_role("button", name="Post", exact=True).click()
        await expect(page.locator("#posts").get_by_text("Under a bridge of no signal.")).to_be_visible()


async def test_double_click_on_post_makes_one_post(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    for device in (PHONE, Device(390, 844, has_script=False)):
        async with visitors.visit(device) as page:
            await let_in(page, reader)
            await page.goto(f"/threads/{thread.thread_id}")
            await page.get_by_label("Your answer").fill(f"Once, script {device.has_script}.")
            await page.get_by_role("button", name="Post", exact=True).dblclick()
            await expect(page.get_by_text(f"Once, script {device.has_script}.")).to_have_count(1)
    assert (await fetch_one("SELECT count(*) AS n FROM post WHERE body LIKE 'Once%'"))["n"] == 2


async def test_escape_twice_leaves_for_a_neutral_page(visitors: Visitors) -> None:
    thread, reader = await _a_thread_to_answer()
    async with visitors.visit(DESK) as page:
        await let_in(page, reader)
        await page.goto(f"/threads/{thread.thread_id}")
        async with page.expect_request(NEUTRAL) as asked:
            await page.keyboard.press("Escape")
            await page.keyboard.press("Escape")
        # It came by a redirect from /leave, which took the thread's place in the history.
        before = (await asked.value).redirected_from
        assert before
        assert before.url.endswith("/leave")
        assert await page.context.cookies(visitors.live.base_url) == []
        await until(lambda: _session_count_is(0))


@pytest.mark.parametrize("kind", [{"isComposing": True}, {"keyCode": 229}], ids=["composing", "composed"])
async def test_escape_that_ends_the_input_of_a_word_does_not_leave(visitors: Visitors, kind: dict[str, object]) -> None:
    async with visitors.visit(DESK) as page:
        await page.goto("/about")
        for _ in range(3):
            await page.evaluate(ESCAPE, kind)

        assert not await page.evaluate(IS_LEAVING)


async def test_escape_that_closes_a_dialog_does_not_count_for_leaving(visitors: Visitors) -> None:
    case_id = await flag_post((await _a_thread_to_answer())[0].post_id)
    async with visitors.visit(DESK) as page:
        await let_in(page, await a_member("calm-owl-1", role="moderator"), second_factor=True)
        await page.goto(f"/moderation/cases/{case_id}")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()

        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.keyboard.press("Escape")

        assert not await page.evaluate(IS_LEAVING)


@pytest.mark.parametrize(("device", "is_told"), [(DESK, True), (PLAIN_DESK, False)], ids=["script", "plain"])
async def test_escape_is_told_only_where_it_leaves(visitors: Visitors, device: Device, *, is_told: bool) -> None:
    async with visitors.visit(device) as page:
        await page.goto("/about")
        await expect(page.get_by_text("press Escape twice")).to_be_visible(visible=is_told)


async def test_leave_link_works_without_script(visitors: Visitors) -> None:
    _, reader = await _a_thread_to_answer()
    async with visitors.visit(Device(390, 844, has_script=False)) as page:
        await let_in(page, reader)
        await page.goto("/me")
        async with page.expect_request(NEUTRAL):
            await page.get_by_role("link", name="Leave quickly").click(no_wait_after=True)

        assert await page.context.cookies(visitors.live.base_url) == []


async def test_page_that_lay_open_says_no_more_that_a_line_is_open(visitors: Visitors) -> None:
    zone = "Asia/Tokyo"
    await a_helpline("Evening Line", country="GB", hours="Evenings", opening=around_now(-1, 3, zone), zone=zone)
    async with visitors.visit(PHONE) as page:
        await page.clock.install()
        await page.goto("/help")
        await expect(page.get_by_text("Open now", exact=True)).to_be_visible()

        await page.clock.fast_forward("11:00")

        await expect(page.get_by_text("Evening Line", exact=True).first).to_be_visible()
        await expect(page.get_by_text("Open now", exact=True)).to_be_hidden()


async def _session_count_is(number: int) -> bool:
    return bool((await fetch_one("SELECT count(*) AS n FROM session"))["n"] == number)
