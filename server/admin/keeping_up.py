"""How the classifier keeps up: what it read in the last hour and day, how long posts waited for it, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch
from server.admin.promises import in_words

if TYPE_CHECKING:
    from datetime import datetime

NEWEST = 10_000
"""So many tasks are looked at, so that a large table costs no more than a small one."""


@dataclass(frozen=True)
class Reading:
    """What triage did in the last hours."""

    hours: int
    read: int
    failed: int
    """Could not be read: given to people, or waiting to be tried again."""
    median_seconds: float | None
    """From written to read; None where nothing was."""
    p95_seconds: float | None

    @property
    def median(self) -> str:
        """The median wait in words."""
        return in_words(self.median_seconds)

    @property
    def p95(self) -> str:
        """The wait that 95 of 100 posts did not exceed, in words."""
        return in_words(self.p95_seconds)


async def how_it_keeps_up(*, now: datetime) -> list[Reading]:
    """Count over the last hour and the last day."""
    rows = await fetch(
        """SELECT span.hours, count(*) FILTER (WHERE failure = '' AND done_at IS NOT NULL) AS read,
                  count(*) FILTER (WHERE failure NOT IN ('', 'changed')) AS failed,
                  (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - created_at))
                   FILTER (WHERE failure = ''))::float AS median_seconds,
                  (percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - created_at))
                   FILTER (WHERE failure = ''))::float AS p95_seconds
           FROM (VALUES (1), (24)) AS span (hours)
           LEFT JOIN (SELECT * FROM triage_task ORDER BY id DESC LIMIT $2) AS task
                ON coalesce(task.done_at, task.available_at) > $1::timestamptz - span.hours * interval '1 hour'
           GROUP BY span.hours ORDER BY span.hours""",
        now,
        NEWEST,
    )
    return [Reading(**row) for row in rows]
