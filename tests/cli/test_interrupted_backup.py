"""What a backup or a restore that was ended halfway leaves of what members wrote: nothing, once the next one ran."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from server.services.redis import redis_program
from server.services.workplace import remove_leftovers, workplace
from tests.support.databases import connected
from tests.support.installation import environment_for, kith, names_in, running
from tests.support.live import services_of
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from server.settings import Settings

WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'member'::regclass AND NOT granted"
HEEDING_SIGHUP = (  # which the tests themselves may have been told to ignore
    "import runpy, signal; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    "runpy.run_module('server.cli', run_name='__main__', alter_sys=True)"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def community(services: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    """The settings that lead to a community of this module's own."""
    own = services.database_address.replace("/kith?", "/interrupted?", 1)
    async with connected(services.database_address) as connection:
        await connection.execute("CREATE DATABASE interrupted")
        settings = replace(services, database_url=own)
        done = await kith(tmp_path_factory.mktemp("community"), "migrate", **services_of(settings))
        assert done.status == 0, done.output
        yield settings
        await connection.execute("DROP DATABASE interrupted WITH (FORCE)")


@asynccontextmanager
async def held_up(
    community: Settings, data_dir: Path, *arguments: str, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command that waits for a table until the block ends."""
    address = community.database_address
    async with connected(address) as holder, connected(address) as watcher, holder.transaction():
        await holder.execute("LOCK TABLE member IN ACCESS EXCLUSIVE MODE")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            HEEDING_SIGHUP,
            *arguments,
            env=environment_for(data_dir, **services_of(community) | more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

        async def waits() -> bool:
            return bool(await watcher.fetchval(WAITING))

        await until(waits, within=30)
        yield process


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGHUP])
async def test_backup_that_is_told_to_stop_leaves_nothing(
    community: Settings, tmp_path: Path, stop_signal: signal.Signals
) -> None:
    async with held_up(community, tmp_path, "backup", str(tmp_path / "kith.tar.gz")) as process:
        assert len(names_in(tmp_path)) == 1
        process.send_signal(stop_signal)
        async with asyncio.timeout(60):
            printed, _ = await process.communicate()

    assert process.returncode == -stop_signal
    assert printed == b""
    assert names_in(tmp_path) == []


async def test_next_backup_removes_what_a_killed_one_left(community: Settings, tmp_path: Path) -> None:
    target = tmp_path / "kith.tar.gz"
    async with held_up(community, tmp_path, "backup", str(target)) as process:
        process.kill()
        await process.wait()
    assert [name.startswith(".kith-backup-") for name in names_in(tmp_path)] == [True]

    done = await kith(tmp_path, "backup", str(target), **services_of(community))

    assert done.status == 0, done.output
    assert names_in(tmp_path) == [target.name]


async def test_next_start_removes_what_a_killed_restore_left(community: Settings, tmp_path: Path) -> None:
    target, data_dir = tmp_path / "kith.tar.gz", tmp_path / "var"
    await kith(data_dir, "backup", str(target), **services_of(community))
    async with held_up(community, data_dir, "restore", str(target), "--force") as process:
        process.kill()
        await process.wait()
    assert len(list(data_dir.glob("kith-restore-*"))) == 1

    async with running(data_dir, tmp_path / "log", **services_of(community)):
        assert list(data_dir.glob("kith-restore-*")) == []


def test_folder_in_which_somebody_works_is_no_leftover(tmp_path: Path) -> None:
    with workplace(tmp_path, prefix="kith-") as folder, workplace(tmp_path, prefix="kith-") as other:
        remove_leftovers(tmp_path, prefix="kith-")
        assert set(tmp_path.iterdir()) == {folder, other}
    assert list(tmp_path.iterdir()) == []


async def test_restore_is_refused_while_redis_is_away(community: Settings, tmp_path: Path) -> None:
    target, away = tmp_path / "kith.tar.gz", {"KITH_REDIS_URL": f"unix://{tmp_path}/nowhere.sock"}
    await kith(tmp_path / "var", "backup", str(target), **services_of(community))
    async with connected(community.database_address) as connection:
        before = await connection.fetchval("SELECT 'member'::regclass::oid")

        done = await kith(tmp_path / "var", "restore", str(target), "--force", **services_of(community) | away)

        assert await connection.fetchval("SELECT 'member'::regclass::oid") == before
    assert done.status == 1
    assert "Redis does not answer" in done.output
    assert "Nothing was changed" in done.output
    assert "Traceback" not in done.output


async def test_redis_that_goes_away_during_a_restore_is_named_with_what_is_left_to_do(
    community: Settings, tmp_path: Path
) -> None:
    target, socket = tmp_path / "kith.tar.gz", tmp_path / "redis.sock"
    await kith(tmp_path / "var", "backup", str(target), **services_of(community))
    redis = await asyncio.create_subprocess_exec(
        redis_program(), "--port", "0", "--unixsocket", str(socket), stdout=asyncio.subprocess.DEVNULL, cwd=tmp_path
    )
    await until(socket.exists)
    elsewhere = {"KITH_REDIS_URL": f"unix://{socket}"}
    async with held_up(community, tmp_path / "var", "restore", str(target), "--force", **elsewhere) as process:
        redis.terminate()
        await redis.wait()
    printed, _ = await process.communicate()

    assert process.returncode == 1
    assert "The backup is restored, but Redis went away" in printed.decode()
    assert "do the same again, with --force" in printed.decode()
