"""Keeps programs running: waits until each is ready, starts it again when it dies, stops them in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import structlog

from server.services.failures import ServiceFailed, StillRecovering
from server.services.program import Program, last_lines, start_process

if TYPE_CHECKING:
    from types import TracebackType

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
STEADY_AFTER = 30.0
"""Seconds of life after which a crash counts as the first again."""

READY_CHECK_PAUSE = 0.05
RECOVERY_CHECK_PAUSE = 1.0
"""Seconds between looks at a program that recovers for long; PostgreSQL's log has a line for each."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Child:
    program: Program
    process: asyncio.subprocess.Process
    started_at: float
    watch: asyncio.Task[None] | None = None
    pause: float = FIRST_PAUSE
    """Seconds before the next start."""
    stopping: bool = field(default=False)
    group_ended: bool = field(default=False)


class Supervisor:
    """Runs programs as children of this process; use it as an async context manager."""

    def __init__(self) -> None:
        self._children: list[_Child] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self, program: Program) -> None:
        """Start a program, wait until it is ready, and keep it running from then on.

        Raises: ServiceFailed, with the end of what the program printed.
        """
        child = await _launch(program)
        self._children.append(child)
        await _wait_until_ready(child)
        child.watch = asyncio.create_task(_keep_running(child), name=f"watch {program.name}")
        log.info("service_started", service=program.name, pid=child.process.pid)

    def process_id(self, name: str) -> int:
        """Return the process id under which the named program runs now."""
        return next(child.process.pid for child in self._children if child.program.name == name)

    async def stop(self) -> None:
        """Stop all programs, the last started first."""
        for child in reversed(self._children):
            child.stopping = True
        while self._children:
            await _stop(self._children.pop())


async def _launch(program: Program) -> _Child:
    if program.before_start is not None:
        await program.before_start()
    return _Child(program=program, process=await start_process(program), started_at=time.monotonic())


async def _wait_until_ready(child: _Child) -> None:
    program = child.program
    began = told = time.monotonic()
    deadline = began + program.ready_within
    pause = READY_CHECK_PAUSE
    while True:
        try:
            if await program.is_ready():
                return
        except StillRecovering:
            deadline = min(time.monotonic() + program.ready_within, began + program.recovered_within)
        if child.process.returncode is not None:
            raise ServiceFailed(_explain(program, f"{program.name} stopped while starting."))
        now = time.monotonic()
        if now > deadline:
            raise ServiceFailed(_explain(program, f"{program.name} was not ready within {now - began:.0f} seconds."))
        if now > told + program.ready_within:
            log.warning("service_recovers", service=program.name, seconds=round(now - began))
            told, pause = now, RECOVERY_CHECK_PAUSE
        await asyncio.sleep(pause)


def _explain(program: Program, sentence: str) -> str:
    printed = last_lines(program)
    if "No space left on device" in printed:
        sentence += " The disk is full: free some space and start again."
    return f"{sentence}\nIts last words:\n{printed}" if printed else sentence


async def _keep_running(child: _Child) -> None:
    while not child.stopping:
        code = await child.process.wait()
        if child.stopping:
            return
        _end_group(child)
        if time.monotonic() - child.started_at > STEADY_AFTER:
            child.pause = FIRST_PAUSE
        log.warning(
            "service_died",
            service=child.program.name,
            status=code,
            restart_in_seconds=child.pause,
            last_words=last_lines(child.program, 1),
        )
        await _restart(child)


async def _restart(child: _Child) -> None:
    """Start it again; where that fails, once more after an ever longer pause."""
    while True:
        await asyncio.sleep(child.pause)
        child.pause = min(child.pause * 2, LONGEST_PAUSE)
        try:
            fresh = await _launch(child.program)
        except (ServiceFailed, OSError) as failure:
            log.error(  # noqa: TRY400
                "service_not_restarted",
                service=child.program.name,
                why=str(failure),
                restart_in_seconds=child.pause,
            )
        else:
            child.process, child.started_at, child.group_ended = fresh.process, fresh.started_at, False
            log.info("service_restarted", service=child.program.name, pid=child.process.pid)
            return


async def _stop(child: _Child) -> None:
    if child.watch is not None:
        child.watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await child.watch
    if child.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(child.program.stop_signal)
        try:
            await asyncio.wait_for(child.process.wait(), child.program.stop_within)
        except TimeoutError:
            log.warning("service_ended_by_force", service=child.program.name)
    _end_group(child)
    await child.process.wait()
    log.info("service_stopped", service=child.program.name)


def _end_group(child: _Child) -> None:
    """End what a child may have left behind, once: later its number may be another's. PostgreSQL's own end with it."""
    if child.group_ended:
        return
    child.group_ended = True
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
