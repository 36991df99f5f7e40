"""A database beside the one of the tests: a connection of the test's own to it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Open a connection until the block ends."""
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()
