"""Shifts: who is there, how much they have seen, and when it is time for a break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one, transaction
from server.notices.sentences import SHIFT_ENDED
from triage.queue.audit import record
from triage.queue.claims import Freed, free_all_of, record_freed
from triage.queue.handing import SEEN_BY
from triage.queue.limits import CareLimits, care_limits

if TYPE_CHECKING:
    from datetime import date

RECENTLY = timedelta(hours=1)
GONE_AFTER = timedelta(minutes=30)
"""Without a sign of life for so long somebody is not there any more."""


@dataclass(frozen=True)
class Shift:
    """A moderator's own state."""

    started_at: datetime | None
    paused_at: datetime | None
    urgent_last_hour: int
    urgent_last_day: int
    decided_last_day: int
    limits: CareLimits

    @property
    def is_on(self) -> bool:
        """Tell whether the moderator is there and not on a break."""
        return self.started_at is not None and self.paused_at is None

    @property
    def needs_break(self) -> bool:
        """Tell whether no further urgent case is handed over for now."""
        return self.urgent_last_hour >= self.limits.enforce_after

    @property
    def may_want_break(self) -> bool:
        """Tell whether a break is suggested."""
        return self.urgent_last_hour >= self.limits.suggest_after


async def shift_of(moderator_id: int, *, at: datetime) -> Shift:
    """Return a moderator's running shift and what they have seen of late."""
    row = await fetch_one(
        f"""SELECT shift.started_at, shift.paused_at, seen.* FROM (SELECT 1) AS one
           LEFT JOIN shift ON shift.moderator = $1 AND shift.ended_at IS NULL
           CROSS JOIN (SELECT count(*) FILTER (WHERE severity >= 2 AND at > $2) AS urgent_last_hour,
                              count(*) FILTER (WHERE severity >= 2) AS urgent_last_day,
                              (SELECT count(*) FROM decision WHERE moderator = $1 AND decided_at > $3)
                              AS decided_last_day
                       FROM {SEEN_BY.format(person="$1")} AS had WHERE at > $3) AS seen""",
        moderator_id,
        at - RECENTLY,
        at - timedelta(days=1),
    )
    return Shift(**row, limits=await care_limits())


async def start(moderator_id: int, *, at: datetime) -> None:
    """Begin a shift, or come back from a break: a row of its own, so that it is known who was here at which hour."""
    async with transaction():
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", moderator_id)
        running = await fetch_one(
            "SELECT id, paused_at FROM shift WHERE moderator = $1 AND ended_at IS NULL FOR UPDATE", moderator_id
        )
        if running is not None and running["paused_at"] is None:
            return
        if running is not None:
            await execute("UPDATE shift SET ended_at = paused_at WHERE id = $1", running["id"])
        begun = await fetch_one(
            "INSERT INTO shift (moderator, started_at) VALUES ($1, $2) RETURNING id", moderator_id, at
        )
        act = "start-shift" if running is None else "resume-shift"
        await _record(act, moderator_id, begun["id"], actor=moderator_id, at=at)


async def pause(moderator_id: int, *, at: datetime) -> None:
    """Take a break; whatever one has is free again."""
    async with transaction():
        paused = await fetch_one(
            """UPDATE shift SET paused_at = $2 WHERE moderator = $1 AND ended_at IS NULL AND paused_at IS NULL
               RETURNING id""",
            moderator_id,
            at,
        )
        freed = await free_all_of(moderator_id)
        if paused is not None:
            await _record("pause-shift", moderator_id, paused["id"], actor=moderator_id, at=at)
        await record_freed(freed, moderator_id, Freed.PAUSED, at=at)


async def end(moderator_id: int, *, by: int | None, at: datetime) -> None:
    """End somebody's shift, and free whatever they have; ``by`` is who ends it, None for Kith itself."""
    async with transaction():
        ended = await fetch_one(
            "UPDATE shift SET ended_at = $2 WHERE moderator = $1 AND ended_at IS NULL RETURNING id", moderator_id, at
        )
        freed = await free_all_of(moderator_id)
        if ended is not None:
            await _record("end-shift", moderator_id, ended["id"], actor=by, at=at)
        await record_freed(freed, by, Freed.ENDED, at=at)


async def end_forgotten(*, at: datetime) -> None:
    """End every running shift whose moderator has not used Kith for half an hour, and tell them why."""
    async with transaction():
        ended = await fetch(
            f"""WITH ended AS (
                  UPDATE shift SET ended_at = $1 WHERE ended_at IS NULL AND paused_at IS NULL AND started_at < $2
                    AND NOT EXISTS (SELECT 1 FROM session
                                    WHERE session.member = shift.moderator AND session.seen_at >= $2)
                  RETURNING id, moderator),
                told AS (
                  INSERT INTO notice (member, kind, detail, created_at)
                  SELECT moderator, '{SHIFT_ENDED}', '', $1 FROM ended)
                SELECT id, moderator FROM ended""",
            at,
            at - GONE_AFTER,
        )
        for shift in ended:
            await _record("end-shift", shift["moderator"], shift["id"], actor=None, at=at)


async def _record(act: str, moderator_id: int, shift_id: int, *, actor: int | None, at: datetime) -> None:
    """Write down that a shift began, rests or ended: when, and not a word of why."""
    await record(act, f"member:{moderator_id}", actor=actor, at=at, detail={"shift": shift_id})


async def count_on_shift(*, besides: int | None = None) -> int:
    """Return how many moderators are there now, ``besides`` somebody or in all."""
    row = await fetch_one(
        """SELECT count(*) AS n FROM shift JOIN member ON member.id = shift.moderator AND member.role <> 'member'
           WHERE ended_at IS NULL AND paused_at IS NULL AND member.id IS DISTINCT FROM $1""",
        besides,
    )
    return int(row["n"])


async def own_trend(moderator_id: int, *, days: int = 14, at: datetime) -> list[tuple[date, int, int]]:
    """Return (day, decisions, urgent ones) of the last days, oldest first: for the moderator alone."""
    rows = await fetch(
        """SELECT day::date AS day, count(decision.id) AS decided,
                  count(decision.id) FILTER (WHERE moderation_case.severity >= 2) AS urgent
           FROM generate_series(date_trunc('day', $2::timestamptz) - make_interval(days => $3 - 1),
                                date_trunc('day', $2::timestamptz), interval '1 day') AS day
           LEFT JOIN decision ON decision.moderator = $1 AND decision.decided_at >= day
                              AND decision.decided_at < day + interval '1 day'
           LEFT JOIN moderation_case ON moderation_case.id = decision."case" GROUP BY 1 ORDER BY 1""",
        moderator_id,
        at,
        days,
    )
    return [(row["day"], row["decided"], row["urgent"]) for row in rows]
