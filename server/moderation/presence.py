"""What members may know of the moderators: whether one is here now, and how soon the first look usually comes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from models.database import fetch_one
from server.moderation.shifts import count_on_shift
from triage.queue.priority import PROMISED_BY, WAITS_SINCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

DAYS = 30
ENOUGH_CASES = 10
"""With fewer, a median says little."""
USUAL_KEY = "kith:presence:usual-minutes"
ALONE_KEY = "kith:presence:minutes-alone"
REMEMBERED_SECONDS = 300
"""The medians are computed anew after so long; many pages show them."""
NOBODY_WAS_HERE = f"""NOT EXISTS (SELECT 1 FROM shift WHERE shift.started_at <= {WAITS_SINCE}
    AND coalesce(shift.paused_at, shift.ended_at, 'infinity') > {WAITS_SINCE})"""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Presence:
    """Whether somebody is here, and how long the first look at an urgent post usually takes."""

    somebody_is_here: bool
    usual_minutes: int | None
    """``None`` where too few posts were urgent to say."""
    minutes_alone: int | None
    """The same for posts that came while nobody was here."""


async def read_presence(redis: Redis, *, author: int | None = None, at: datetime) -> Presence:
    """Return what members are told of the moderators; nobody is here for a post whose ``author`` alone is on shift."""
    return Presence(
        somebody_is_here=await count_on_shift(besides=author) > 0,
        usual_minutes=await _remembered(redis, USUAL_KEY, usual_minutes, at=at),
        minutes_alone=await _remembered(redis, ALONE_KEY, minutes_alone, at=at),
    )


async def usual_minutes(*, at: datetime) -> int | None:
    """Return the median time to the first look at urgent posts of the last 30 days, in minutes, at least 1."""
    return await _median_minutes("true", at=at)


async def minutes_alone(*, at: datetime) -> int | None:
    """Return the same for posts that came while nobody was on shift."""
    return await _median_minutes(NOBODY_WAS_HERE, at=at)


async def _median_minutes(of_those: str, *, at: datetime) -> int | None:
    # A post that nobody looked at in time has waited until now, or until it was taken down. What somebody had looked at
    # before it became urgent waited for nobody.
    row = await fetch_one(
        f"""SELECT count(*) AS number, percentile_cont(0.5) WITHIN GROUP (
                    ORDER BY extract(epoch FROM coalesce(first_look_at, closed_at, $2) - {WAITS_SINCE}) / 60) AS minutes
           FROM moderation_case
           WHERE severity >= 2 AND opened_at > $1 AND opened_at <= $2
             AND (first_look_at >= {WAITS_SINCE}
                  OR (first_look_at IS NULL AND coalesce(closed_at, $2) > {PROMISED_BY})) AND {of_those}""",
        at - timedelta(days=DAYS),
        at,
    )
    return max(1, round(row["minutes"])) if row["number"] >= ENOUGH_CASES else None


async def _remembered(
    redis: Redis, key: str, count: Callable[..., Awaitable[int | None]], *, at: datetime
) -> int | None:
    try:
        kept: bytes | None = await redis.get(key)
    except (RedisError, OSError) as failure:
        log.warning("presence_not_remembered", exc_info=failure)
        return None  # without Redis the line says less; counting for every visitor would cost more than it is worth
    if kept is not None:
        return int(kept) or None
    minutes = await count(at=at)
    with contextlib.suppress(RedisError, OSError):  # the next visitor's page counts anew
        await redis.set(key, minutes or 0, ex=REMEMBERED_SECONDS)
    return minutes
