"""A whole Kith as its owner runs it: ``kith up`` and other commands in processes of their own."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import httpx
import psutil

from server.clock import now
from server.settings import Settings
from server.web.sessions import LIFETIME, session_id_of
from tests.support.live import free_port
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

START_SECONDS = 60


@dataclass(frozen=True)
class Finished:
    """What a command did."""

    status: int
    output: str


@dataclass(frozen=True)
class Installation:
    """A running ``kith up``."""

    process: asyncio.subprocess.Process
    data_dir: Path
    port: int
    log: Path

    @property
    def settings(self) -> Settings:
        """The settings that lead to its services."""
        key = (self.data_dir / "secret_key").read_text().strip()
        return Settings(data_dir=self.data_dir, secret_key=key, listen=f"127.0.0.1:{self.port}")

    @property
    def output(self) -> str:
        """All that it printed so far."""
        return self.log.read_text()

    def processes(self) -> list[psutil.Process]:
        """Return everything that it started and that runs now."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def process_of(self, words: str) -> psutil.Process:
        """Return the direct child whose command line holds ``words``."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

    async def answers(self) -> bool:
        """Tell whether the web process says that it is well, Redis included."""
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=5) as client:
                response = await client.get("/health")
        except httpx.TransportError:
            return False
        return response.status_code == 200 and response.json() == {"database": "ok", "redis": "ok"}

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """Open a connection of the test's own to its database."""
        opened = await asyncpg.connect(self.settings.database_address)
        try:
            yield opened
        finally:
            await opened.close()

    async def let_in(self, count: int, *, role: str = "member") -> list[str]:
        """Let new people in, staff with a second factor, and return what their cookies hold."""
        tokens = [secrets.token_urlsafe(32) for _ in range(count)]
        async with self.database() as database:
            for number, token in enumerate(tokens):
                member = await database.fetchval(
                    """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices,
                                           totp_last_step)
                       VALUES ($1::varchar, $1::varchar, '', $2, $3, true, '{}', 0) RETURNING id""",
                    f"{role}-{number}",
                    role,
                    now().date(),
                )
                await database.execute(
                    "INSERT INTO session (id, member, created_at, seen_at, expires_at, second_factor) "
                    "VALUES ($1, $2, $3, $3, $4, $5)",
                    session_id_of(token),
                    member,
                    now(),
                    now() + LIFETIME,
                    role != "member",
                )
        return tokens

    def browser(self, token: str) -> httpx.AsyncClient:
        """Return the browser of somebody who was let in."""
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", cookies={"kith-session": token}, timeout=20)

    async def stop(self, stop_signal: signal.Signals = signal.SIGINT) -> int:
        """Tell it to stop and return its exit status."""
        self.process.send_signal(stop_signal)
        return await self.process.wait()


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that run; one that ended and that nobody has asked after yet does not."""
    return [process for process in processes if is_alive(process)]


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def names_in(folder: Path) -> list[str]:
    """Return the names of what a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def environment_for(data_dir: Path, **more: str) -> dict[str, str]:
    """Return an environment in which a command sees ``data_dir`` and no other setting of Kith."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KITH_")}
    return {**kept, "KITH_DATA_DIR": str(data_dir), **more}


async def kith(data_dir: Path, *arguments: str, typed: str = "", **more: str) -> Finished:
    """Run one ``kith`` command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.cli",
        *arguments,
        env=environment_for(data_dir, **more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(typed.encode()), START_SECONDS)
    assert process.returncode is not None
    return Finished(process.returncode, printed.decode())


async def launch(
    data_dir: Path, log: Path, *arguments: str, through: tuple[str, ...] = (), **more: str
) -> Installation:
    """Start ``kith up``, by way of another command if ``through`` names one, and return at once."""
    port = free_port()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *through,
            sys.executable,
            "-m",
            "server.cli",
            "up",
            "--port",
            str(port),
            *arguments,
            env=environment_for(data_dir, **more),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Installation(process, data_dir, port, log)


async def start(data_dir: Path, log: Path, *arguments: str, through: tuple[str, ...] = (), **more: str) -> Installation:
    """Start ``kith up`` and wait until it says that it runs."""
    installation = await launch(data_dir, log, *arguments, through=through, **more)
    await until(
        lambda: "Kith runs at" in installation.output or installation.process.returncode is not None,
        within=START_SECONDS,
    )
    assert installation.process.returncode is None, installation.output
    return installation


@asynccontextmanager
async def running(data_dir: Path, log: Path, *arguments: str, **more: str) -> AsyncIterator[Installation]:
    """Keep ``kith up`` running until the block ends."""
    installation = await start(data_dir, log, *arguments, **more)
    try:
        yield installation
    finally:
        if installation.process.returncode is None:
            await installation.stop()
