"""Whether the queue keeps its promises: how soon a person looked, by severity, in the last 30 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.database import fetch
from triage.queue.priority import PROMISED_BY, WAITS_SINCE
from triage.scales import Severity

DAYS = 30


@dataclass(frozen=True)
class Promise:
    """The cases of one severity."""

    severity: Severity
    cases: int
    looked_at: int
    in_time: int
    median_seconds: float | None
    """From when it was flagged as that urgent to the first look; None where nobody looked since then."""

    @property
    def median(self) -> str:
        """The median in words."""
        return in_words(self.median_seconds) or ("before it was urgent" if self.looked_at else "nobody looked yet")


def in_words(seconds: float | None) -> str:
    """Say how long something took; nothing where it did not happen."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h"


async def promises_kept(*, now: datetime) -> list[Promise]:
    """Count the cases that were opened in the last 30 days, the most urgent severity first."""
    rows = await fetch(
        f"""SELECT severity, count(*) AS cases, count(first_look_at) AS looked_at,
                  count(*) FILTER (WHERE first_look_at <= {PROMISED_BY}) AS in_time,
                  (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_look_at - {WAITS_SINCE}))
                   FILTER (WHERE first_look_at >= {WAITS_SINCE}))::float AS median_seconds
           FROM moderation_case WHERE opened_at > $1 GROUP BY severity ORDER BY severity DESC""",
        now - timedelta(days=DAYS),
    )
    return [Promise(**{**row, "severity": Severity(row["severity"])}) for row in rows]
