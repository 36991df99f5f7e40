"""Fills an empty, migrated database with an invented community, fast: most of it is written by PostgreSQL itself.

Ids follow time, so the posts of a thread lie scattered over the table as they do in a community that grew. Sizes of
threads, boards and members' output are uneven as in life: most threads are short, a few have 5,000 posts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
from seeding_sql import AROUND, BOARDS, MEMBERS, PLAN, POSTS, THREADS
from words import write_paragraphs, write_titles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_THREAD = 5_000
BOARD_COUNT = 13
LOADED_TABLES = ("member", "thread", "post", "reaction", "follow", "visit", "notice", "triage_task")

# Any: asyncpg carries no types.
Connection = Any


@dataclass(frozen=True)
class Community:
    """What was seeded."""

    posts: int
    threads: int
    members: int
    longest_thread: int
    megabytes: int
    """Of the whole database, indexes included."""


async def open_connection(dsn: str) -> Connection:
    """Connect without the application's limit on a statement's time."""
    return await asyncpg.connect(dsn, statement_cache_size=0)  # pyright: ignore[reportUnknownVariableType]


async def seed_community(dsn: str, posts: int, say: Callable[[str], None]) -> Community:
    """Write about ``posts`` posts and everything around them; the same number gives the same community."""
    chance = random.Random(posts)  # noqa: S311 - the same text each time is the point
    sizes = _thread_sizes(posts, chance)
    connection = await open_connection(dsn)
    try:
        # Foreign keys hold by construction; checking a million of each would take most of the time.
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        await connection.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'; SELECT setseed(0.5)")
        indexes = await _drop_indexes(connection)
        for name, step in (
            ("boards and members", lambda: _write_people(connection, max(2_000, posts // 40))),
            (f"{len(sizes):,} threads", lambda: _write_threads(connection, sizes, chance)),
            (f"{sum(sizes):,} posts", lambda: _write_posts(connection, chance)),
            ("reactions, follows, visits, notices, outbox", lambda: _run_all(connection, AROUND)),
            (f"{len(indexes)} indexes", lambda: _run_all(connection, indexes)),
            ("statistics", lambda: _run_all(connection, ["VACUUM (ANALYZE)", "CHECKPOINT"])),
        ):
            say(f"seeding: {name}")
            await step()
        return await describe(connection)
    finally:
        await connection.close()


async def describe(connection: Connection) -> Community:
    """Return what is in the database."""
    row = await connection.fetchrow(
        """SELECT (SELECT count(*) FROM post) AS posts, (SELECT count(*) FROM thread) AS threads,
                  (SELECT count(*) FROM member) AS members,
                  (SELECT coalesce(max(reply_count), 0) + 1 FROM thread) AS longest_thread,
                  pg_database_size(current_database()) / 1048576 AS megabytes"""
    )
    return Community(**dict(row))


def _thread_sizes(posts: int, chance: random.Random) -> list[int]:
    sizes = [LONGEST_THREAD] * max(1, posts // 100_000)
    left = posts - sum(sizes)
    while left > 0:
        size = min(int(chance.paretovariate(1.05)), LONGEST_THREAD, left)
        sizes.append(size)
        left -= size
    chance.shuffle(sizes)
    return sizes


async def _drop_indexes(connection: Connection) -> list[str]:
    """Drop what is quicker to build afterwards, and return how to build it again."""
    rows = await connection.fetch(
        """SELECT indexname, indexdef FROM pg_indexes
           WHERE schemaname = 'public' AND tablename = ANY($1)
             AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
        list(LOADED_TABLES),
    )
    for row in rows:
        await connection.execute(f'DROP INDEX "{row["indexname"]}"')
    return [row["indexdef"] for row in rows]


async def _write_people(connection: Connection, members: int) -> None:
    await connection.execute(BOARDS, BOARD_COUNT)
    await connection.execute(MEMBERS, members)
    await connection.execute("SELECT setval('member_id_seq', max(id)) FROM member")


async def _write_threads(connection: Connection, sizes: list[int], chance: random.Random) -> None:
    titles = write_titles(chance, len(sizes))
    await connection.execute("CREATE TEMP TABLE planned_thread (id bigint, title text, size int)")
    await connection.copy_records_to_table(
        "planned_thread",
        records=((n, title, size) for n, (title, size) in enumerate(zip(titles, sizes, strict=True), 1)),
    )
    await _run_all(connection, PLAN)


async def _write_posts(connection: Connection, chance: random.Random) -> None:
    await connection.execute("CREATE TEMP TABLE paragraph (id int PRIMARY KEY, words text)")
    await connection.copy_records_to_table("paragraph", records=enumerate(write_paragraphs(chance)))
    await connection.execute("ANALYZE paragraph")
    await _run_all(connection, [POSTS, THREADS])
    await connection.execute("SELECT setval('post_id_seq', max(id)) FROM post")
    await connection.execute("SELECT setval('thread_id_seq', max(id)) FROM thread")


async def _run_all(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        await connection.execute(statement)
