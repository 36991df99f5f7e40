"""A restore that is killed leaves the database as it was, not half of each."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest_asyncio

from server.backup.postgres_tools import dump_database, replace_database
from tests.support.databases import connected
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import asyncpg

    from server.settings import Settings

LOCK = 7
REPLACE = "import asyncio, pathlib, sys; from server.backup.postgres_tools import replace_database as replace;"
REPLACE += "asyncio.run(replace(sys.argv[1], pathlib.Path(sys.argv[2])))"
STOPS_AT_THE_VIEW = f"""
    CREATE SCHEMA held;
    CREATE FUNCTION held.wait() RETURNS event_trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_advisory_xact_lock({LOCK}); END$$;
    CREATE EVENT TRIGGER held ON ddl_command_start WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION held.wait()"""


@pytest_asyncio.fixture(loop_scope="session")
async def address(services: Settings) -> AsyncIterator[str]:
    """Where a database of this test's own is."""
    base, _, name = services.database_address.partition("?")[0].rpartition("/")
    own = services.database_address.replace(f"{base}/{name}", f"{base}/replaced", 1)
    async with connected(services.database_address) as connection:
        await connection.execute("CREATE DATABASE replaced")
        yield own
        await connection.execute("DROP DATABASE replaced WITH (FORCE)")


@pytest_asyncio.fixture(loop_scope="session")
async def dump(address: str, tmp_path: Path) -> Path:
    """A dump whose view is followed by more rows than a pipe and the buffers beside it hold."""
    async with connected(address) as connection:
        await connection.execute("CREATE TABLE member (handle text)")
        await connection.execute("INSERT INTO member VALUES ('of the backup')")
        await connection.execute("CREATE VIEW seen AS SELECT handle FROM member")
        await connection.execute("CREATE TABLE post AS SELECT repeat('later ', 20) FROM generate_series(1, 60000)")
    await dump_database(address, tmp_path / "kith.dump")
    return tmp_path / "kith.dump"


async def handles(address: str) -> list[str]:
    async with connected(address) as connection:
        return [row["handle"] for row in await connection.fetch("SELECT handle FROM member")]


async def test_a_restore_killed_halfway_leaves_what_was_there(address: str, dump: Path) -> None:
    await replace_database(address, dump)
    async with connected(address) as watcher:
        await watcher.execute("UPDATE member SET handle = 'of today'; " + STOPS_AT_THE_VIEW)
        await watcher.execute(f"SELECT pg_advisory_lock({LOCK})")
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", REPLACE, address, str(dump))

        async def waits() -> bool:
            return await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

        await until(waits)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await watcher.execute(f"SELECT pg_advisory_unlock({LOCK})")
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await until(lambda: no_more(watcher, others))

    assert await handles(address) == ["of today"]


async def test_a_setting_that_older_servers_do_not_know_is_not_asked_for_and_a_row_that_reads_like_it_stays(
    services: Settings, address: str, tmp_path: Path
) -> None:
    async with connected(address) as connection:
        await connection.execute("CREATE TABLE member (handle text)")
        await connection.execute("INSERT INTO member VALUES ('SET transaction_timeout = 0;')")
    await dump_database(address, tmp_path / "kith.dump")
    async with connected(address) as connection:
        await connection.execute("ALTER DATABASE replaced SET log_statement = 'all'")

    await replace_database(address, tmp_path / "kith.dump")

    told = (services.places.logs / "postgres.log").read_text().splitlines()
    assert any("SET idle_in_transaction_session_timeout = 0;" in line for line in told)
    assert not any("SET transaction_timeout" in line for line in told)
    assert await handles(address) == ["SET transaction_timeout = 0;"]


async def no_more(watcher: asyncpg.Connection, others: str) -> bool:
    return await watcher.fetchval(others) == 0
