"""What the web process takes: processor time for each request, and memory once it has worked."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

MEGABYTE = 1024**2
MOST_RESIDENT = 250
"""Megabytes: the promise for the web process."""


@dataclass(frozen=True)
class Weight:
    """Memory of one process in megabytes. PSS shares out what several processes have in common."""

    process: str
    resident: float
    proportional: float
    has_torch: bool


class Meter:
    """Reads how much processor time a process and its children have used."""

    def __init__(self, process_id: int) -> None:
        self._process = psutil.Process(process_id)

    def seconds(self) -> float:
        """Return the processor time so far."""
        return sum(_processor_seconds(process) for process in (self._process, *self._process.children(recursive=True)))


class Neighbours:
    """Measures what other programs take of the machine, because figures taken beside them say less."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._busy, self._ours = _busy_seconds(), _our_seconds()

    def cores(self) -> float:
        """Return how many cores others have kept busy on average since the beginning."""
        busy, ours = _busy_seconds() - self._busy, _our_seconds() - self._ours
        return max(0.0, busy - ours) / (time.perf_counter() - self._began)


def _processor_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # it ended meanwhile
        return 0.0
    return times.user + times.system


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + getattr(times, "irq", 0.0) + getattr(times, "softirq", 0.0)


def _our_seconds() -> float:
    """Return the time of this process, of its living children and of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    living = psutil.Process().children(recursive=True)
    alive = sum(_processor_seconds(process) for process in (psutil.Process(), *living))
    return alive + ended.ru_utime + ended.ru_stime


def weigh(process_id: int) -> list[Weight]:
    """Weigh a process and its children; of granian the first is the supervisor, the others serve."""
    parent = psutil.Process(process_id)
    family = [parent, *parent.children(recursive=True)]
    return [_weigh(process, "serving" if place else "its supervisor") for place, process in enumerate(family)]


def _weigh(process: psutil.Process, name: str) -> Weight:
    memory = process.memory_full_info()
    # Its shared libraries would be mapped, whoever imported it.
    has_torch = "libtorch" in Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
    return Weight(f"{name} ({process.pid})", memory.rss / MEGABYTE, memory.pss / MEGABYTE, has_torch)


def problems_with(weights: list[Weight]) -> list[str]:
    """Return what breaks the promises."""
    problems = [f"{weight.process} loaded torch" for weight in weights if weight.has_torch]
    total = sum(weight.proportional for weight in weights)
    if total > MOST_RESIDENT:
        problems.append(f"the web takes {total:.0f} MB, more than {MOST_RESIDENT}")
    return problems
