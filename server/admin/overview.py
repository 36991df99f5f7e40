"""The state of this Kith in a few honest numbers. Nothing here counts through a large table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.database import fetch, fetch_one

DAYS = 30


@dataclass(frozen=True)
class Overview:
    """What an admin sees first."""

    members: int
    posts_about: int
    """PostgreSQL's own estimate, as of its last look at the table."""
    posts_last_day: int
    waiting_tasks: int
    oldest_task_at: datetime | None
    open_reports: int
    unconfirmed_helplines: int
    staff_without_second_factor: int
    days: list[tuple[date, int]]
    """Posts of each of the last 30 days, oldest first."""

    @property
    def busiest_day(self) -> int:
        """The highest number among the days, at least 1."""
        return max(1, *(number for _, number in self.days))


async def read_overview(*, now: datetime) -> Overview:
    """Gather the numbers."""
    row = await fetch_one(
        """SELECT (SELECT count(*) FROM member) AS members,
                  (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'post'::regclass) AS posts_about,
                  (SELECT count(*) FROM triage_task WHERE done_at IS NULL) AS waiting_tasks,
                  (SELECT min(created_at) FROM triage_task WHERE done_at IS NULL) AS oldest_task_at,
                  (SELECT count(*) FROM report WHERE decided_at IS NULL) AS open_reports,
                  (SELECT count(*) FROM helpline WHERE state = 'unconfirmed') AS unconfirmed_helplines,
                  (SELECT count(*) FROM member WHERE role <> 'member' AND totp_secret IS NULL)
                      AS staff_without_second_factor"""
    )
    days = await posts_per_day(now=now)
    return Overview(**row, posts_last_day=days[-1][1], days=days)


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
