"""The state of this Kith in a few honest numbers. Nothing here counts through a large table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.database import fetch, fetch_one

DAYS = 30
COUNTED = 10_000
"""Rows are counted up to here; beyond, a number is PostgreSQL's estimate, or "more than"."""
WAITS_LONG = timedelta(minutes=1)
"""A post that is still not read after so long is a sign that something is wrong."""


class Exactness(StrEnum):
    """How a number was come by."""

    COUNTED = ""
    ESTIMATED = "about"
    CUT = "more than"


@dataclass(frozen=True)
class Amount:
    """A number, and how far it can be trusted."""

    number: int
    exactness: Exactness = Exactness.COUNTED

    def __str__(self) -> str:
        return f"{self.exactness.value} {self.number:,}".strip()


@dataclass(frozen=True)
class Overview:
    """What an admin sees first."""

    members: Amount
    posts: Amount
    waiting_tasks: Amount
    oldest_task_at: datetime | None
    """Among those that are first in line."""
    waits_long: bool
    open_worries: Amount
    """Members are worried about somebody, and no moderator has decided yet."""
    open_reports: Amount
    """Likewise of posts that break the rules."""
    unconfirmed_helplines: int
    broken_addresses: int
    """Of vetted resources: the last look found something wrong."""
    staff_without_second_factor: int
    days: list[tuple[date, int]]
    """Posts of each of the last 30 days, oldest first."""

    @property
    def posts_today(self) -> int:
        """Posts since midnight (UTC)."""
        return self.days[-1][1]

    @property
    def busiest_day(self) -> int:
        """The highest number among the days, at least 1."""
        return max(1, *(number for _, number in self.days))


async def read_overview(*, now: datetime) -> Overview:
    """Gather the numbers."""
    row = await fetch_one(
        """SELECT tasks.n AS tasks, tasks.oldest,
                  (SELECT count(*) FROM (SELECT FROM report WHERE decided_at IS NULL AND kind = 'worried' LIMIT $1 + 1)
                   AS open) AS worries,
                  (SELECT count(*) FROM (SELECT FROM report WHERE decided_at IS NULL AND kind = 'rules' LIMIT $1 + 1)
                   AS open) AS reports,
                  (SELECT count(*) FROM helpline WHERE state = 'unconfirmed') AS unconfirmed,
                  (SELECT count(*) FROM resource WHERE state = 'vetted' AND link_problem <> '') AS broken,
                  (SELECT count(*) FROM member WHERE role <> 'member' AND totp_secret IS NULL) AS without_factor
           FROM (SELECT count(*) AS n, min(created_at) AS oldest FROM
                 (SELECT created_at FROM triage_task WHERE done_at IS NULL ORDER BY available_at, id LIMIT $1 + 1)
                 AS waiting) AS tasks""",
        COUNTED,
    )
    return Overview(
        members=await _size_of("member"),
        posts=await _size_of("post"),
        waiting_tasks=_cut(row["tasks"]),
        oldest_task_at=row["oldest"],
        waits_long=row["oldest"] is not None and now - row["oldest"] > WAITS_LONG,
        open_worries=_cut(row["worries"]),
        open_reports=_cut(row["reports"]),
        unconfirmed_helplines=row["unconfirmed"],
        broken_addresses=row["broken"],
        staff_without_second_factor=row["without_factor"],
        days=await posts_per_day(now=now),
    )


async def posts_per_day(*, now: datetime) -> list[tuple[date, int]]:
    """Count the posts of each of the last 30 days, by the index on their time."""
    first = now.date() - timedelta(days=DAYS - 1)
    rows = await fetch(
        """SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM post
           WHERE created_at >= $1::date GROUP BY day""",
        first,
    )
    counted = {row["day"]: row["n"] for row in rows}
    return [(day, counted.get(day, 0)) for day in (first + timedelta(days=number) for number in range(DAYS))]


def _cut(number: int) -> Amount:
    return Amount(COUNTED, Exactness.CUT) if number > COUNTED else Amount(number)


async def _size_of(table: str) -> Amount:
    """Count a small table exactly, and take PostgreSQL's estimate of a large one."""
    row = await fetch_one(
        f"""SELECT (SELECT count(*) FROM (SELECT FROM {table} LIMIT $1 + 1) AS counted) AS n,
                   (SELECT reltuples::bigint FROM pg_class WHERE oid = '{table}'::regclass) AS estimate""",
        COUNTED,
    )
    if row["n"] <= COUNTED:
        return Amount(row["n"])
    # Before the first look of autovacuum the estimate can be far too low.
    return Amount(row["estimate"], Exactness.ESTIMATED) if row["estimate"] > COUNTED else _cut(row["n"])
