"""A real Chromium for the tests of this folder, on a phone and on a desk, with and without JavaScript."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from litestar import Litestar
    from playwright.async_api import Browser, Page

    from tests.support.live import LiveKith

# No look-ups of its own: the browser is to meet Kith and nothing else.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Device:
    """How somebody meets Kith."""

    width: int
    height: int
    has_script: bool
    is_dark: bool = False


PHONE = Device(390, 844, has_script=True)
DESK = Device(1280, 800, has_script=True, is_dark=True)
PLAIN_PHONE = Device(390, 844, has_script=False, is_dark=True)
PLAIN_DESK = Device(1280, 800, has_script=False)
DEVICES = {"desk": DESK, "phone without script": PLAIN_PHONE}
"""The two that have the least in common."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave this folder out where ``scripts/test`` found no browser and could get none; it says so in its last line."""
    return True if os.environ.get("KITH_BROWSER_TESTS") == "skip" and collection_path.suffix == ".py" else None


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for all tests: the one that KITH_BROWSER names, else Playwright's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("KITH_BROWSER") or _chromium_on_path(), args=ARGUMENTS
        )
        yield browser
        await browser.close()


def _chromium_on_path() -> str | None:
    from shutil import which

    return which("chromium") or which("chromium-browser") or which("google-chrome")


class Visitors:
    """Opens browsers that know nothing of each other, all on the same running Kith."""

    def __init__(self, chromium: Browser, live: LiveKith) -> None:
        """Keep what every visit needs."""
        self._chromium = chromium
        self.live = live

    @asynccontextmanager
    async def visit(self, device: Device = DESK) -> AsyncGenerator[Page]:
        """Open a page on a device; script errors and refused content fail the test."""
        context = await self._chromium.new_context(
            base_url=self.live.base_url,
            viewport={"width": device.width, "height": device.height},
            java_script_enabled=device.has_script,
            color_scheme="dark" if device.is_dark else "light",
            accept_downloads=True,
        )
        problems: list[str] = []
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
        yield page
        await context.close()
        assert problems == []


@pytest.fixture
def visitors(chromium: Browser, live_kith: LiveKith, app: Litestar) -> Visitors:
    """Visitors of the running Kith, whose tables are emptied after the test."""
    return Visitors(chromium, live_kith)
