"""The background worker: an arq worker on the queue ``kith:jobs`` that runs housekeeping.

Redis holds hints, never the truth. When it is away the worker waits for it and goes on; whatever was due meanwhile is
found again in PostgreSQL.

The wake-up that each post sends for its triage goes to a queue of its own, ``kith:triage``. Nothing reads that queue
until there is a classifier; the tasks themselves wait in the table ``triage_task``.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import structlog
from arq.connections import ArqRedis
from arq.cron import cron
from arq.worker import Worker
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from models.database import close_database, open_database
from server.clock import now

if TYPE_CHECKING:
    from server.settings import Settings

JOB_QUEUE = "kith:jobs"
TRIAGE_QUEUE = "kith:triage"
JOB_SECONDS = 120
HEALTH_SECONDS = 15
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0

log = structlog.stdlib.get_logger(__name__)


async def housekeep(ctx: dict[Any, Any]) -> None:  # noqa: ARG001 - arq's own dictionary, by its own name
    """Let every feature throw away what has run out."""
    from server.housekeeping import run_all

    await run_all(now=now())


def build_worker(settings: Settings) -> Worker:
    """Return the worker on the Redis that ``settings`` names."""
    # JSON instead of arq's pickle: whoever can write to Redis must not be able to run code here.
    redis = ArqRedis(
        pool_or_conn=ConnectionPool.from_url(settings.redis_address),
        job_serializer=msgspec.json.encode,
        job_deserializer=msgspec.json.decode,
        default_queue_name=JOB_QUEUE,
    )
    return Worker(
        redis_pool=redis,
        queue_name=JOB_QUEUE,
        cron_jobs=[cron(housekeep, name="housekeep", minute=7, run_at_startup=True)],
        job_serializer=msgspec.json.encode,
        job_deserializer=msgspec.json.decode,
        job_timeout=JOB_SECONDS,
        keep_result=0,
        health_check_interval=HEALTH_SECONDS,
        handle_signals=False,
    )


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; a Redis or PostgreSQL that goes away is waited for."""
    working = asyncio.create_task(_work(settings))
    loop = asyncio.get_running_loop()
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(stop_signal, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working
    log.info("worker_stopped")


async def _work(settings: Settings) -> None:
    pause = FIRST_PAUSE
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await open_database(settings.database_address, max_connections=4)
            try:
                await _serve_queue(build_worker(settings))
            finally:
                await close_database()
        except (RedisError, OSError, asyncpg.PostgresError) as error:
            if asyncio.get_running_loop().time() - started > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            log.warning("worker_waits", exc_info=error, seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _serve_queue(worker: Worker) -> None:
    log.info("worker_started", queue=JOB_QUEUE)
    try:
        await worker.main()
    finally:
        with contextlib.suppress(RedisError, OSError, asyncio.CancelledError):
            await worker.close()
