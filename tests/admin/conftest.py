"""An admin at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


@pytest_asyncio.fixture
async def admin(app: Litestar, client: httpx.AsyncClient) -> Person:
    """An admin whom ``client`` is signed in as, second factor passed."""
    person = await a_member("steady-heron-20", role="admin")
    await enter(client, app, person, second_factor=True)
    return person
