"""Runs PostgreSQL's own client programs on the database of an installation."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from server.services.failures import ServiceFailed
from server.services.postgres import binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1024 * 1024
FIRST_OBJECT = b"\n--\n-- Name: "
TRANSACTION_TIMEOUT = b"\nSET transaction_timeout = 0;\n"
"""What pg_restore sets before the first object, and PostgreSQL knows from version 17 on only."""
TRANSACTION_TIMEOUT_IF_KNOWN = (
    b"\nSELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout';\n"
)


async def dump_database(address: str, target: Path) -> None:
    """Write the database to ``target`` in pg_dump's custom format.

    Raises: ServiceFailed.
    """
    await _run(address, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


async def replace_database(address: str, dump: Path) -> None:
    """Replace everything in the database by a dump, in one transaction: all of it or nothing.

    Raises: ServiceFailed.
    """
    script = dump.with_suffix(".sql")
    # The transaction ends where the script does: psql's own --single-transaction would also commit what it has read so
    # far when whoever writes to it is killed.
    prologue = (
        "BEGIN;\n"
        "SET lock_timeout = '15s';\n"
        "DROP SCHEMA public CASCADE;\n"
        "CREATE SCHEMA public AUTHORIZATION pg_database_owner;\n"
        "GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
    )
    options = ("--no-owner", "--no-privileges", "--no-comments", f"--file={script}", str(dump))
    await _finish(await _launch(None, "pg_restore", *options), "pg_restore")
    process = await _launch(address, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    assert process.stdin is not None
    try:
        process.stdin.write(prologue.encode())
        for piece in _for_any_version(script):
            process.stdin.write(piece)
            await process.stdin.drain()
        process.stdin.write(b"COMMIT;\n")
    except ConnectionError:  # psql gave up; its own words say why
        pass
    finally:
        process.stdin.close()
    await _finish(process, "psql")


async def tool_version() -> str:
    """Return the version of pg_dump, for the manifest."""
    process = await _launch(None, "pg_dump", "--version")
    printed, _ = await process.communicate()
    return printed.decode().strip().rpartition(" ")[2]


def _for_any_version(script: Path) -> Iterator[bytes]:
    """Yield what pg_restore wrote, piece by piece, as every supported PostgreSQL takes it."""
    with script.open("rb") as sql:
        settings, first_object, rest = sql.read(PIECE).partition(FIRST_OBJECT)
        yield settings.replace(TRANSACTION_TIMEOUT, TRANSACTION_TIMEOUT_IF_KNOWN) + first_object + rest
        while piece := sql.read(PIECE):
            yield piece


async def _run(address: str, program: str, *arguments: str) -> None:
    await _finish(await _launch(address, program, *arguments), program)


async def _launch(address: str | None, program: str, *arguments: str) -> asyncio.subprocess.Process:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "PGSSLROOTCERT") if name in os.environ}
    target: tuple[str, ...] = ()
    if address is not None:
        parts = urlsplit(address)
        # A password on the command line would show in the list of processes.
        if parts.password is not None:
            environment["PGPASSWORD"] = unquote(parts.password)
            parts = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1))
        target = (f"--dbname={urlunsplit(parts)}",)
    return await asyncio.create_subprocess_exec(
        str(binaries() / program),
        *target,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment, "LC_ALL": "C"},
    )


async def _finish(process: asyncio.subprocess.Process, program: str) -> None:
    try:
        _, printed = await process.communicate()
    except asyncio.CancelledError:
        process.send_signal(signal.SIGTERM)
        await process.wait()  # it may still be about to write where everything is removed next
        raise
    if process.returncode == 0:
        return
    words = printed.decode(errors="replace").strip()
    if "No space left on device" in words:
        raise ServiceFailed("The disk is full: free some space and try again.")
    if "server version mismatch" in words:
        raise ServiceFailed(
            f"The PostgreSQL server is newer than the {program} that comes with Kith. Use that server's own pg_dump"
            f" (docs/operations.md shows how).\n{words}"
        )
    # Only the first line: the ones after it may quote rows.
    raise ServiceFailed(f"{program} failed: {words.partition(chr(10))[0]}")
