"""The worker does its rounds, and a Redis that goes away and comes back does not stop it."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.services.embedded import prepare_folders
from server.services.redis import prepare_redis
from server.services.supervisor import Supervisor
from server.settings import Settings
from server.worker import JOB_QUEUE
from tests.support.live import services_of
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

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
