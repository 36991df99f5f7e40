"""How this place is looked after, counted by month, so that nobody can be recognised.

Three things keep single people out of it: numbers from 1 to 4 are not told, only months that are over are counted (a
number that grows while one watches would say what has just become of whose post), and no sum is given from which a
hidden number could be worked out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import structlog
from redis.exceptions import RedisError

from models.database import fetch
from server.moderation.appealing import DECISIONS, IS_WAITING
from triage.queue.priority import PROMISED_BY
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis.asyncio import Redis

FEW = 5
"""Numbers below it are hidden, apart from nought."""
MONTHS = 12
KEPT_SECONDS = 24 * 3600
DUE, IN_TIME = "due-", "in-time-"
"""Before a severity, names of: cases that somebody had to look at, and those looked at before the deadline."""
URGENT = [int(severity) for severity in Severity if severity.is_urgent]

# What came of an appeal: it waits where its case is open; else the decision was taken back, or what was decided in that
# case tells: it gives back some of what was taken, or lets it stand. Where the appeal went on in a newer case, as when
# the moderator it is about answered a cry for help, what was decided first counts only as far as it gave something
# back. What nobody decided about ended with the post, and is not told.
_GIVES_BACK = """(
    (decision.detail ->> 'post' IN ('cover', 'hold', 'remove')
     AND later.detail ->> 'post' NOT IN ('leave', decision.detail ->> 'post'))
    OR (decision.detail ->> 'cuts' <> '0' AND later.detail ->> 'restored' = 'true')
    OR (decision.detail ->> 'warn' = 'warn' AND later.detail ->> 'warn' = 'take-back')
    OR (decision.detail ->> 'pause' NOT IN ('', '0') AND later.detail ->> 'pause' = '0'))"""
COUNTS = f"""
WITH appealed AS (
    SELECT appeal.created_at, decision.undone_at IS NOT NULL AS is_undone, {IS_WAITING} AS is_waiting,
           (SELECT bool_or({_GIVES_BACK} IS TRUE)
            FROM decision AS later JOIN moderation_case AS its ON its.id = later."case"
            WHERE its.post = post.id AND its.opened_at <= appeal.created_at AND later.decided_at >= appeal.created_at
              AND later.id > decision.id AND later.undone_at IS NULL
              AND ({_GIVES_BACK} OR NOT EXISTS (
                SELECT 1 FROM moderation_case AS newer
                WHERE newer.post = post.id AND newer.id > its.id AND newer.opened_at <= appeal.created_at))
           ) AS gives_back
    {DECISIONS} JOIN appeal ON appeal.decision = decision.id
    WHERE appeal.created_at >= $1 AND appeal.created_at < $2
),
written AS (  -- without what was erased: its row stays, with nobody's name on it
    SELECT id, created_at FROM post
    WHERE created_at >= $1 AND created_at < $2 AND NOT by_moderator AND author IS NOT NULL
),
counted (name, at, n) AS (
    SELECT 'posts', date_trunc('month', created_at, 'UTC'), count(*) FROM written GROUP BY 2
  UNION ALL  -- by the task: what was found in a text goes with it once its author took that down
    SELECT 'triaged', date_trunc('month', created_at, 'UTC'), count(*) FROM written
    WHERE EXISTS (SELECT 1 FROM triage_task
                  WHERE triage_task.post = written.id AND done_at IS NOT NULL AND failure = '') GROUP BY 2
  UNION ALL
    SELECT 'case-' || severity, date_trunc('month', opened_at, 'UTC'), count(*) FROM moderation_case
    WHERE opened_at >= $1 AND opened_at < $2 GROUP BY severity, 2
  UNION ALL  -- apart from those whose post was taken down before anybody had to look
    SELECT '{DUE}' || severity, date_trunc('month', opened_at, 'UTC'), count(*) FROM moderation_case
    WHERE opened_at >= $1 AND opened_at < $2
      AND (first_look_at IS NOT NULL OR closed_at IS NULL OR closed_at > {PROMISED_BY}) GROUP BY severity, 2
  UNION ALL
    SELECT '{IN_TIME}' || severity, date_trunc('month', opened_at, 'UTC'), count(*) FROM moderation_case
    WHERE opened_at >= $1 AND opened_at < $2 AND first_look_at <= {PROMISED_BY} GROUP BY severity, 2
  UNION ALL
    SELECT 'act-' || act, date_trunc('month', decided_at, 'UTC'), count(*) FROM decision
    WHERE decided_at >= $1 AND decided_at < $2 AND undone_at IS NULL GROUP BY act, 2
  UNION ALL
    SELECT 'appeal-' || CASE WHEN is_undone OR (gives_back AND NOT is_waiting) THEN 'changed'
                             WHEN is_waiting THEN 'open' ELSE 'kept' END,
           date_trunc('month', created_at, 'UTC'), count(*)
    FROM appealed WHERE is_undone OR is_waiting OR gives_back IS NOT NULL GROUP BY 1, 2
)
SELECT name, (at AT TIME ZONE 'UTC')::date AS month, n FROM counted ORDER BY month
"""

log = structlog.get_logger(__name__)


class Month(msgspec.Struct, frozen=True):
    """What is told of a month."""

    first: date
    numbers: dict[str, int | None]
    """By name; ``None`` where it is 1 to 4. What is missing is nought."""
    shares: dict[str, int]
    """Percent of urgent cases that somebody looked at within the deadline; missing where they are few."""

    def text(self, name: str) -> str:
        """Say a number, or a share, as it stands on the page."""
        if name.startswith(IN_TIME):
            return f"{self.shares[name]} %" if name in self.shares else "too few to say"
        number = self.numbers.get(name, 0)
        return f"fewer than {FEW}" if number is None else f"{number:,}"


async def read_months(redis: Redis, *, now: datetime) -> list[Month]:
    """Return the last twelve whole months since there is anything to tell, the oldest first; counted once a day."""
    end = datetime(now.year, now.month, 1, tzinfo=UTC)
    key = f"kith:transparency:{end:%Y-%m}"
    try:
        kept: bytes | None = await redis.get(key)
    except RedisError:
        log.warning("redis_away", during="transparency")
        return await _count_months(end)
    if kept is not None:
        return msgspec.json.decode(kept, type=list[Month])
    months = await _count_months(end)
    try:
        await redis.set(key, msgspec.json.encode(months), ex=KEPT_SECONDS)
    except RedisError:
        log.warning("redis_away", during="transparency")
    return months


async def _count_months(end: datetime) -> list[Month]:
    firsts = _months_before(end)
    start = datetime(firsts[0].year, firsts[0].month, 1, tzinfo=UTC)
    counts: dict[date, dict[str, int]] = {}
    for row in await fetch(COUNTS, start, end):
        counts.setdefault(row["month"], {})[row["name"]] = row["n"]
    told = [_month(first, counts.get(first, {})) for first in firsts]
    since = next((number for number, first in enumerate(firsts) if first in counts), MONTHS)
    return told[since:]


def _months_before(end: datetime) -> list[date]:
    months = [(end - timedelta(days=1)).date().replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def _month(first: date, counts: Mapping[str, int]) -> Month:
    told = {name: n for name, n in counts.items() if not name.startswith((DUE, IN_TIME))}
    due = {f"{IN_TIME}{severity}": counts.get(f"{DUE}{severity}", 0) for severity in URGENT}
    return Month(
        first,
        {name: None if 0 < n < FEW else n for name, n in told.items()},
        {name: 100 * counts.get(name, 0) // n for name, n in due.items() if n >= FEW},
    )
