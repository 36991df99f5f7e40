"""The background worker: an arq worker on the queue ``kith:triage`` reads posts, one on ``kith:jobs`` does the rest.

Redis holds hints, never the truth. When it is away the worker waits for it and goes on; whatever was due meanwhile is
found again in PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from datetime import datetime, timedelta
from os import EX_OK, EX_SOFTWARE
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import structlog
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix
from arq.cron import cron
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from models.database import close_database, open_database
from server.clock import now
from server.jobs import JOB_QUEUE, TEST_CALL_JOB, TRIAGE_QUEUE, WAKE_JOB
from server.triaging import Triage, TriageStuck

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from server.settings import Settings

JOB_SECONDS = 120
LINK_SECONDS = 900
DRAIN_SECONDS = 3600
"""A backlog may take long; what one job leaves, the next sweep goes on with."""
SWEEP_AT = set(range(0, 60, 5))
"""Seconds of each minute."""
ALERTS_AT = {0, 15, 30, 45}
"""Likewise."""
EMBED_AT = 23
"""Second of each minute: between two sweeps."""
NOTE_AT, READING_AT = 37, 52
"""Likewise."""
TRIAGE_POLL_SECONDS = 0.1
HEALTH_SECONDS = 15
STOP_SECONDS = 3.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
CLOCK_WENT_BACK = timedelta(seconds=30)

log = structlog.stdlib.get_logger(__name__)


class KithWorker(Worker):
    """arq's worker, except that its rounds go on when the clock, having been ahead, is set right.

    arq reckons each round from the one before, and would wait until the clock comes there again.
    """

    _latest: datetime | None = None

    async def run_cron(self, n: datetime, delay: float, num_windows: int = 2) -> None:
        """Begin what is due at ``n``; where the clock went back, all rounds as on a start."""
        if self._latest is not None and n < self._latest - CLOCK_WENT_BACK:
            log.warning("clock_went_back", seconds=round((self._latest - n).total_seconds()))
            self._latest = None
            self._last_health_check = 0
            for job in self.cron_jobs or ():
                job.next_run = None
        self._latest = max(self._latest or n, n)
        await super().run_cron(n, delay, num_windows)


async def housekeep(ctx: dict[Any, Any]) -> None:
    """Let every feature throw away what has run out, and say where a crisis line, or room on the disk, is missing."""
    from server.housekeeping import run_all
    from server.resources.crisis_lines import tell_admins
    from server.services.disk import warn_of_little_disk

    await run_all(now=now())
    await tell_admins(ctx["settings"].default_region, at=now())
    warn_of_little_disk(ctx["settings"].data_dir)


async def check_resources(ctx: dict[Any, Any]) -> None:  # noqa: ARG001 - arq's own dictionary, by its own name
    """See whether the addresses of vetted resources still answer."""
    from server.resources.link_check import check_links

    await check_links(now())


async def alert(ctx: dict[Any, Any]) -> None:
    """End the shifts of whoever is gone, then call people to cases that nobody comes to."""
    from server.moderation.alerting import raise_alerts
    from server.moderation.shifts import end_forgotten
    from triage.queue.claims import shorten_leases

    await end_forgotten(at=now())
    await shorten_leases(at=now())
    await raise_alerts(ctx["settings"], ctx["redis"], at=now())


async def tell_of_reading(ctx: dict[Any, Any]) -> None:
    """Tell admins while posts wait that nobody reads."""
    from server.admin.reading import tell_admins_while_nobody_reads

    await tell_admins_while_nobody_reads(ctx["redis"], at=now())


async def note_audit_log(ctx: dict[Any, Any]) -> None:
    """Note the last entry of the audit log outside of the database."""
    from server.admin.audit_note import note_last

    await note_last(ctx["redis"])


async def test_call(ctx: dict[Any, Any], member_id: int) -> None:
    """Call a member of the staff who wants to see whether it reaches them."""
    from server.moderation.push import send_test

    await send_test(member_id, ctx["settings"], at=now())


async def triage(ctx: dict[Any, Any]) -> None:
    """Read what waits in the outbox."""
    drainer: Triage = ctx["triage"]
    await _or_start_anew(drainer.drain())


async def embed_resources(ctx: dict[Any, Any]) -> None:
    """Have the classifier embed resources that changed."""
    drainer: Triage = ctx["triage"]
    await _or_start_anew(drainer.embed_resources())


async def _or_start_anew(thinking: Awaitable[object]) -> None:
    try:
        await thinking
    except TriageStuck:
        # A thread that does not come back cannot be ended from here; whoever runs the worker starts it anew.
        log.critical("triage_stuck")
        os._exit(EX_SOFTWARE)


async def look_again(ctx: dict[Any, Any]) -> None:
    """Look once more when a job is over for arq too.

    Until then nobody can ask for it again, so a post that came after its last look would wait for the next sweep.
    """
    try:
        await triage(ctx)
    except Exception as failure:  # as in a job: it ends, and the next one goes on
        log.warning("triage_failed", exc_info=failure)


async def forget_lost_wake_up(ctx: dict[Any, Any]) -> None:
    """Let a wake-up begin although a worker died at one; that two work on it at once does no harm."""
    await ctx["redis"].delete(in_progress_key_prefix + WAKE_JOB)


def build_worker(settings: Settings, queue: str = JOB_QUEUE) -> Worker:
    """Return the worker of one queue on the Redis that ``settings`` names."""
    # JSON instead of arq's pickle: whoever can write to Redis must not be able to run code here.
    redis = ArqRedis(
        pool_or_conn=ConnectionPool.from_url(settings.redis_address),
        job_serializer=msgspec.json.encode,
        job_deserializer=msgspec.json.decode,
        default_queue_name=queue,
    )
    is_triage = queue == TRIAGE_QUEUE
    crons = (
        [
            # Every worker sweeps: several share a backlog that way.
            cron(triage, name="sweep", second=SWEEP_AT, run_at_startup=True, unique=False, timeout=DRAIN_SECONDS),
            cron(embed_resources, name="embed-resources", second=EMBED_AT),
        ]
        if is_triage
        else [
            cron(housekeep, name="housekeep", minute=7, run_at_startup=True),
            cron(check_resources, name="check-resources", hour=4, minute=19, timeout=LINK_SECONDS),
            cron(alert, name="alert", second=ALERTS_AT, run_at_startup=True),
            cron(tell_of_reading, name="tell-of-reading", second=READING_AT),
            cron(note_audit_log, name="note-audit-log", second=NOTE_AT, run_at_startup=True),
        ]
    )
    return KithWorker(
        functions=[func(triage, name=WAKE_JOB)] if is_triage else [func(test_call, name=TEST_CALL_JOB)],
        ctx={"triage": Triage(settings, redis)} if is_triage else {"settings": settings},
        redis_pool=redis,
        queue_name=queue,
        cron_jobs=crons,
        on_startup=forget_lost_wake_up if is_triage else None,
        after_job_end=look_again if is_triage else None,
        job_serializer=msgspec.json.encode,
        job_deserializer=msgspec.json.decode,
        job_timeout=DRAIN_SECONDS if is_triage else JOB_SECONDS,
        poll_delay=TRIAGE_POLL_SECONDS if is_triage else 0.5,
        max_tries=1 if is_triage else 5,
        keep_result=0,
        health_check_interval=HEALTH_SECONDS,
        handle_signals=False,
    )


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM, SIGINT or SIGHUP; a Redis or PostgreSQL that goes away is waited for.

    Ends the process itself: a thread that is just loading or running the model cannot be interrupted, and would hold
    it. What that thread had in hand is still due in PostgreSQL.
    """
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for stop_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(stop_signal) is not signal.SIG_IGN:  # as nohup has it
            loop.add_signal_handler(stop_signal, stopping.set)
    working = asyncio.create_task(_work(settings))
    await asyncio.wait((working, asyncio.create_task(stopping.wait())), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.is_set():
        await working
    # When Redis goes at the same moment, its error can take the place of the cancellation: hence the limit.
    working.cancel()
    await asyncio.wait((working,), timeout=STOP_SECONDS)
    log.info("worker_stopped")
    os._exit(EX_OK)


async def _work(settings: Settings) -> None:
    pause = FIRST_PAUSE
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await open_database(settings.database_address, max_connections=4)
            try:
                await _serve_queues(build_worker(settings, TRIAGE_QUEUE), build_worker(settings))
            finally:
                await close_database()
        except (RedisError, OSError, asyncpg.PostgresError) as error:
            if asyncio.get_running_loop().time() - started > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            log.warning("worker_waits", exc_info=error, seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _serve_queues(*workers: Worker) -> None:
    log.info("worker_started", queues=[worker.queue_name for worker in workers])
    try:
        async with asyncio.TaskGroup() as group:
            for worker in workers:
                group.create_task(worker.main())
    except BaseExceptionGroup as failures:
        # They fail together, of the same cause.
        raise failures.exceptions[0] from None
    finally:
        for worker in workers:
            with contextlib.suppress(RedisError, OSError, asyncio.CancelledError):
                await worker.close()
