"""Parts are killed with -9 while members post: every accepted post is there, once, and is read once in effect."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.support.installation import running
from tests.support.people import form_token
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.installation import Installation

EMERGENCY = "I am going to kill myself tonight."
MEMBERS = 15
POSTS_EACH = 5
KILLED_AFTER = {10: "server.cli worker", 20: "bin/postgres", 35: "server.cli web", 50: "redis-server"}
"""How many posts are accepted before which part is killed."""
EMPTIED_AFTER = 60
"""How many before Redis loses everything that it knows."""


async def test_every_accepted_post_survives_the_death_of_every_part(folder: Path) -> None:
    async with running(folder / "var", folder / "log") as kith:
        tokens = await kith.let_in(MEMBERS)
        accepted: set[str] = set()
        killers = asyncio.create_task(_kill_parts(kith, accepted))

        await asyncio.gather(*(_post_until_accepted(kith, token, accepted) for token in tokens))
        await killers
        await until(kith.answers, within=30)
        await until(partial(_everything_is_read, kith), within=150)

        assert len(accepted) == MEMBERS * POSTS_EACH
        async with kith.database() as database:
            rows = await database.fetch(
                """SELECT post.body, (SELECT count(*) FROM triage_task WHERE triage_task.post = post.id) AS tasks,
                          (SELECT count(*) FROM assessment WHERE assessment.post = post.id) AS assessments,
                          (SELECT count(*) FROM moderation_case WHERE moderation_case.post = post.id) AS cases
                   FROM post"""
            )
        assert sorted(row["body"] for row in rows) == sorted(accepted)
        assert {(row["tasks"], row["assessments"]) for row in rows} == {(1, 1)}
        assert {row["cases"] for row in rows if EMERGENCY in row["body"]} == {1}


async def _post_until_accepted(kith: Installation, token: str, accepted: set[str]) -> None:
    """Send each post until Kith takes it, with the same key, as a person who presses the button again."""
    async with kith.browser(token) as browser:
        for _ in range(POSTS_EACH):
            # Every third is an emergency in plain words, with a number that makes it one of its own.
            words = EMERGENCY if len(accepted) % 3 == 0 else "Soup with my sister."
            body = f"{words} {uuid4()}"
            key = str(uuid4())
            await until(partial(_is_taken, browser, body, key), within=60)
            accepted.add(body)


async def _is_taken(browser: httpx.AsyncClient, body: str, key: str) -> bool:
    try:
        csrf = await form_token(browser, "/sign-in")
        answer = await browser.post(
            "/boards/hello/new",
            data={"title": "In the storm", "body": body, "submission_key": key, "_csrf_token": csrf},
        )
    except (httpx.TransportError, AssertionError):
        return False
    if answer.status_code >= 500:
        assert body in answer.text, "the text was not given back"
    return answer.status_code == 303


async def _kill_parts(kith: Installation, accepted: set[str]) -> None:
    for number, part in KILLED_AFTER.items():
        await until(partial(_has_reached, accepted, number), within=120)
        kith.process_of(part).kill()
    await until(partial(_has_reached, accepted, EMPTIED_AFTER), within=120)
    await until(partial(_empty_redis, kith), within=30)


async def _empty_redis(kith: Installation) -> bool:
    redis = Redis.from_url(kith.settings.redis_address, socket_timeout=5)
    try:
        return bool(await redis.flushall())
    except (RedisError, OSError):
        return False
    finally:
        await redis.aclose()


async def _everything_is_read(kith: Installation) -> bool:
    async with kith.database() as database:
        return await database.fetchval("SELECT count(*) FROM triage_task WHERE done_at IS NULL") == 0


def _has_reached(accepted: set[str], number: int) -> bool:
    return len(accepted) >= number
