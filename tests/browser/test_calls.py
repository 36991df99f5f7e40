"""Calls to staff in a browser: who may switch them on, and what the service worker shows. No push service is met."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from models.database import fetch
from tests.browser.conftest import DESK, PHONE, PLAIN_PHONE
from tests.support.axe import problems_on
from tests.support.people import a_member
from tests.support.push import Phone
from tests.support.sessions import let_in
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page, Worker

    from tests.browser.conftest import Visitors

ENDPOINT, KEYS = "https://push.example/calls/one", Phone().keys
SUBSCRIBES = f"""PushManager.prototype.subscribe = async (options) => {{
    return {{ toJSON: () => ({json.dumps({"endpoint": ENDPOINT, "keys": KEYS})}) }};
}}"""
"""In place of the one step that needs a push service."""
NEEDED = "Kith: somebody is needed"
REGISTER = "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => true)"
CLICK = """async (page) => {
    const done = new Promise((resolve) => {
        WindowClient.prototype.focus = function () { resolve(`focus ${new URL(this.url).pathname}`); };
        Clients.prototype.openWindow = (address) => { resolve(`open ${new URL(address).pathname}`); };
    });
    const [notification] = await self.registration.getNotifications({ tag: page });
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    return done;
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((one) => [one.title, one.body, one.tag])"""


async def on_shift_page(page: Page) -> None:
    """Sign a moderator in and open their shift."""
    await page.context.grant_permissions(["notifications"])
    await let_in(page, await a_member("calm-owl-1", role="moderator"), second_factor=True)
    await page.goto("/moderation/shift")


async def test_button_asks_the_browser_and_registers_the_device(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await page.add_init_script(SUBSCRIBES)
        await on_shift_page(page)
        await expect(page.get_by_text("This browser cannot be called")).to_be_hidden()

        await page.get_by_role("button", name="Call me on this device").click()

        await expect(page.get_by_text("Kith can call you on this device now.")).to_be_visible()
        await expect(page.get_by_role("button", name="Send me a test")).to_be_visible()
        assert await problems_on(page) == []
        rows = await fetch("SELECT endpoint, p256dh, auth FROM push_subscription")
        assert [dict(row) for row in rows] == [{"endpoint": ENDPOINT, **KEYS}]


async def test_without_a_script_the_page_says_why_there_is_no_button(visitors: Visitors) -> None:
    async with visitors.visit(PLAIN_PHONE) as page:
        await on_shift_page(page)

        await expect(page.get_by_text("This browser cannot be called")).to_be_visible()
        await expect(page.get_by_role("button", name="Call me on this device")).to_be_hidden()


@pytest.mark.parametrize(
    ("sent", "shown", "leads_to"),
    [
        ('{"kind":"urgent","case":7}', [NEEDED, "An urgent case waits for you."], "open /moderation/cases/7"),
        ('{"kind":"test","case":null}', ["Kith: a test", "Calls reach you on this device."], "focus /moderation/shift"),
        ('{"kind":"words of a post"}', [NEEDED, "A case waits for you."], "open /moderation"),
        ("no JSON", [NEEDED, "A case waits for you."], "open /moderation"),
    ],
)
async def test_call_shows_fixed_words_and_leads_to_its_case(
    visitors: Visitors, sent: str, shown: list[str], leads_to: str
) -> None:
    async with visitors.visit(DESK) as page:
        await on_shift_page(page)
        worker, notifications = await deliver(page, sent)

        [notification] = notifications
        assert notification[:2] == shown
        assert await worker.evaluate(CLICK, notification[2]) == leads_to


async def deliver(page: Page, sent: str) -> tuple[Worker, list[list[str]]]:
    """Hand a message to the page's service worker as the browser does when one arrives.

    Return the worker, and what it shows. The message is handed over until something is seen: asked for them too early,
    Chromium throws notifications away that its desktop does not show yet. One of the same tag replaces the one before.
    """
    session: CDPSession = await page.context.new_cdp_session(page)
    registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def remember(update: dict[str, Any]) -> None:
        if update["registrations"] and not registered.done():
            registered.set_result(update["registrations"][0]["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", remember)
    await session.send("ServiceWorker.enable")
    await page.evaluate(REGISTER)
    origin = await page.evaluate("location.origin")
    message = {"origin": origin, "registrationId": await asyncio.wait_for(registered, 10), "data": sent}
    shown: list[list[str]] = []

    async def is_shown() -> bool:
        await session.send("ServiceWorker.deliverPushMessage", message)
        shown[:] = await page.evaluate(SHOWN)
        return bool(shown)

    await until(is_shown)
    return page.context.service_workers[0], shown
