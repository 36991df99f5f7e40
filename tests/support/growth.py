"""How work grows with the length of a text: the same on a slow machine as on a quick one."""

from __future__ import annotations

import time
import timeit
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL_TIME = 0.01
"""Seconds that come on top: of times as short as these nothing can be told."""


def grows_with_its_length(read: Callable[[str], object], unit: str, length: int) -> bool:
    """Tell whether a text of this length takes about ten times the work of a tenth of it, not a hundred times."""

    def work(letters: int) -> float:
        text = (unit * letters)[:letters]
        return min(timeit.repeat(lambda: read(text), timer=time.thread_time, number=1, repeat=5))

    return work(length) < 40 * work(length // 10) + SMALL_TIME
