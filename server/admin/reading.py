"""Whether posts are being read, told to admins while they are not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.notices.sentences import NOBODY_READS
from server.notices.service import keep_admins_told
from server.triage_state import is_reading, read_state
from triage.queue.tasks import count_waiting

if TYPE_CHECKING:
    from redis.asyncio import Redis

PATIENCE = timedelta(minutes=2)
"""So long a post may wait beside a classifier that does not read: it may just be loading."""


async def tell_admins_while_nobody_reads(redis: Redis, *, at: datetime) -> None:
    """Have admins hear once that posts wait and the classifier does not read them. Call it now and then."""
    _, since = await count_waiting()
    # What lies ahead was dated by a clock that was set back since.
    is_stuck = since is not None and abs(at - since) > PATIENCE and not is_reading(await read_state(redis))
    await keep_admins_told([NOBODY_READS], NOBODY_READS if is_stuck else "", at=at)
