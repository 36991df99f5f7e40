"""The outbox of triage: a task in the post's own transaction, and a wake-up that may get lost.

What the rules recognise as an emergency is queued for moderators in that same transaction, so that it never waits for
the worker or the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from models.database import execute
from server.jobs import TRIAGE_QUEUE, WAKE_JOB, enqueue
from server.live import QUEUE_CHANNEL, tell
from server.support.offering import may_be_about_author, offer_support
from triage.queue.cases import Flag, raise_case
from triage.queue.tasks import read_in_context
from triage.rules import screen
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from redis.asyncio import Redis

log = structlog.get_logger(__name__)


async def queue_triage(post_id: int, *, revision: int, at: datetime) -> None:
    """Write the task of one revision of a post; call it inside the transaction that writes the post."""
    await queue_reading(post_id, revision=revision, at=at)
    await _queue_emergency(post_id, revision=revision, at=at)


async def queue_reading(post_id: int, *, revision: int, at: datetime) -> None:
    """Write the same task where a moderator changed the text: they have seen what the rules would queue."""
    await execute(
        """INSERT INTO triage_task (post, revision, created_at, available_at, attempts, failure)
           VALUES ($1, $2, $3, $3, 0, '') ON CONFLICT (post, revision) DO NOTHING""",
        post_id,
        revision,
        at,
    )


async def _queue_emergency(post_id: int, *, revision: int, at: datetime) -> None:
    """Open a case at once where a rule says that it must not wait."""
    written = await read_in_context(post_id)
    if written is None:
        return
    hits = screen(written.post.text, title=written.post.title, parent=written.post.parent)
    severity = max((hit.severity for hit in hits), default=Severity.GREEN)
    if not severity.is_urgent:
        return
    flag = Flag(post_id=post_id, revision=revision, severity=severity, reasons=tuple(hit.reason for hit in hits))
    await raise_case(flag, written.policy, at=at)
    urgent = [hit.reason for hit in hits if hit.severity.is_urgent]
    if written.author_id is not None and may_be_about_author(urgent):
        await offer_support(written.author_id, post_id, at=at)


async def wake_triage(redis: Redis) -> None:
    """Tell a worker that tasks wait, and moderators that there may be a case, after the commit.

    Without Redis the post stands, and a sweep finds its task.
    """
    try:
        await enqueue(redis, TRIAGE_QUEUE, WAKE_JOB)
    except (RedisError, OSError) as failure:
        log.warning("triage_not_woken", exc_info=failure)
    await tell(redis, QUEUE_CHANNEL)
