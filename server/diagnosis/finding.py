"""One result of a check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """``ok``; ``warn``: it works, and somebody should look; ``fail``: it does not work or is not safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen and, unless all is well, what to do."""

    level: Level
    seen: str
    advice: str = ""


def ok(seen: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, seen)


def warn(seen: str, advice: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(Level.WARN, seen, advice)


def fail(seen: str, advice: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(Level.FAIL, seen, advice)
