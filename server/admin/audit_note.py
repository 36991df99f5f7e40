"""What is noted of the audit log outside of the database: its last entry, in Redis, every minute.

A chain of hashes cannot tell that its end was cut off, or that it was written anew with hashes that fit. Whoever does
that, and does not reach Redis, is found: the entry that was noted is not there any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from triage.queue.audit import Noted, is_there, last_entry, read_noted

if TYPE_CHECKING:
    from redis.asyncio import Redis

KEY = "kith:audit:noted"

log = structlog.stdlib.get_logger(__name__)


async def note_last(redis: Redis) -> None:
    """Note the last entry, unless the one that was noted before is gone: then say so, and keep what was noted."""
    noted = await _noted(redis)
    if noted is not None and not await is_there(noted):
        log.critical("audit_log_changed", noted_entry=noted.entry)
        return
    last = await last_entry()
    if last is not None:
        await redis.set(KEY, str(last))


async def read_note(redis: Redis) -> Noted | None:
    """Return what was noted; ``None`` where nothing was, or Redis is away."""
    try:
        return await _noted(redis)
    except (RedisError, OSError) as failure:
        log.warning("audit_note_not_read", exc_info=failure)
        return None


async def forget_note(redis: Redis) -> None:
    """Begin anew: the log is another one, as after a restore."""
    await redis.delete(KEY)


async def _noted(redis: Redis) -> Noted | None:
    return read_noted((await redis.get(KEY) or b"").decode())
