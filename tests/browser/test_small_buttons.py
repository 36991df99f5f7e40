"""A small button beside a half-typed answer: whatever becomes of it, the answer stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from models.database import execute
from tests.browser.conftest import PHONE
from tests.support.conversation import Written, a_board, a_thread
from tests.support.people import a_member
from tests.support.sessions import let_in

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Visitors

HALF = "Half a thou"


async def begin_an_answer(page: Page) -> Written:
    """Have a reader who typed half an answer to a thread of somebody else."""
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    await let_in(page, await a_member("quiet-otter-41"))
    await page.goto(f"/threads/{thread.thread_id}")
    await page.get_by_label("Your answer").fill(HALF)
    return thread


async def test_session_that_ended_is_told_and_leads_to_sign_in(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        thread = await begin_an_answer(page)
        await page.context.clear_cookies(name="kith-session")

        await page.get_by_role("button", name="With you").click()

        said = page.locator("#said")
        await expect(said).to_contain_text("Please sign in")
        await expect(said.get_by_role("link", name="Sign in")).to_have_attribute(
            "href", f"/sign-in?next=/threads/{thread.thread_id}"
        )
        await expect(page.get_by_label("Your answer")).to_have_value(HALF)


async def test_refusal_is_told_above_the_page(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        thread = await begin_an_answer(page)
        await execute("UPDATE post SET state = 'removed' WHERE id = $1", thread.post_id)

        await page.get_by_role("button", name="With you").click()

        await expect(page.locator("#said")).to_contain_text("Nothing here")
        await expect(page.get_by_label("Your answer")).to_have_value(HALF)
