"""The connection to Redis: quick to give up, because Redis is never the truth."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

ANSWER_SECONDS = 1.0


def connect_redis(url: str) -> Redis:
    """Return a client for ``redis://`` or ``unix://`` addresses; nothing is sent yet."""
    return Redis.from_url(
        url,
        decode_responses=False,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )
