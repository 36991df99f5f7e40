"""Who else has a case open: colleagues see that they are not alone at it. Best effort, in Redis; never for members."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from redis.exceptions import RedisError

from models.database import fetch, fetch_one
from server.errors import NotFound
from triage.queue.handing import WRITER

if TYPE_CHECKING:
    from redis.asyncio import Redis

PAGE_COUNTS_FOR = timedelta(minutes=2)
"""Without JavaScript nobody says that a page was closed."""
ASKING_COUNTS_FOR = timedelta(seconds=45)
"""A page with JavaScript asks again every twenty seconds while it is open."""

log = structlog.stdlib.get_logger(__name__)


class Onlooker(NamedTuple):
    """Somebody of the staff who has the case open."""

    id: int
    handle: str


async def look_at_case(
    redis: Redis, case_id: int, moderator_id: int, *, counts_for: timedelta, at: datetime
) -> list[Onlooker]:
    """Note that a moderator has a case open, and return who else has; nobody where Redis does not answer."""
    key = f"kith:looking:{case_id}"
    try:
        async with redis.pipeline() as pipe:
            pipe.zadd(key, {str(moderator_id): (at + counts_for).timestamp()})
            pipe.zremrangebyscore(key, "-inf", at.timestamp())
            pipe.expire(key, PAGE_COUNTS_FOR)
            pipe.zrange(key, 0, -1)
            *_, looking = await pipe.execute()
    except (RedisError, OSError) as failure:
        log.warning("onlookers_unknown", exc_info=failure)
        return []
    others = [int(one) for one in looking if int(one) != moderator_id]
    return await _staff_among(others) if others else []


async def _staff_among(member_ids: list[int]) -> list[Onlooker]:
    rows = await fetch(
        "SELECT id, handle FROM member WHERE id = ANY($1) AND role <> 'member' ORDER BY handle_key", member_ids
    )
    return [Onlooker(**row) for row in rows]


async def check_may_look(case_id: int, moderator_id: int) -> None:
    """See to it that a case is for this moderator's eyes.

    Raises: NotFound, also for a moderator's own post.
    """
    row = await fetch_one(
        f"""SELECT 1 FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE moderation_case.id = $1 AND {WRITER} IS DISTINCT FROM $2""",
        case_id,
        moderator_id,
    )
    if row is None:
        raise NotFound
