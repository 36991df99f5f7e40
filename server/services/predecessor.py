"""Waits for a service that an earlier, killed Kith left running on the same files."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psutil

from server.services.failures import ServiceFailed

PATIENCE = 8.0
"""Seconds. A killed Kith's children are told to stop by the kernel and need a moment."""


async def outlive_predecessor(pid_file: Path, *, program: str, folder: Path) -> None:
    """Return once the process named in ``pid_file``, which works in ``folder``, is gone, and remove the file.

    A process id that now belongs to some other program, or to the same one at work elsewhere (after a restart of the
    machine), counts as gone.

    Raises: ServiceFailed when it does not go.
    """
    pid = _read_pid(pid_file)
    if pid is None:
        return
    deadline = time.monotonic() + PATIENCE
    while _is_running(pid, program, folder):
        if time.monotonic() > deadline:
            raise ServiceFailed(
                f"{program} (process {pid}) of an earlier start still runs on the same files."
                f" Stop it with: kill -INT {pid}"
            )
        await asyncio.sleep(0.05)
    pid_file.unlink(missing_ok=True)  # noqa: ASYNC240 - one tiny local file


def _read_pid(pid_file: Path) -> int | None:
    try:
        first_line = pid_file.read_text(encoding="ascii").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ServiceFailed(f"{pid_file} cannot be read ({error.strerror}).") from error
    return int(first_line) if first_line.isdecimal() else None


def _is_running(pid: int, program: str, folder: Path) -> bool:
    try:
        process = psutil.Process(pid)
        words = [process.name(), *process.cmdline()[:1]]
        if process.status() == psutil.STATUS_ZOMBIE or not any(program in word for word in words):
            return False
        if process.uids().real != folder.stat().st_uid:
            return False
        return str(folder) in process.cmdline() or _works_in(process, folder)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """Tell where a process works that was not told its folder; that of another user, as PostgreSQL's, is told."""
    try:
        return Path(process.cwd()) == folder.resolve()
    except psutil.AccessDenied:
        return False
