"""The worker does its rounds, and a Redis that goes away and comes back does not stop it."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from arq.constants import in_progress_key_prefix
from redis.asyncio import Redis
from redis.exceptions import RedisError

from models.database import fetch
from server.clock import now
from server.forum.outbox import wake_triage
from server.jobs import JOB_QUEUE, TRIAGE_QUEUE, WAKE_JOB
from server.services.embedded import prepare_folders
from server.services.redis import prepare_redis
from server.services.supervisor import Supervisor
from server.settings import Settings
from server.worker import build_worker
from tests.support.classifiers import CalmClassifier, triage_with
from tests.support.conversation import a_board, a_thread
from tests.support.live import services_of
from tests.support.people import a_member
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from arq.worker import Worker
    from litestar import Litestar

HEALTH = f"{JOB_QUEUE}:health-check"


async def is_healthy(redis: Redis) -> bool:
    try:
        return bool(await redis.exists(HEALTH))
    except (RedisError, OSError):
        return False


async def start_worker(services: Settings, redis_address: str, log: Path) -> asyncio.subprocess.Process:
    environment = {**os.environ, **services_of(services), "KITH_REDIS_URL": redis_address}
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.cli", "worker", env=environment, stdout=output, stderr=output
        )


async def test_it_waits_for_a_redis_that_is_away_and_goes_on_when_it_is_back(app, services, tmp_path):
    own = Settings(data_dir=tmp_path / "var", secret_key=services.secret_key)
    prepare_folders(own.places)
    async with Supervisor() as supervisor:
        await supervisor.start(await prepare_redis(own.places))
        redis = Redis.from_url(own.redis_address, socket_timeout=5)
        worker = await start_worker(services, own.redis_address, tmp_path / "log")
        try:
            await until(lambda: is_healthy(redis), within=30)
            await supervisor.stop()
            await until(lambda: "worker_waits" in (tmp_path / "log").read_text(), within=30)
            await supervisor.start(await prepare_redis(own.places))
            await redis.delete(HEALTH)
            await until(lambda: is_healthy(redis), within=30)
            assert worker.returncode is None
        finally:
            worker.terminate()
            await worker.wait()
            await redis.aclose()
    assert worker.returncode == 0


async def test_it_tidies_up_as_soon_as_it_starts(app, services, tmp_path):
    worker = await start_worker(services, services.redis_address, tmp_path / "log")
    try:
        await until(lambda: "housekeeping_done" in (tmp_path / "log").read_text(), within=30)
    finally:
        worker.terminate()
        await worker.wait()


def woken_alone(app: Litestar) -> Worker:
    """Return a worker of the triage queue that never sweeps, and that ends once no wake-up is left."""
    worker = build_worker(app.state.settings, TRIAGE_QUEUE)
    worker.ctx["triage"] = triage_with(app, CalmClassifier())
    worker.cron_jobs, worker.burst = [], True
    return worker


async def read_posts() -> set[int]:
    return {row["post"] for row in await fetch("SELECT post FROM assessment")}


async def test_post_that_comes_while_a_wake_up_ends_needs_no_sweep(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    worker, written = woken_alone(app), []

    async def write() -> None:
        written.append((await a_thread(board, author)).post_id)
        await wake_triage(app.state.redis)

    async def write_late(ctx: dict[object, object]) -> None:
        """Stand between the last look of the job and the moment from which it can be asked for again."""
        if len(written) == 1:
            await write()
            assert await read_posts() == set(written[:1])

    worker.on_job_end = write_late
    try:
        await write()
        await worker.main()
    finally:
        await worker.close()

    assert len(written) == 2
    assert await read_posts() == set(written)


async def test_worker_that_was_killed_at_a_wake_up_is_woken_again_once_it_is_back(app: Litestar) -> None:
    await app.state.redis.set(in_progress_key_prefix + WAKE_JOB, 1, ex=3600)  # what the dead one left
    post = await a_thread(await a_board(), await a_member("calm-fern-12"))
    await wake_triage(app.state.redis)
    worker = woken_alone(app)
    try:
        async with asyncio.timeout(30):
            await worker.main()
    finally:
        await worker.close()

    assert await read_posts() == {post.post_id}


@pytest.mark.parametrize(("queue", "job"), [(TRIAGE_QUEUE, "sweep"), (JOB_QUEUE, "alert")])
async def test_clock_that_is_set_back_stops_no_round(app: Litestar, queue: str, job: str) -> None:
    worker = build_worker(app.state.settings, queue)
    at = now()
    try:
        await worker.run_cron(at + timedelta(hours=3), 0.5)
        await app.state.redis.flushdb()

        await worker.run_cron(at, 0.5)

        assert job in {queued.function for queued in await worker.pool.queued_jobs()}
    finally:
        await worker.close()


async def test_clock_that_is_moved_a_little_starts_no_round_anew(app: Litestar) -> None:
    worker = build_worker(app.state.settings)
    at = now()
    try:
        await worker.run_cron(at, 0.5)
        await app.state.redis.flushdb()

        await worker.run_cron(at - timedelta(seconds=20), 0.5)

        assert await worker.pool.queued_jobs() == []
    finally:
        await worker.close()
