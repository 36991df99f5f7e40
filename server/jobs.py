"""The queues of the background worker and what is put into them; whoever asks for a job need not load the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
from arq.connections import ArqRedis

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool, Redis

TRIAGE_QUEUE = "kith:triage"
"""The arq queue of triage. Its jobs say only "look at the outbox", so one waiting job is enough."""

JOB_QUEUE = "kith:jobs"
"""The arq queue of everything else."""

WAKE_JOB = "triage"
TEST_CALL_JOB = "test-call"


async def enqueue(redis: Redis, queue: str, job: str, *arguments: int) -> None:
    """Put a job into a queue, once as long as the same one waits there.

    Raises: RedisError or OSError where Redis does not take it.
    """
    pool = cast("ConnectionPool", redis.connection_pool)
    # JSON instead of arq's pickle: whoever can write to Redis must not be able to run code in a worker.
    jobs = ArqRedis(pool_or_conn=pool, default_queue_name=queue, job_serializer=msgspec.json.encode)
    await jobs.enqueue_job(job, *arguments, _job_id=":".join([job, *map(str, arguments)]))
