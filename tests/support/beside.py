"""What happens while somebody else is in the middle of a transaction."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from models.database import transaction

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def amid_a_transaction(first: Step, *, then: Step | None = None) -> AsyncGenerator[None]:
    """Do ``first`` in a transaction of somebody else, which goes on with ``then`` and ends only after the block."""
    held, go_on = asyncio.Event(), asyncio.Event()

    async def holding() -> None:
        async with transaction():
            await first()
            held.set()
            await go_on.wait()
            if then is not None:
                await then()

    holder = asyncio.create_task(holding())
    await held.wait()
    try:
        yield
    finally:
        go_on.set()
        await holder
