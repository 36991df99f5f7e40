"""What a worker says of itself, for the pages of staff; it fades when no worker does."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis.asyncio import Redis

STATE_KEY = "kith:triage:state"
LOADING = "The classifier is being loaded."
STATE_SECONDS = 20
"""The worker's sweep says it anew every five seconds."""


class TriageState(msgspec.Struct, frozen=True):
    """How the classifier does."""

    model: str = ""
    problem: str = ""


async def say_state(redis: Redis, state: TriageState) -> None:
    """Say how the classifier does; without Redis nobody hears it."""
    with contextlib.suppress(RedisError, OSError):
        await redis.set(STATE_KEY, msgspec.json.encode(state), ex=STATE_SECONDS)


async def read_state(redis: Redis) -> TriageState | None:
    """Return what the worker last said of itself; ``None`` where no worker did lately."""
    try:
        said: Any = await redis.get(STATE_KEY)
        return msgspec.json.decode(said, type=TriageState) if said else None
    except (RedisError, OSError, msgspec.DecodeError):
        return None


def is_reading(state: TriageState | None) -> bool:
    """Tell whether a worker is there whose classifier reads posts."""
    return state is not None and not state.problem
