"""What axe-core, and a look at the width, find wrong with a page, and which pages the browser tests look at.

``tests/test_access.py`` holds the lists against the table of all routes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"
OPEN_TO_ALL = ["/", "/boards/quiet-nights", "/threads/{thread}", "/posts/{other}/worried", "/search", "/search?q=night",
               "/help", "/help?country=DE", "/resources", "/resources/night-walks", "/myths",
               "/myths/moonlight-cures-a-cold", "/transparency", "/about", "/join", "/sign-in", "/nowhere"]  # fmt: skip
FOR_MEMBERS = ["/", "/me", "/notices", "/boards/quiet-nights/new", "/threads/{thread}",
               "/threads/{thread}/reply?to={answer}", "/posts/{own}/edit",
               "/posts/{own}/delete", "/posts/{other}/worried", "/posts/{other}/report",
               "/posts/{other}/author/avoid", "/account", "/account/handle", "/account/phrase", "/account/password",
               "/account/sessions", "/account/region", "/account/reading", "/account/avoided", "/account/export",
               "/account/erase", "/me/resources"]  # fmt: skip
FOR_ADMINS = ["/admin", "/admin/boards", "/admin/boards/new", "/admin/boards/{board}", "/admin/people",
              "/admin/helplines", "/admin/helplines/new", "/admin/helplines/1", "/admin/care", "/admin/audit",
              "/moderation", "/moderation/debrief", "/moderation/debrief/{decision}", "/moderation/resources",
              "/moderation/resources/new", "/moderation/resources/import", "/moderation/resources/{resource}",
              "/moderation/myths", "/moderation/myths/new", "/moderation/myths/{myth}",
              "/moderation/templates", "/moderation/templates/new", "/moderation/templates/1",
              "/posts/{other}/history", "/account/second-factor"]  # fmt: skip
OF_A_CASE = ["/moderation", "/moderation/cases/{case}", "/moderation/cases/{case}/alike", "/moderation/shift"]
TO_ITS_AUTHOR = ["/threads/{urgent}", "/threads/{removed}", "/posts/{removed_post}/appeal"]
ON_THE_WAY = ["/join/phrase", "/sign-in/code", "/account/second-factor"]
"""Reached by the buttons before them."""
LOOKED_AT = [*OPEN_TO_ALL, *FOR_MEMBERS, *FOR_ADMINS, *OF_A_CASE, *TO_ITS_AUTHOR, *ON_THE_WAY]

NO_PAGES = {
    "/admin/audit/export": "a file",
    "/boards/by-id/{board_id}/new": "leads on to the board's own address",
    "/health": "for programs",
    "/leave": "leads out of Kith",
    "/me/support": "a part of a page",
    "/me/support/live": "a part of a page, when there is one",
    "/moderation/cases/{case_id}/onlookers": "a part of a page",
    "/moderation/live": "a part of a page, when there is one",
    "/moderation/resources/export": "a file",
    "/notices/count": "a part of a page",
    "/notices/{notice_id}": "leads on to what the notice is about",
    "/posts/{post_id}": "leads on to the post in its thread",
    "/static/{name}": "a file",
    "/sw.js": "a file",
}
"""What answers to GET and is nothing that a person looks at, and why."""

ALL_RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
RULES_OF_LOOKS = "{runOnly: {type: 'rule', values: ['color-contrast', 'target-size', 'link-in-text-block']}}"
"""What depends on colours and widths."""


@cache
def _script() -> str:
    return AXE.read_text(encoding="utf-8")


async def problems_on(page: Page) -> list[str]:
    """Return what is wrong with a page as it is shown now."""
    await page.evaluate(_script())
    return await _problems(page, ALL_RULES)


async def problems_at_phone_and_desk(page: Page) -> list[str]:
    """Return what is wrong with a page on a phone in light and at a desk in dark; the page stays on a phone."""
    found = await problems_on(page)
    phone = page.viewport_size
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.emulate_media(color_scheme="dark")
    found += await _problems(page, RULES_OF_LOOKS)
    await page.emulate_media(color_scheme="light")
    if phone:
        await page.set_viewport_size(phone)
    return found


async def _problems(page: Page, rules: str) -> list[str]:
    """Return what axe-core finds, and whether the page is wider than the screen."""
    found = await page.evaluate(f"axe.run(document, {rules}).then((result) => result.violations)")
    problems = [f"{page.url}: {one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append(f"{page.url}: wider than the screen")
    return problems
