"""Pages of members that only show on the way: the phrase, a slip, a code, text that outlived its session."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect
from pyotp.totp import TOTP

from models.database import execute, fetch
from server.clock import now
from server.members.staff import create_admin
from tests.browser.conftest import DESK, DEVICES, PHONE, PLAIN_PHONE, Device
from tests.support.axe import ON_THE_WAY, problems_at_phone_and_desk
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from tests.support.sessions import let_in

if TYPE_CHECKING:
    from litestar import Litestar
    from playwright.async_api import Page

    from tests.browser.conftest import Visitors


@pytest.mark.parametrize("path", ["/", "/join/phrase"])
async def test_text_twice_as_large_fits_a_small_phone(visitors: Visitors, path: str) -> None:
    async with visitors.visit(Device(320, 640, has_script=True)) as page:
        await page.goto("/join")
        await page.get_by_role("button", name="Join", exact=True).click()
        await expect(page.locator("#recovery-phrase li")).to_have_count(7)
        if path != urlsplit(page.url).path:
            await page.goto(path)
        await page.evaluate("document.documentElement.style.fontSize = '200%'")

        for part in await page.locator(".safety .button, #recovery-phrase li").all():
            box = await part.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 320
            assert await part.evaluate("part => part.scrollWidth <= part.clientWidth")


async def test_pages_on_the_way_are_accessible(visitors: Visitors, app: Litestar) -> None:
    made = await create_admin("calm-fern-12", at=now(), settings=app.state.settings)
    found: list[str] = []
    looked_at: set[str] = set()
    async with visitors.visit(PHONE) as page:

        async def look() -> list[str]:
            looked_at.add(urlsplit(page.url).path)
            return await problems_at_phone_and_desk(page)

        await page.goto("/join")
        await page.get_by_role("button", name="Join", exact=True).click()
        await expect(page.locator("#recovery-phrase li")).to_have_count(7)
        found += await look()
        await page.get_by_role("link", name="Not now").click()
        found += await look()
        await page.get_by_role("link", name="Do it now").click()
        found += await look()
        await page.get_by_role("button", name="Sign out").click()
        await page.goto("/sign-in")
        await _sign_in(page, made.handle, " ".join([*made.phrase.split()[:5], "zzyzx"]))
        await expect(page.get_by_role("alert")).to_contain_text("this one had 6")
        found += await look()
        await _sign_in(page, made.handle, made.phrase)
        await expect(page.get_by_label("Code")).to_be_visible()
        found += await look()
        await page.get_by_label("Code").fill("000000")
        await page.get_by_role("button", name="Go on").click()
        found += await look()
        await page.get_by_label("Code").fill(TOTP(made.totp_secret).at(now()))
        await page.get_by_role("button", name="Go on").click()
        await page.goto("/account/second-factor")
        found += await look()
        await page.get_by_label("Code of your app now", exact=True).fill(made.recovery_codes[0])
        await page.get_by_role("button", name="Make new codes").click()
        await expect(page.locator("#recovery-codes li")).to_have_count(10)
        found += await look()

    assert found == []
    assert looked_at >= set(ON_THE_WAY)


async def _sign_in(page: Page, handle: str, secret: str) -> None:
    await page.get_by_label("Your name here").fill(handle)
    await page.get_by_label("Recovery phrase or password").fill(secret)
    await page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("device", DEVICES)
async def test_text_outlives_its_session(visitors: Visitors, app: Litestar, device: str) -> None:
    person = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    async with visitors.visit(DEVICES[device]) as page:
        await let_in(page, person)
        await page.goto(f"/threads/{thread.thread_id}/reply")
        await page.get_by_label("Your text").fill("I wrote this at night")
        await execute("DELETE FROM session")
        await app.state.redis.flushdb()
        await page.get_by_role("button", name="Post", exact=True).click()
        await page.get_by_label("Your name here").fill(person.handle)
        await page.get_by_label("Recovery phrase or password").fill(person.phrase)
        await page.get_by_role("button", name="Sign in and go on").click()
        await page.get_by_role("button", name="Send it").click()
        await expect(page.get_by_text("I wrote this at night")).to_be_visible()

    assert [row["body"] for row in await fetch("SELECT body FROM post ORDER BY id")][1:] == ["I wrote this at night"]


async def test_two_taps_on_join_make_one_member(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await page.goto("/join")
        await page.get_by_role("button", name="Join", exact=True).dblclick()
        await expect(page.locator("#recovery-phrase li")).to_have_count(7)
        words = [word.strip() for word in await page.locator("#recovery-phrase li").all_inner_texts()]
        handle = await page.get_by_role("heading", level=1).inner_text()
        await page.context.clear_cookies()
        await page.goto("/sign-in")
        await _sign_in(page, handle.removeprefix("Welcome, "), " ".join(words))
        await expect(page.get_by_role("link", name="My page")).to_be_visible()

    assert len(await fetch("SELECT 1 FROM member")) == 1


async def test_a_secret_can_be_shown_while_it_is_typed(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await page.goto("/sign-in")
        secret = page.get_by_label("Recovery phrase or password")
        await secret.fill("seven words")
        await page.get_by_role("button", name="Show what I type").click()
        await expect(secret).to_have_attribute("type", "text")
        await page.get_by_role("button", name="Show what I type").click()
        await expect(secret).to_have_attribute("type", "password")


async def test_without_script_nothing_offers_what_does_not_work(visitors: Visitors) -> None:
    async with visitors.visit(PLAIN_PHONE) as page:
        await page.goto("/sign-in")
        await expect(page.get_by_role("button", name="Show what I type")).to_be_hidden()
        await page.goto("/join")
        before = await page.get_by_label("Your name here").input_value()
        await page.get_by_role("button", name="Suggest another").click()
        await expect(page.get_by_label("Your name here")).not_to_have_value(before)


async def test_another_suggestion_keeps_the_rest_of_the_form(visitors: Visitors) -> None:
    async with visitors.visit(DESK) as page:
        await page.goto("/join")
        before = await page.get_by_label("Your name here").input_value()
        await page.get_by_label("Where you live").select_option("DE")
        await page.get_by_role("button", name="Suggest another").click()
        await expect(page.get_by_label("Your name here")).not_to_have_value(before)
        await expect(page.get_by_label("Where you live")).to_have_value("DE")


@pytest.mark.parametrize("device", [PHONE, PLAIN_PHONE], ids=["with script", "without script"])
async def test_leaving_quickly_signs_out(visitors: Visitors, device: Device) -> None:
    async with visitors.visit(device) as page:
        await let_in(page, await a_member("quiet-otter-41"))
        await page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="somewhere else"))
        await page.goto("/account")
        await page.get_by_role("link", name="Leave quickly").click()
        await page.wait_for_url("https://www.wikipedia.org/**")

        assert await page.context.cookies() == []
    assert await fetch("SELECT 1 FROM session") == []


@pytest.mark.parametrize("role", ["guest", "member", "moderator"])
async def test_navigation_is_one_row_on_a_phone(visitors: Visitors, role: str) -> None:
    async with visitors.visit(Device(360, 760, has_script=True)) as page:
        if role != "guest":
            await let_in(page, await a_member("calm-owl-1", role=role), second_factor=role != "member")
        last = {"guest": "/sign-in", "member": "/me", "moderator": "/moderation"}[role]
        for width in (360, 390):
            await page.set_viewport_size({"width": width, "height": 760})
            await page.goto(last)

            row = await page.get_by_role("navigation", name="Main").bounding_box()
            assert row
            assert row["height"] < 60
            assert await page.evaluate("document.documentElement.scrollWidth") == width
            await expect(page.locator(".site-nav [aria-current]")).to_be_in_viewport(ratio=0.99)
