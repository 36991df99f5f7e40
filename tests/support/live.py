"""Kith as a process of its own, as browsers meet it: the real web server on a free port, its log in a file."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from server.settings import Settings

START_SECONDS = 30
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class LiveKith:
    """A running web process."""

    base_url: str
    log: Path
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def services_of(settings: Settings) -> dict[str, str]:
    """Return the environment that leads a process to these services."""
    return {
        "KITH_DATABASE_URL": settings.database_address,
        "KITH_REDIS_URL": settings.redis_address,
        "KITH_SECRET_KEY": settings.secret_key,
    }


@contextmanager
def web_process(settings: Settings, log: Path, **environment: str) -> Iterator[LiveKith]:
    """Run ``kith web`` on the given services until the block ends."""
    port = free_port()
    variables = {
        **os.environ,
        **services_of(settings),
        "KITH_DATA_DIR": str(settings.data_dir),
        "KITH_LISTEN": f"127.0.0.1:{port}",
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "web"], cwd=CHECKOUT, env=variables, stdout=output, stderr=output
        )
        try:
            yield LiveKith(f"http://127.0.0.1:{port}", log, process)
        finally:
            process.terminate()
            process.wait(timeout=10)


async def wait_until_ready(live: LiveKith) -> None:
    """Wait until the process answers, at most 30 seconds."""
    async with httpx.AsyncClient(base_url=live.base_url) as client, asyncio.timeout(START_SECONDS):
        while True:
            try:
                if (await client.get("/health")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.to_thread(_still_runs, live)


def _still_runs(live: LiveKith) -> None:
    """Give the process a twentieth of a second; it must not end in it."""
    with suppress(subprocess.TimeoutExpired):
        status = live.process.wait(timeout=0.05)
        raise AssertionError(f"The web process ended with status {status}:\n{live.log.read_text()[-3000:]}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live_kith(services: Settings, running_app: object, tmp_path_factory: object) -> AsyncIterator[LiveKith]:
    """One web process for every test that needs a real server; the tables are those of ``app``."""
    folder: Path = tmp_path_factory.mktemp("live")  # type: ignore[attr-defined]
    with web_process(services, folder / "web.log", KITH_LOG_LEVEL="debug", KITH_TRUST_PROXY="1") as live:
        await wait_until_ready(live)
        yield live
