"""What tests of moderation share: somebody who is signed in, and the two ways out of Kith."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.outside import MailServer, Webhook, listening
from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from litestar import Litestar


@pytest.fixture
async def moderator(app: Litestar, client: httpx.AsyncClient) -> Person:
    """A moderator, signed in with a second factor."""
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    return person


@pytest_asyncio.fixture
async def webhook() -> AsyncIterator[Webhook]:
    server = Webhook()
    async with listening(server):
        yield server


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = MailServer()
    async with listening(server):
        yield server


@pytest.fixture
async def author(app: Litestar) -> Person:
    """Somebody who writes."""
    return await a_member("quiet-otter-41")


@pytest.fixture
async def first(app: Litestar) -> Person:
    """A moderator, not signed in."""
    return await a_member("calm-owl-1", role="moderator")


@pytest.fixture
async def second(app: Litestar) -> Person:
    """Another one."""
    return await a_member("calm-owl-2", role="moderator")
