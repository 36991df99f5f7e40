"""A transaction gives its connection back, however it ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import asyncpg
import pytest_asyncio

from models.database import engine, execute, transaction
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from litestar import Litestar

    from server.settings import Settings

LOCK = 9
COMMIT_WAITS = f"""
    CREATE TABLE waited (number integer);
    CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NULL; END$$;
    CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON waited DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_at_commit()"""


@pytest_asyncio.fixture
async def watcher(app: Litestar, services: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the test's own, which keeps every commit of a row in ``waited`` from ending."""
    connection = await asyncpg.connect(services.database_address)
    await connection.execute(COMMIT_WAITS)
    await connection.execute(f"SELECT pg_advisory_lock({LOCK})")
    yield connection
    await connection.execute("DROP TABLE waited; DROP FUNCTION wait_at_commit")
    await connection.close()


async def test_who_is_cancelled_while_it_commits_keeps_no_connection(watcher: asyncpg.Connection) -> None:
    pool = engine().pool
    assert pool is not None
    free = pool.get_idle_size()

    async def write() -> None:
        async with transaction():
            await execute("INSERT INTO waited VALUES (1)")

    async def waits() -> bool:
        return await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1

    writing = asyncio.create_task(write())
    await until(waits)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    await watcher.execute(f"SELECT pg_advisory_unlock({LOCK})")

    await until(lambda: pool.get_idle_size() == free)
