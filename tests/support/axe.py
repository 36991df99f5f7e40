"""What axe-core, and a look at the width, find wrong with a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"


@cache
def _script() -> str:
    return AXE.read_text(encoding="utf-8")


async def problems_on(page: Page) -> list[str]:
    """Return what axe-core finds, and whether the page is wider than the screen."""
    await page.evaluate(_script())
    found = await page.evaluate(f"axe.run(document, {RULES}).then((result) => result.violations)")
    problems = [f"{page.url}: {one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append(f"{page.url}: wider than the screen")
    return problems
