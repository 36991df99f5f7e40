"""An admin at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


@pytest_asyncio.fixture
async def admin(app: Litestar, client: httpx.AsyncClient) -> Person:
    """An admin whom ``client`` is signed in as, second factor passed."""
    person = await a_member("steady-heron-20", role="admin")
    await enter(client, app, person, second_factor=True)
    return person


@pytest_asyncio.fixture
async def other_admin(admin: Person, app: Litestar, new_browser: NewBrowser) -> httpx.AsyncClient:
    """The browser of another admin."""
    browser = new_browser()
    await enter(browser, app, await a_member("calm-fern-12", role="admin"), second_factor=True)
    return browser
