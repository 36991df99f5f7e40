"""Two moderators, because one alone cannot vet what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


@pytest_asyncio.fixture
async def writer(app: Litestar, client: httpx.AsyncClient) -> Person:
    """The moderator whom ``client`` is signed in as."""
    person = await a_member("steady-heron-20", role="moderator")
    await enter(client, app, person, second_factor=True)
    return person


@pytest_asyncio.fixture
async def colleague(app: Litestar, new_browser: NewBrowser) -> httpx.AsyncClient:
    """The browser of another moderator."""
    browser = new_browser()
    await enter(browser, app, await a_member("calm-fern-12", role="moderator"), second_factor=True)
    return browser
