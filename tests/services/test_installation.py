"""``kith up`` as its owner meets it: everything runs, stays running, and stops as a whole."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import psutil
import pytest
import pytest_asyncio

from tests.support.folders import data_directory_of_another
from tests.support.installation import Installation, is_alive, kith, launch, running, start, still_running
from tests.support.live import free_port
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="kith-installation-"))
    yield path
    shutil.rmtree(path)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation(folder: Path) -> AsyncIterator[Installation]:
    """One running Kith for the tests that only kill parts of it."""
    async with running(folder / "var", folder / "log") as installation:
        yield installation


async def boards(installation: Installation) -> int:
    connection = await asyncpg.connect(installation.settings.database_address)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM board"))
    finally:
        await connection.close()


async def test_it_says_where_it_runs_and_how_to_make_the_first_admin(installation):
    assert f"Kith runs at http://127.0.0.1:{installation.port}" in installation.output
    assert f"KITH_DATA_DIR={installation.data_dir} " in installation.output
    assert "kith admin create" in installation.output
    assert await installation.answers()


async def test_what_it_keeps_is_private(installation):
    assert installation.data_dir.stat().st_mode & 0o066 == 0
    assert (installation.data_dir / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("part", ["bin/postgres", "redis-server", "server.cli web", "server.cli worker"])
async def test_a_part_that_is_killed_comes_back_with_its_data(installation, part):
    number = await boards(installation)
    before = installation.process_of(part)
    before.kill()
    await until(lambda: not is_alive(before) and came_back(installation, part), within=20)
    await until(installation.answers, within=20)
    assert await boards(installation) == number


def came_back(installation: Installation, part: str) -> bool:
    try:
        return installation.process_of(part).is_running()
    except (StopIteration, psutil.NoSuchProcess):
        return False


async def test_the_web_servers_own_worker_is_replaced_too(installation):
    web = installation.process_of("server.cli web")
    (serving,) = web.children()
    serving.kill()
    await until(lambda: not is_alive(web), within=20)
    await until(installation.answers, within=20)


async def test_a_second_kith_on_the_same_data_is_refused(installation, folder):
    second = await launch(installation.data_dir, folder / "second.log")
    assert await second.process.wait() == 1
    assert f"Kith already runs on {installation.data_dir} (process {installation.process.pid})" in second.output
    assert await installation.answers()


async def test_short_commands_use_the_services_that_run(installation):
    done = await kith(installation.data_dir, "migrate")
    assert done.status == 0, done.output
    assert await installation.answers()


@pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM])
async def test_stopping_ends_everything_within_ten_seconds(tmp_path, stop_signal):
    installation = await start(tmp_path / "var", tmp_path / "log")
    processes = installation.processes()
    began = time.monotonic()
    assert await installation.stop(stop_signal) == 0
    assert time.monotonic() - began < 10
    assert still_running(processes) == []
    assert installation.output.rstrip().endswith("Stopped.")


async def test_with_demo_it_prints_the_logins_of_an_invented_community(tmp_path):
    async with running(tmp_path / "var", tmp_path / "log", "--demo") as installation:
        assert "Demo logins (invented people" in installation.output
        assert "kith admin create" not in installation.output


async def test_a_start_in_the_background_of_a_script_can_be_stopped_as_well(tmp_path):
    # There a shell lets children ignore Ctrl-C.
    shell = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
    installation = await start(tmp_path / "var", tmp_path / "log", through=shell)
    assert await asyncio.wait_for(installation.stop(signal.SIGINT), 10) == 0


async def test_stopping_in_the_middle_of_the_first_start_leaves_nothing_running(tmp_path):
    installation = await launch(tmp_path / "var", tmp_path / "log")
    await until(lambda: (tmp_path / "var" / "postgres.new").exists() or (tmp_path / "var" / "postgres").exists())
    processes = installation.processes()
    assert await installation.stop() == 0
    await until(lambda: not still_running(processes))


async def test_nothing_outlives_a_kill_and_the_next_start_is_ready(tmp_path):
    first = await start(tmp_path / "var", tmp_path / "log")
    processes = first.processes()
    first.process.kill()
    await first.process.wait()
    async with running(tmp_path / "var", tmp_path / "second.log") as second:
        assert await second.answers()
        await until(lambda: still_running(processes) == [], within=15)


async def test_a_taken_port_is_named_with_the_way_to_choose_another(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = await kith(tmp_path / "var", "up", "--port", str(port))
    assert done.status == 1
    assert f"Port {port} on 127.0.0.1 is taken by another program" in done.output
    assert "--port" in done.output


async def test_a_data_directory_of_another_user_is_to_be_used_as_that_user(tmp_path):
    data_dir, folder = data_directory_of_another(tmp_path)
    done = await kith(data_dir, "migrate")
    assert done.status == 1
    assert f"{folder} belongs to the user {folder.owner()}. Run this as that user" in done.output
    assert "Make it ours" not in done.output
    assert "Remove" not in done.output


async def test_a_data_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = await kith(tmp_path / "file" / "var", "up")
    assert done.status == 1
    assert f"The data directory {tmp_path}/file/var cannot be used" in done.output
    assert "KITH_DATA_DIR" in done.output


async def test_a_database_that_is_given_and_does_not_answer_is_named(tmp_path):
    address = f"postgresql://kith@127.0.0.1:{free_port()}/kith"
    done = await kith(tmp_path / "var", "up", "--port", str(free_port()), KITH_DATABASE_URL=address)
    assert done.status == 1
    assert "PostgreSQL does not answer" in done.output


async def test_wrong_settings_are_listed_with_exit_status_two(tmp_path):
    done = await kith(tmp_path / "var", "up", KITH_LOG_LEVEL="loud", KITH_REDIS_URL="gopher://x")
    assert done.status == 2
    assert "KITH_LOG_LEVEL: 'loud' should be one of" in done.output
    assert "KITH_REDIS_URL: should begin with" in done.output


async def test_given_services_are_used_instead_of_embedded_ones(installation, tmp_path):
    given = installation.settings
    addresses = {"KITH_DATABASE_URL": given.database_address, "KITH_REDIS_URL": given.redis_address}
    async with running(tmp_path / "var", tmp_path / "log", **addresses) as second:
        assert await second.answers()
        assert not (tmp_path / "var" / "postgres").exists()
        commands = [" ".join(child.cmdline()) for child in psutil.Process(second.process.pid).children()]
    assert sorted(command.rpartition(" ")[2] for command in commands) == ["web", "worker"]
