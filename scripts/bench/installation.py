"""An installation to measure: its own PostgreSQL and Redis, durable as in production, the web, and a hello-world."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from models.database import close_database, migrate, open_database
from server.logs import configure_logs
from server.services.embedded import prepare_folders, start_services
from server.services.own_programs import web_program
from server.services.secret_key import ensure_secret_key
from server.services.supervisor import Supervisor
from server.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from server.services.program import Program


@dataclasses.dataclass(frozen=True)
class Installation:
    """Services that run, and the two programs that can be started on them."""

    settings: Settings
    supervisor: Supervisor
    web: Program
    hello: Program
    hello_port: int

    async def start(self, program: Program) -> int:
        """Start a program and return its process id."""
        await self.supervisor.start(program)
        return self.supervisor.process_id(program.name)


@asynccontextmanager
async def installed(folder: Path) -> AsyncGenerator[Installation]:
    """Start the services in ``folder``, with tables; stop them, and whatever was started on them, at the end."""
    settings = _settings_in(folder, _free_port())
    other = dataclasses.replace(settings, listen=f"127.0.0.1:{_free_port()}")
    hello = dataclasses.replace(
        web_program(other),
        name="hello-world",
        arguments=(sys.executable, str(Path(__file__).with_name("hello.py"))),
    )
    async with Supervisor() as supervisor:
        await start_services(supervisor, settings)
        await open_database(settings.database_address, max_connections=2)
        try:
            await migrate()
        finally:
            await close_database()
        yield Installation(
            settings,
            supervisor,
            _with_environment(web_program(settings), settings, "web.log"),
            _with_environment(hello, other, "hello.log"),
            other.listen_port,
        )


def _settings_in(folder: Path, port: int) -> Settings:
    # What the environment says about a real Kith must not reach this one.
    for name in [name for name in os.environ if name.startswith("KITH_")]:
        del os.environ[name]
    configure_logs("warning")
    places = Settings(data_dir=folder, secret_key="").places
    prepare_folders(places)
    ensure_secret_key(places)
    return load_settings({"KITH_DATA_DIR": str(folder), "KITH_LISTEN": f"127.0.0.1:{port}"})


def _with_environment(program: Program, settings: Settings, log_name: str) -> Program:
    return dataclasses.replace(program, log_file=settings.places.logs / log_name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run_in_process(program: str, given: str) -> str:
    """Run one of the programs beside this file with ``given`` as its input, and return what it prints.

    Raises: RuntimeError where it fails.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name(program)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, complaints = await process.communicate(given.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"{program} failed:\n{complaints.decode(errors='replace')[-2000:]}")
    return printed.decode()
