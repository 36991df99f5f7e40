"""Whether the web process can have its port."""

from __future__ import annotations

import asyncio
import errno
import socket
import time

from server.services.failures import ServiceFailed


async def wait_for_port(host: str, port: int, *, patience: float) -> None:
    """Return once ``host:port`` can be bound, waiting up to ``patience`` seconds for a predecessor to leave it.

    Raises: ServiceFailed, saying how to choose another.
    """
    deadline = time.monotonic() + patience
    while (problem := _problem_with(host, port)) is not None:
        if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            raise ServiceFailed(_explain(host, port, problem)) from problem
        await asyncio.sleep(0.1)


def _problem_with(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error
    return None


def _explain(host: str, port: int, problem: OSError) -> str:
    choose = "Choose another with `--port NUMBER` or KITH_LISTEN."
    match problem.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is taken by another program. {choose}"
        case errno.EACCES:
            return f"Port {port} needs more rights than this user has. {choose}"
        case _:
            return f"Kith cannot listen on {host}, port {port} ({problem.strerror}). Set KITH_LISTEN to ADDRESS:PORT."
