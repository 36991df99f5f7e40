"""Live news: whoever listens hears at once that something changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from server.live import LOOK_ANYWAY_SECONDS, moments_to_look, tell

if TYPE_CHECKING:
    from litestar import Litestar

CHANNEL = "kith:live:test"


async def test_first_news_is_heard_at_once(app: Litestar) -> None:
    moments = moments_to_look(app.state.redis, CHANNEL, seconds=60)
    await anext(moments)

    await tell(app.state.redis, CHANNEL)

    await asyncio.wait_for(anext(moments), LOOK_ANYWAY_SECONDS / 2)
    await moments.aclose()


async def test_listening_ends(app: Litestar) -> None:
    moments = moments_to_look(app.state.redis, CHANNEL, seconds=0)
    await anext(moments)

    with pytest.raises(StopAsyncIteration):
        await anext(moments)
