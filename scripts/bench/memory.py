"""What the web process weighs once it has worked."""

from __future__ import annotations

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
