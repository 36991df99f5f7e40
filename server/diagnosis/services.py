"""Checks of PostgreSQL, Redis and the worker. The database is open already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from models.database import fetch, fetch_one
from server.clock import now
from server.diagnosis.finding import Finding, fail, ok, warn
from server.jobs import JOB_QUEUE
from server.redis_client import connect_redis
from server.triage_state import LOADING, read_state

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from server.settings import Settings

OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)
CLOCK_DIFFERENCE = 5.0
"""Seconds that the database's clock may differ from ours."""

DURABLE = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_write", "remote_apply"}}


async def check_postgres() -> AsyncIterator[Finding]:
    """Look at PostgreSQL's version, durability and clock."""
    version = (await fetch_one("SELECT current_setting('server_version_num')::int AS number"))["number"] // 10_000
    if version >= OLDEST_POSTGRES:
        yield ok(f"PostgreSQL {version} answers")
    else:
        yield fail(f"PostgreSQL {version} is too old", f"Use PostgreSQL {OLDEST_POSTGRES} or later.")
    rows = await fetch("SELECT name, setting FROM pg_settings WHERE name = ANY($1::text[])", list(DURABLE))
    weak = [f"{row['name']} = {row['setting']}" for row in rows if row["setting"] not in DURABLE[row["name"]]]
    if weak:
        yield fail(f"PostgreSQL may lose posts in a crash: {', '.join(weak)}", "Set them to on in postgresql.conf.")
    else:
        yield ok("PostgreSQL keeps what it confirmed")
    theirs = (await fetch_one("SELECT clock_timestamp() AS now"))["now"]
    difference = abs((theirs - now()).total_seconds())
    if difference > CLOCK_DIFFERENCE:
        yield warn(f"The database's clock differs by {difference:.0f} seconds", "Synchronise both machines' clocks.")


async def check_redis(settings: Settings, *, expect_worker: str) -> AsyncIterator[Finding]:
    """Look at Redis's version and durability and, where ``expect_worker`` gives a reason to, at the worker."""
    redis = connect_redis(settings.redis_address)
    try:
        version = str((await redis.info("server"))["redis_version"])
        if tuple(map(int, version.split(".")[:2])) >= OLDEST_REDIS:
            yield ok(f"Redis {version} answers")
        else:
            yield fail(f"Redis {version} is too old", "Use Redis 6.2 or later, or Valkey.")
        yield await _redis_durability(redis)
        if expect_worker:
            yield await _worker(redis, expect_worker)
    except (RedisError, OSError) as error:
        yield fail(f"Redis does not answer ({type(error).__name__})", "Check KITH_REDIS_URL and that the server runs.")
    finally:
        await redis.aclose()


async def _redis_durability(redis: Redis) -> Finding:
    try:
        append = (await redis.config_get("appendonly")).get("appendonly")
        policy = (await redis.config_get("maxmemory-policy")).get("maxmemory-policy")
    except RedisError:
        return warn(
            "Redis does not show its configuration", "Make sure that it runs with appendonly yes and noeviction."
        )
    if append != "yes" or policy != "noeviction":
        return warn(
            "Redis may forget wake-ups, limits and what was noted of the audit log: "
            f"appendonly {append}, maxmemory-policy {policy}",
            "Set `appendonly yes` and `maxmemory-policy noeviction` in its configuration.",
        )
    return ok("Redis keeps what it is given")


async def _worker(redis: Redis, reason: str) -> Finding:
    if not await redis.exists(f"{JOB_QUEUE}:health-check"):
        return fail(f"No worker is at work, although {reason}", "Start it with `kith worker` (docs/deploy has a unit).")
    state = await read_state(redis)
    if state is not None and state.problem == LOADING:
        return ok("The worker is at work, and is loading the classifier")
    if state is not None and state.problem:
        return fail(f"The worker reads no posts: {state.problem}", "They wait, and are read as soon as it can.")
    return ok("The worker is at work")
