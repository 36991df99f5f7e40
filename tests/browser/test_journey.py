"""One member's whole way: join, phrase, post, answer, react, search, report, export, erase."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from models.database import fetch, fetch_one
from tests.browser.conftest import DEVICES
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Visitors

OWN_WORDS = "Today was day four. The kettle, a walk, and a very long bath of silence."


@pytest.mark.parametrize("device", DEVICES)
async def test_member_goes_the_whole_way(visitors: Visitors, device: str) -> None:
    board = await a_board()
    other = await a_thread(board, await a_member("calm-fern-12"), title="Evenings", body="What do you do at nine?")

    async with visitors.visit(DEVICES[device]) as page:
        handle, phrase = await _join(page)
        await _post(page, board.slug)
        await _answer(page, other.thread_id)
        await _react(page, other.thread_id)
        await _search(page)
        await _speak_up(page, other.post_id)
        await _export(page)
        await _erase(page, handle, phrase)

    assert await fetch("SELECT 1 FROM member WHERE handle = $1", handle) == []
    assert await fetch("SELECT 1 FROM post WHERE body = $1", OWN_WORDS) == []


async def _join(page: Page) -> tuple[str, str]:
    await page.goto("/")
    await page.get_by_role("link", name="Join in half a minute").click()
    handle = await page.get_by_label("Your name here").input_value()
    await page.get_by_role("button", name="Join", exact=True).click()
    words = await page.locator("#recovery-phrase li").all_inner_texts()
    assert len(words) == 7
    await page.get_by_label("I have written it down").check()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("link", name="My page")).to_be_visible()
    return handle, " ".join(word.strip() for word in words)


async def _post(page: Page, board: str) -> None:
    await page.goto(f"/boards/{board}")
    await page.get_by_role("link", name="Start a thread").first.click()
    await page.get_by_label("Title").fill("Day four")
    await page.get_by_label("Your text").fill(OWN_WORDS)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_role("heading", name="Day four")).to_be_visible()
    await expect(page.get_by_text(OWN_WORDS)).to_be_visible()


async def _answer(page: Page, thread_id: int) -> None:
    await page.goto(f"/threads/{thread_id}")
    await page.get_by_label("Your answer").fill("I read to the dog.")
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_text("I read to the dog.")).to_be_visible()
    await expect(page.get_by_label("Your answer")).to_have_value("")


async def _react(page: Page, thread_id: int) -> None:
    await page.goto(f"/threads/{thread_id}")
    await page.get_by_role("button", name="With you").first.click()
    await expect(page.get_by_role("button", name="With you").first).to_have_attribute("aria-pressed", "true")


async def _search(page: Page) -> None:
    await page.get_by_role("link", name="Search").click()
    await page.get_by_label("What are you looking for?").fill("kettle")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="Day four").first.click()
    await expect(page.get_by_text(OWN_WORDS)).to_be_visible()


async def _speak_up(page: Page, post_id: int) -> None:
    await page.goto(f"/posts/{post_id}/worried")
    await page.get_by_label("What would you like them to know?").fill("They sound very low.")
    await page.get_by_role("button", name="Tell the moderators").click()
    await expect(page.get_by_text("Thank you for looking out for somebody")).to_be_visible()
    assert (await fetch_one("SELECT kind FROM report"))["kind"] == "worried"


async def _export(page: Page) -> None:
    await page.goto("/account/export")
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Download").click()
    path = await (await started.value).path()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        everything = json.loads(archive.read(next(name for name in names if name.endswith(".json"))))
        page_to_read = archive.read(next(name for name in names if name.endswith(".html"))).decode()
    assert OWN_WORDS in json.dumps(everything, ensure_ascii=False)
    assert OWN_WORDS in page_to_read
    assert "What do you do at nine?" not in page_to_read


async def _erase(page: Page, handle: str, phrase: str) -> None:
    await page.goto("/account/erase")
    await page.get_by_label(re.compile("Type your name")).fill(handle)
    await page.get_by_label("Your phrase or password now").fill(phrase)
    await page.get_by_role("button", name="Erase everything").click()
    await expect(page.get_by_role("link", name="Join", exact=True)).to_be_visible()
    await page.goto("/search?q=kettle")
    await expect(page.get_by_text(OWN_WORDS)).to_have_count(0)
