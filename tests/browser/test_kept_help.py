"""The help page without a network, on one that stalls, and while Kith is down: the numbers that were looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from models.database import execute
from tests.browser.conftest import PHONE, PLAIN_PHONE
from tests.support.helplines import a_helpline
from tests.support.people import a_member
from tests.support.sessions import let_in

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

    from tests.browser.conftest import Visitors

KEPT = "This page also opens without a network on this device now, for"


@pytest.fixture(autouse=True)
async def lines(app: object) -> None:
    """A line of this Kith's own country, and one of another."""
    await a_helpline("Line at Home", country="GB")
    await a_helpline("Line Abroad", country="US")


async def look_at_help(page: Page, address: str = "/help") -> None:
    """Open the help page, until a copy of it is kept."""
    await page.goto(address)
    await expect(page.get_by_text(KEPT)).to_be_visible()


async def test_help_is_there_without_a_network_after_a_visit(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await look_at_help(page)
        await page.context.set_offline(offline=True)

        await page.goto("/help")
        await expect(page.get_by_text("Line at Home", exact=True).first).to_be_visible()
        await page.goto("/boards/anything")
        await expect(page.get_by_role("link", name="Open the help page")).to_be_visible()


async def test_member_abroad_finds_the_lines_of_their_region_without_a_network(visitors: Visitors) -> None:
    member = await a_member("quiet-otter-41")
    await execute("UPDATE member SET region = 'US' WHERE id = $1", member.id)
    async with visitors.visit(PHONE) as page:
        await let_in(page, member)
        await look_at_help(page)
        await expect(page.get_by_text(KEPT)).to_contain_text("for United States")
        await page.context.set_offline(offline=True)

        await page.goto("/help")

        await expect(page.get_by_text("Line Abroad", exact=True).first).to_be_visible()
        await expect(page.get_by_text("Line at Home", exact=True)).to_have_count(0)


async def test_country_that_was_looked_at_can_be_chosen_without_a_network(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await look_at_help(page)
        await look_at_help(page, "/help?country=US&need=crisis")
        await page.context.set_offline(offline=True)
        await page.goto("/help")
        await expect(page.get_by_text("Line Abroad", exact=True).first).to_be_visible()

        await page.get_by_label("Country").select_option("GB")
        await page.get_by_role("button", name="Show").click()

        await expect(page.get_by_text("Line at Home", exact=True).first).to_be_visible()


async def test_need_that_was_kept_once_is_forgotten(visitors: Visitors) -> None:
    async with visitors.visit(PHONE) as page:
        await page.goto("/about")
        await page.evaluate(
            """async () => {
              const copies = await caches.open("kith-help-1");
              for (const address of ["/help?country=GB&need=suicide", "/help?country=GB"])
                await copies.put(address, new Response("Kept", { headers: { vary: "cookie" } }));
            }"""
        )

        await look_at_help(page, "/help?country=US")

        copies = await page.evaluate(
            "caches.open('kith-help-1').then((one) => one.keys()).then((keys) => keys.map(({ url }) => url))"
        )
        assert not [address for address in copies if "need" in address]
        assert [address for address in copies if address.endswith("country=GB")]


async def test_copies_know_the_country_alone_and_nobody_who_was_signed_in(visitors: Visitors) -> None:
    member = await a_member("quiet-otter-41")
    async with visitors.visit(PHONE) as page:
        await let_in(page, member)
        await look_at_help(page, "/help?country=US&need=gambling")

        copies = await page.evaluate(
            """async () => {
              const copies = await caches.open("kith-help-1");
              const texts = (await copies.matchAll()).map((answer) => answer.text());
              return [(await copies.keys()).map(({ url }) => url), await Promise.all(texts)];
            }"""
        )

    assert not [address for address in copies[0] if "need" in address]
    assert not [text for text in copies[1] if "Sign out" in text]


async def test_copy_is_promised_only_where_it_is_kept(visitors: Visitors) -> None:
    async with visitors.visit(PLAIN_PHONE) as page:
        await page.goto("/help")

        await expect(page.get_by_text(KEPT)).to_be_hidden()


async def broken(route: Route) -> None:
    """Answer as a proxy does whose Kith is down."""
    await route.fulfill(status=502, body="Bad Gateway", content_type="text/html")


async def stalled(_: Route) -> None:
    """Never answer."""


@pytest.mark.parametrize("trouble", [broken, stalled])
async def test_numbers_are_there_while_kith_is_down_or_the_network_stalls(visitors: Visitors, trouble: object) -> None:
    async with visitors.visit(PHONE) as page:
        await look_at_help(page)
        await page.context.route("**/help", trouble)  # type: ignore[arg-type]

        await page.goto("/help")

        await expect(page.get_by_text("Line at Home", exact=True).first).to_be_visible()


@pytest.mark.parametrize("choice", ["country=US&need=", "country=US&need=crisis", "country=GB&need=crisis"])
async def test_choice_takes_effect_on_a_slow_network_that_answers_in_the_end(visitors: Visitors, choice: str) -> None:
    async with visitors.visit(PHONE) as page:
        await look_at_help(page, "/help?country=GB")
        has_waited = False

        async def slow(route: Route) -> None:
            """Answer once a page that asks for its own copy would have been given that."""
            nonlocal has_waited
            own = await page.context.new_page()
            await own.goto("/help?country=GB")
            has_waited = True
            await route.continue_()

        await page.context.route("**/help?country=GB", stalled)
        await page.context.route(f"**/help?{choice}", slow)

        await page.goto(f"/help?{choice}")

        assert has_waited
        await expect(page.get_by_label("Country")).to_have_value(choice[8:10])
        await expect(page.get_by_label("What is it about?")).to_have_value(choice.partition("need=")[2])
