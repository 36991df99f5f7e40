"""Live news over Redis: that something changed, never what. Whoever listens reads PostgreSQL again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from redis.asyncio import Redis

QUEUE_CHANNEL = "kith:live:queue"
"""Something about the moderators' queue changed."""
LOOK_ANYWAY_SECONDS = 5.0
"""Without news a listener looks again after so long: a message can get lost, and Redis can be away."""

log = structlog.get_logger(__name__)


def member_channel(member_id: int) -> str:
    """Name the channel on which one member's pages listen."""
    return f"kith:live:member:{member_id}"


async def tell(redis: Redis, *channels: str) -> None:
    """Wake whoever listens; without Redis they look again by themselves."""
    try:
        for channel in channels:
            await redis.publish(channel, b"")
    except (RedisError, OSError) as failure:
        log.warning("live_news_lost", exc_info=failure)


async def moments_to_look(redis: Redis, channel: str, *, seconds: float) -> AsyncGenerator[None]:
    """Yield at once, then whenever there is news or some seconds went by, for so many seconds in all."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    listening = redis.pubsub()
    try:
        await _listen(listening.subscribe(channel))
        yield
        while (left := end - loop.time()) > 0:
            await _next_news(listening, min(LOOK_ANYWAY_SECONDS, left))
            yield
    finally:
        await listening.aclose()  # type: ignore[no-untyped-call]


async def _listen(subscribing: object) -> None:
    try:
        await subscribing  # type: ignore[misc]
    except (RedisError, OSError) as failure:
        log.warning("live_news_unheard", exc_info=failure)


async def _next_news(listening: object, seconds: float) -> None:
    """Return at the next message, or after so many seconds; Redis's answer to the subscription is no news."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0:
        try:
            if await listening.get_message(ignore_subscribe_messages=True, timeout=left):  # type: ignore[attr-defined]
                return
        except (RedisError, OSError, RuntimeError):
            await asyncio.sleep(left)
