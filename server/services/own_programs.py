"""Our own two processes as programs for the supervisor."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from server.services.program import Program

if TYPE_CHECKING:
    from server.settings import Settings

ANSWER_SECONDS = 5.0


def web_program(settings: Settings) -> Program:
    """Return the web process; it is ready when its health page says so."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.listen_host, settings.listen_host)  # noqa: S104
    return Program(
        name="web",
        arguments=_command("web"),
        is_ready=lambda: _is_healthy(host, settings.listen_port),
        stop_within=2.5,
        environment=_environment(settings),
    )


def worker_program(settings: Settings) -> Program:
    """Return the worker; it waits for its services by itself, so that running is being ready."""

    async def is_ready() -> bool:
        return True

    return Program(
        name="worker",
        arguments=_command("worker"),
        is_ready=is_ready,
        stop_within=2.5,
        environment=_environment(settings),
    )


def _command(name: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", "server.cli", name)


def _environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, "KITH_DATA_DIR": str(settings.data_dir), "KITH_LISTEN": settings.listen}


async def _is_healthy(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status
