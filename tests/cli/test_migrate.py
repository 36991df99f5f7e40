"""Tables are brought up to date as a whole or not at all, and who starts Kith is told in words why they were not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.databases import connected
from tests.support.installation import kith
from tests.support.live import free_port, services_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings

ONE_AND_NO_MORE = """
    CREATE TABLE migration (id serial PRIMARY KEY, name varchar(200) NOT NULL, ran_on timestamp NOT NULL,
                            app_name varchar(200) NOT NULL CONSTRAINT one_and_no_more UNIQUE)"""
"""Piccolo's own table, except that no second migration can be recorded."""
REFUSES_HASTE = """
    CREATE FUNCTION refuse_haste() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('statement_timeout') <> '0' THEN RAISE EXCEPTION 'this may take longer'; END IF;
        END $$;
    CREATE EVENT TRIGGER refuse_haste ON ddl_command_start EXECUTE FUNCTION refuse_haste()"""
SCHEMA = """
    SELECT table_name, column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
    WHERE table_schema = 'public'
    UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'migration', name FROM migration
    ORDER BY 1, 2"""


@pytest_asyncio.fixture(loop_scope="session")
async def given(services: Settings) -> AsyncIterator[dict[str, str]]:
    """The environment that leads to an empty database of this test's own."""
    own = services.database_address.replace("/kith?", "/migrated?", 1)
    async with connected(services.database_address) as connection:
        await connection.execute("CREATE DATABASE migrated")
        yield services_of(services) | {"KITH_DATABASE_URL": own, "KITH_LISTEN": f"127.0.0.1:{free_port()}"}
        await connection.execute("DROP DATABASE migrated WITH (FORCE)")


async def execute(given: dict[str, str], sql: str) -> None:
    async with connected(given["KITH_DATABASE_URL"]) as connection:
        await connection.execute(sql)


async def schema_of(address: str) -> list[tuple[str, str]]:
    async with connected(address) as connection:
        return [tuple(row) for row in await connection.fetch(SCHEMA)]


async def test_migration_that_could_not_be_recorded_blocks_no_later_start(
    app: Litestar, given: dict[str, str], tmp_path: Path
) -> None:
    await execute(given, ONE_AND_NO_MORE)
    assert (await kith(tmp_path / "var", "migrate", **given)).status == 1
    await execute(given, "ALTER TABLE migration DROP CONSTRAINT one_and_no_more")

    again = await kith(tmp_path / "var", "migrate", **given)

    assert again.status == 0, again.output
    complete = await schema_of(app.state.settings.database_address)
    assert await schema_of(given["KITH_DATABASE_URL"]) == complete


async def test_migrations_may_take_as_long_as_they_need(given: dict[str, str], tmp_path: Path) -> None:
    await execute(given, REFUSES_HASTE)

    done = await kith(tmp_path / "var", "migrate", **given)

    assert done.status == 0, done.output


async def test_second_process_waits_for_the_first_and_finds_all_done(given: dict[str, str], tmp_path: Path) -> None:
    done = await asyncio.gather(*(kith(tmp_path / "var", "migrate", **given) for _ in range(2)))

    assert [process.status for process in done] == [0, 0], done


@pytest.mark.parametrize("command", ["migrate", "seed", "up"])
async def test_step_that_fails_ends_a_command_with_a_sentence(
    given: dict[str, str], tmp_path: Path, command: str
) -> None:
    await execute(given, ONE_AND_NO_MORE)

    done = await kith(tmp_path / "var", command, **given)

    assert done.status == 1
    assert "The tables could not be brought up to date: PostgreSQL stopped at a step" in done.output
    assert "Traceback" not in done.output


async def test_user_without_the_right_to_change_tables_is_told_so(given: dict[str, str], tmp_path: Path) -> None:
    await execute(given, "CREATE ROLE guest LOGIN")
    as_guest = given["KITH_DATABASE_URL"].replace("postgres@", "guest@", 1)
    try:
        done = await kith(tmp_path / "var", "migrate", **given | {"KITH_DATABASE_URL": as_guest})
    finally:
        await execute(given, "DROP ROLE guest")

    assert done.status == 1
    assert "The tables could not be brought up to date: this user of PostgreSQL may not change them" in done.output
    assert "Traceback" not in done.output
