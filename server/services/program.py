"""A program that Kith starts as its child, and how it is started so that it never outlives us."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.services.account import identity_of
from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from server.services.account import Account

PR_SET_PDEATHSIG = 1
LOG_SIZE_KEPT = 1_000_000
"""Bytes of a service's own log after which the next start begins a new one."""

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How to start one child, how to tell that it is ready, and how to stop it."""

    name: str
    arguments: tuple[str, ...]
    is_ready: Callable[[], Awaitable[bool]]
    ready_within: float = 30.0
    """Seconds from the start, or from the last time that ``is_ready`` raised ``StillRecovering``."""
    recovered_within: float = 1800.0
    """Seconds from the start after which also a program that still recovers is given up."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 3.0
    account: Account | None = None
    log_file: Path | None = None
    """Where its output goes; ``None`` leaves it on our own."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    before_start: Callable[[], Awaitable[None]] | None = None
    """Run before each start, also after a crash."""


async def start_process(program: Program) -> asyncio.subprocess.Process:
    """Start the program in a process group of its own.

    Raises: ServiceFailed.
    """
    output = None
    try:
        output = _open_log(program.log_file)
        return await asyncio.create_subprocess_exec(
            *program.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=program.environment,
            cwd="/",
            start_new_session=True,
            umask=0o077,
            preexec_fn=_end_with(os.getpid(), program.stop_signal),
            **identity_of(program.account),
        )
    except OSError as error:
        raise ServiceFailed(f"{program.name} cannot be started: {error}") from error
    finally:
        if output is not None:
            os.close(output)


def end_with_parent(stop_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send this process ``stop_signal`` when its parent dies, however it dies. Linux only."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))


def last_lines(program: Program, count: int = 5) -> str:
    """Return the end of what the program printed, for an error message."""
    if program.log_file is None:
        return ""
    try:
        lines = program.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{program.log_file} cannot be read ({error.strerror})."
    return "\n".join(lines[-count:])


def _end_with(parent: int, stop_signal: signal.Signals) -> Callable[[], None]:
    def in_child() -> None:
        end_with_parent(stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def _open_log(path: Path | None) -> int | None:
    if path is None:
        return None
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = not path.exists() or path.stat().st_size > LOG_SIZE_KEPT
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if fresh else 0)
    return os.open(path, flags, 0o600)
