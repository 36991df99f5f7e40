"""Waiting for a condition, with a bound, instead of sleeping."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import TYPE_CHECKING

from models.database import fetch_one

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BETWEEN_LOOKS = 0.02


async def until(condition: Callable[[], object | Awaitable[object]], *, within: float = 15.0) -> None:
    """Return as soon as ``condition`` holds.

    Raises: AssertionError when it does not hold within that many seconds.
    """
    deadline = time.monotonic() + within
    while True:
        held = condition()
        if inspect.isawaitable(held):
            held = await held
        if held:
            return
        assert time.monotonic() < deadline, f"still not so after {within} seconds"
        await asyncio.sleep(BETWEEN_LOOKS)


async def waiting_for_a_lock() -> int:
    """Return how many connections wait for a row or the audit log that another one holds."""
    row = await fetch_one(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return int(row["n"])


async def somebody_waits_for_a_lock() -> bool:
    """Tell whether a connection waits for a row or the audit log that another one holds."""
    return await waiting_for_a_lock() > 0
