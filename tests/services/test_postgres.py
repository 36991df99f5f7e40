"""The embedded PostgreSQL keeps its data through crashes, keeps values out of its log, and says what is wrong."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import psutil
import pytest
from structlog.testing import capture_logs

from server.services import predecessor
from server.services.embedded import prepare_folders
from server.services.failures import ServiceFailed
from server.services.postgres import NAME, create_database, prepare_postgres
from server.services.supervisor import Supervisor
from server.settings import Settings
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "something that a member wrote"


def settings_in(folder: Path) -> Settings:
    settings = Settings(data_dir=folder / "var", secret_key="k" * 40)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    prepare_folders(settings.places)
    return settings


async def start(supervisor: Supervisor, settings: Settings) -> None:
    await supervisor.start(await prepare_postgres(settings.places))
    await create_database(settings.places)


async def run(settings: Settings, sql: str) -> object:
    connection = await asyncpg.connect(settings.database_address, timeout=5)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def answers(settings: Settings) -> bool:
    try:
        return await run(settings, "SELECT 1") == 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


async def test_what_was_committed_survives_a_kill_and_the_server_comes_back(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        await run(settings, "CREATE TABLE kept AS SELECT 42 AS number")
        first = supervisor.process_id(NAME)
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.process_id(NAME) != first)
        await until(lambda: answers(settings))
        assert await run(settings, "SELECT number FROM kept") == 42


async def test_a_recovery_that_takes_long_is_waited_for(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        await run(settings, "CREATE TABLE kept AS SELECT 42 AS number")
    # PostgreSQL now recovers from an archive, and this one is slow to say that it has nothing.
    (settings.places.postgres_data / "recovery.signal").touch()
    slow = {"restore_command": "while [ ! -e let_on ]; do sleep 0.05; done; false"}
    program = replace(await prepare_postgres(settings.places, changed_settings=slow), ready_within=5)
    async with Supervisor() as supervisor:
        with capture_logs() as lines:
            starting = asyncio.create_task(supervisor.start(program))
            await until(lambda: starting.done() or "service_recovers" in [line["event"] for line in lines])
        (settings.places.postgres_data / "let_on").touch()
        await starting
        assert await run(settings, "SELECT number FROM kept") == 42


async def test_it_is_set_to_lose_nothing_and_listens_on_no_network_address(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await run(settings, f"SHOW {name}") == "on"
        assert psutil.Process(supervisor.process_id(NAME)).net_connections(kind="inet") == []
    assert settings.places.postgres_sockets.stat().st_mode & 0o777 == 0o700


async def test_its_log_holds_neither_statements_nor_values_even_when_they_fail(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        await run(settings, "CREATE TABLE once (words text PRIMARY KEY)")
        await run(settings, f"INSERT INTO once VALUES ('{SECRET}')")
        for statement in (f"INSERT INTO once VALUES ('{SECRET}')", f"SELECT '{SECRET}'::integer", f"SELECT {SECRET}"):
            with pytest.raises(asyncpg.PostgresError):
                await run(settings, statement)
    log = (settings.places.logs / "postgres.log").read_text()
    assert "database system is ready" in log
    assert SECRET not in log
    assert "INSERT" not in log


async def test_a_second_start_finds_the_data_of_the_first(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        await run(settings, "CREATE TABLE kept AS SELECT 42 AS number")
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        assert await run(settings, "SELECT number FROM kept") == 42


async def test_data_of_another_major_version_is_left_alone_and_the_way_across_is_named(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
    (settings.places.postgres_data / "PG_VERSION").write_text("15\n")
    with pytest.raises(
        ServiceFailed,
        match=r"written by PostgreSQL 15.*scripts/up --help.*kith backup.*scripts/up --help.*kith restore",
    ):
        await prepare_postgres(settings.places)


async def test_a_process_id_that_now_belongs_to_another_program_does_not_stop_the_start(tmp_path):
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
    (settings.places.postgres_data / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        assert await answers(settings)


async def test_a_process_id_that_now_belongs_to_another_postgresql_does_not_stop_the_start(tmp_path):
    settings, other = settings_in(tmp_path), settings_in(tmp_path / "other")
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
    async with Supervisor() as supervisor:
        await start(supervisor, other)
        number = supervisor.process_id(NAME)
        (settings.places.postgres_data / "postmaster.pid").write_text(f"{number}\n{settings.places.postgres_data}\n")
        await start(supervisor, settings)
        assert await answers(settings)
        assert await answers(other)


async def test_a_server_that_still_runs_on_the_same_files_is_named_and_stops_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(predecessor, "PATIENCE", 0.2)
    settings = settings_in(tmp_path)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        number = supervisor.process_id(NAME)
        with pytest.raises(ServiceFailed, match=f"process {number}.*still runs on the same files"):
            await Supervisor().start(await prepare_postgres(settings.places))
        assert await answers(settings)


async def test_a_first_start_that_was_interrupted_is_begun_anew(tmp_path):
    settings = settings_in(tmp_path)
    half_made = settings.places.postgres_data.with_name("postgres.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        assert await answers(settings)
    assert not half_made.exists()


async def test_a_data_directory_with_a_very_long_path_works(tmp_path):
    settings = settings_in(tmp_path / ("long-" * 20) / ("long-" * 20))
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        assert await answers(settings)


async def test_parent_folders_that_others_cannot_enter_do_not_stop_the_start(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    settings = settings_in(locked)
    async with Supervisor() as supervisor:
        await start(supervisor, settings)
        assert await answers(settings)
    assert locked.stat().st_mode & 0o066 == 0
