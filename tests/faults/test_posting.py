"""Parts are killed with -9 while members post: every accepted post is there, once, with its triage task."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import httpx
import pytest

from server.clock import now
from server.web.sessions import LIFETIME, session_id_of
from tests.support.installation import Installation, running
from tests.support.people import form_token
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMBERS = 15
POSTS_EACH = 5
KILLED_AFTER = {15: "bin/postgres", 35: "server.cli web", 55: "redis-server"}
"""How many posts are accepted before which part is killed."""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="kith-faults-"))
    yield path
    shutil.rmtree(path)


async def test_every_accepted_post_survives_the_death_of_every_part(folder: Path) -> None:
    async with running(folder / "var", folder / "log") as kith:
        tokens = await _let_members_in(kith)
        accepted: set[str] = set()
        killers = asyncio.create_task(_kill_parts(kith, accepted))

        await asyncio.gather(*(_post_until_accepted(kith, token, accepted) for token in tokens))
        await killers
        await until(kith.answers, within=30)

        assert len(accepted) == MEMBERS * POSTS_EACH
        async with _connection(kith) as database:
            rows = await database.fetch(
                """SELECT post.body, count(triage_task.id) AS tasks FROM post
                   LEFT JOIN triage_task ON triage_task.post = post.id GROUP BY post.id, post.body"""
            )
        assert sorted(row["body"] for row in rows) == sorted(accepted)
        assert {row["tasks"] for row in rows} == {1}


class _connection:  # noqa: N801 - used as a verb: async with _connection(kith)
    """A connection of the test's own to the installation's database."""

    def __init__(self, kith: Installation) -> None:
        self._address = kith.settings.database_address

    async def __aenter__(self) -> asyncpg.Connection:
        self._open = await asyncpg.connect(self._address)
        return self._open

    async def __aexit__(self, *_: object) -> None:
        await self._open.close()


async def _let_members_in(kith: Installation) -> list[str]:
    tokens = [secrets.token_urlsafe(32) for _ in range(MEMBERS)]
    async with _connection(kith) as database:
        for number, token in enumerate(tokens):
            member = await database.fetchval(
                """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices,
                                       totp_last_step)
                   VALUES ($1::varchar, $1::varchar, '', 'member', $2, true, '{}', 0) RETURNING id""",
                f"writer-{number}",
                now().date(),
            )
            await database.execute(
                "INSERT INTO session (id, member, created_at, seen_at, expires_at, second_factor) "
                "VALUES ($1, $2, $3, $3, $4, false)",
                session_id_of(token),
                member,
                now(),
                now() + LIFETIME,
            )
    return tokens


async def _post_until_accepted(kith: Installation, token: str, accepted: set[str]) -> None:
    """Send each post until Kith takes it, with the same key, as a person who presses the button again."""
    address = f"http://127.0.0.1:{kith.port}"
    async with httpx.AsyncClient(base_url=address, cookies={"kith-session": token}, timeout=20) as browser:
        for _ in range(POSTS_EACH):
            body = f"Words number {uuid4()}"
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


def _has_reached(accepted: set[str], number: int) -> bool:
    return len(accepted) >= number
