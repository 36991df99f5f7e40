"""Where an answer leads, and what the page there will say of what was done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from server.settings import Settings
from server.web.cookies import said_cookie

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Page


def goes_to(answer: httpx.Response) -> tuple[str, str]:
    """Return the address of a redirect, and the code of the sentence that its page will say; empty for none."""
    held = [value for name, value in answer.cookies.items() if name.endswith("kith-said")]
    return answer.headers["location"], held[0].partition(".")[0] if held else ""


async def have_said(page: Page, path: str, code: str) -> None:
    """Have a real browser's next visit to ``path`` say one of the known sentences."""
    cookie = said_cookie(Settings(data_dir=Path(), secret_key=""), code, path)
    await page.context.add_cookies([{"name": cookie.key, "value": cookie.value or "", "url": page.url}])
