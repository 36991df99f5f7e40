"""The escalation ladder: a case that nobody has is called out, louder and louder, until somebody says they are on it.

Step 1 tells whoever is on shift. From step 2 on it is on-call: clinicians, or admins where there is none; from step 4
on both. An escalated case begins with step 2, which tells those on shift too. Whoever handed the case back is not
called while anybody else is left. People are told inside Kith and, for urgent and escalated cases alone, on the devices
that they registered; on-call by webhook and mail too. Where a case stands lies in its ``alert`` rows alone, so any
worker can go on at any moment.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from models.database import execute, fetch, fetch_one, transaction
from models.members import Role
from server.errors import NotFound
from server.live import QUEUE_CHANNEL, tell
from server.moderation.devices import Device, devices_of, note_outcomes
from server.moderation.outside import Call, has_any_way, send_calls
from server.moderation.push import OPEN_WEB, Reach, failure_of, push_calls
from server.moderation.sealing import URGENT, PushCall
from server.notices.sentences import CALL_TO_CASE
from server.notices.service import tell_of_case
from triage.queue.audit import record
from triage.queue.handing import FOR_THEM, MAY_BE_GIVEN, NOT_CALLED, WRITER
from triage.queue.priority import DUE_AT
from triage.scales import Severity

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from server.settings import Settings

log = structlog.stdlib.get_logger(__name__)

ON_CALL_AFTER = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=10)
"""To what can wait, the time doubles with each call, up to ``SELDOMEST``."""
SELDOMEST = timedelta(days=1)
ADMINS_FROM_STEP = 4
ACKNOWLEDGED_FOR = timedelta(minutes=15)
AT_ONCE = 20
"""Cases of one round; the next round, seconds later, goes on with the rest."""
NOT_FINISHED = "not finished"
"""Stands in ``failure`` while calls outside of Kith are under way, and stays there if the worker dies meanwhile."""
FAILURES_SHOWN_FOR = timedelta(days=1)
ALERTS_KEPT_FOR = timedelta(days=7)
"""After the case was closed. The audit log keeps each call."""
NEWEST_ALERTS = 1000

NOBODY_HAS_IT = """moderation_case.closed_at IS NULL
    AND (moderation_case.claimed_by IS NULL OR moderation_case.claimed_until < {now})"""
IS_OVERDUE = f"({NOBODY_HAS_IT} AND {DUE_AT} <= {{now}})"
"""SQL: somebody should have come, and nobody has it: nor whoever had it and handed it back, or whose lease ran out."""
IS_PRESSING = "(moderation_case.severity >= 2 OR moderation_case.escalated_at IS NOT NULL)"
"""SQL: people are called away from their evening, and every few minutes."""
IS_CALLED_OUT = f"""({NOBODY_HAS_IT} AND EXISTS (
    SELECT 1 FROM alert WHERE alert."case" = moderation_case.id AND alert.acknowledged_at IS NULL
      AND alert.sent_at >= coalesce(moderation_case.escalated_at, '-infinity')))"""
"""SQL: people were called to this case, and nobody has it."""

WHOEVER_IS_LEFT = f"{FOR_THEM} AND NOT {NOT_CALLED}".format(person="member.id")
"""SQL: those who handed a case back are called to it before nobody is; not those who are not to decide it."""

# $1 now, $2 one case or null, $3 and $4 since when somebody is on it and step 1 are recent enough, $5 and $6 the
# shortest and the longest time between two calls.
DUE = f"""
    SELECT moderation_case.id, moderation_case.severity, moderation_case.opened_at, moderation_case.escalated_at,
           {IS_PRESSING} AS is_pressing, coalesce(latest.step, 0) AS step, on_shift.ids AS on_shift
    FROM moderation_case JOIN post ON post.id = moderation_case.post
    LEFT JOIN LATERAL (
      SELECT alert.step, alert.sent_at FROM alert
      WHERE alert."case" = moderation_case.id AND alert.acknowledged_at IS NULL
        AND alert.sent_at >= coalesce(moderation_case.escalated_at, '-infinity')
      ORDER BY alert.id DESC LIMIT 1) AS latest ON true
    CROSS JOIN LATERAL (SELECT ARRAY(
      SELECT shift.moderator FROM shift JOIN member ON member.id = shift.moderator AND member.role <> 'member'
      WHERE shift.ended_at IS NULL AND shift.paused_at IS NULL AND {MAY_BE_GIVEN}) AS ids
    ) AS on_shift
    WHERE {IS_OVERDUE.format(now="$1")} AND ($2::bigint IS NULL OR moderation_case.id = $2)
      AND NOT EXISTS (SELECT 1 FROM alert WHERE alert."case" = moderation_case.id AND alert.acknowledged_at > $3
                      AND alert.acknowledged_at >= coalesce(moderation_case.escalated_at, '-infinity'))
      AND (latest.step IS NULL OR (latest.step = 1 AND (latest.sent_at <= $4 OR on_shift.ids = '{{}}'))
           OR latest.sent_at <= $1 - CASE WHEN {IS_PRESSING} THEN $5::interval
                                     ELSE least($5::interval * power(2, least(latest.step - 2, 10)), $6) END)
    ORDER BY moderation_case.severity DESC, moderation_case.deadline LIMIT {AT_ONCE}
"""


@dataclass(frozen=True)
class Alert:
    """One step for one case."""

    id: int
    step: int
    case: int
    severity: Severity
    since: datetime
    """When it was escalated, or else flagged."""
    by_mail: bool
    """Whether on-call is called by webhook and mail."""
    devices: tuple[Device, ...]
    """Those on which people are called."""


@dataclass(frozen=True)
class AlertFailures:
    """What did not work of late when on-call was called outside of Kith."""

    number: int
    latest: str
    latest_at: datetime


async def raise_alerts(settings: Settings, redis: Redis, *, at: datetime, reach: Reach = OPEN_WEB) -> int:
    """Take each case that waits too long or was escalated to its next step; return how many steps were taken.

    People are told inside Kith in one short transaction a case; whatever leaves Kith goes out after it.
    """
    raised: list[Alert] = []
    for row in await _due(at=at):
        try:
            alert = await _raise(row["id"], settings, at=at)
        except Exception as failure:  # noqa: BLE001 - the calls to other cases go out, whatever this one's trouble is
            log.error("call_failed", case=row["id"], kind=type(failure).__name__)  # noqa: TRY400 - the kind is enough
            continue
        if alert is not None:
            raised.append(alert)
    if not raised:
        return 0
    await tell(redis, QUEUE_CHANNEL)
    await _call_outside([alert for alert in raised if alert.by_mail or alert.devices], settings, at=at, reach=reach)
    return len(raised)


async def acknowledge(case_id: int, moderator_id: int, *, at: datetime) -> bool:
    """Say that somebody is on it, which holds for a quarter of an hour; False where nobody is being called.

    Raises: NotFound, also for a moderator's own post.
    """
    async with transaction():
        case = await fetch_one(
            f"""SELECT closed_at FROM moderation_case JOIN post ON post.id = moderation_case.post
               WHERE moderation_case.id = $1 AND {WRITER} IS DISTINCT FROM $2
               FOR NO KEY UPDATE OF moderation_case""",
            case_id,
            moderator_id,
        )
        if case is None:
            raise NotFound
        if case["closed_at"] is not None:
            return False
        rows = await fetch(
            """UPDATE alert SET acknowledged_at = $2, acknowledged_by = $3
               WHERE "case" = $1 AND acknowledged_at IS NULL RETURNING step""",
            case_id,
            at,
            moderator_id,
        )
        if rows:
            step = max(row["step"] for row in rows)
            await record("acknowledge", f"case:{case_id}", actor=moderator_id, at=at, detail={"step": step})
    return bool(rows)


async def recent_failures(*, at: datetime) -> AlertFailures | None:
    """Return what failed within a day, or ``None``."""
    row = await fetch_one(
        f"""SELECT count(*) AS number, (array_agg(failure ORDER BY id DESC))[1] AS latest, max(sent_at) AS latest_at
            FROM (SELECT * FROM alert ORDER BY id DESC LIMIT {NEWEST_ALERTS}) AS newest
            WHERE failure <> '' AND sent_at > $1""",
        at - FAILURES_SHOWN_FOR,
    )
    return AlertFailures(**row) if row["number"] else None


async def forget_alerts(*, now: datetime) -> None:
    """Drop the calls to cases that were closed a week ago: nothing asks for them any more."""
    await execute(
        'DELETE FROM alert USING moderation_case WHERE moderation_case.id = alert."case" AND closed_at < $1',
        now - ALERTS_KEPT_FOR,
    )


async def _due(case_id: int | None = None, *, at: datetime) -> list[Any]:  # Any: columns are known to the query alone
    return await fetch(DUE, at, case_id, at - ACKNOWLEDGED_FOR, at - ON_CALL_AFTER, AGAIN_AFTER, SELDOMEST)


async def _raise(case_id: int, settings: Settings, *, at: datetime) -> Alert | None:
    """Take one case a step on; ``None`` where another worker or a moderator was faster."""
    async with transaction():
        # Under the lock the case is read anew, in a statement of its own: only that one sees what others just did.
        if not await fetch("SELECT 1 FROM moderation_case WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", case_id):
            return None
        due = await _due(case_id, at=at)
        if not due:
            return None
        [case] = due
        starts_on_shift = case["step"] == 0 and case["escalated_at"] is None and case["on_shift"]
        step = 1 if starts_on_shift else max(case["step"] + 1, 2)
        called = await _people_of(case, step)
        # Nobody is called away from their evening to what can wait: that stands in Kith for whoever comes.
        by_mail = case["is_pressing"] and step > 1 and has_any_way(settings)
        devices = tuple(await devices_of(called)) if case["is_pressing"] and settings.push else ()
        row = await fetch_one(
            'INSERT INTO alert ("case", step, sent_at, failure) VALUES ($1, $2, $3, $4) RETURNING id',
            case_id,
            step,
            at,
            NOT_FINISHED if by_mail or devices else "",
        )
        await tell_of_case(called, CALL_TO_CASE, case_id, at=at)
        await record("call", f"case:{case_id}", actor=None, at=at, detail={"step": step})
    since = case["escalated_at"] or case["opened_at"]
    return Alert(row["id"], step, case_id, Severity(case["severity"]), since, by_mail, devices)


async def _people_of(case: Any, step: int) -> list[int]:  # Any: as in _due
    if step == 1:
        return case["on_shift"]
    called = await on_call_for(case["id"], step=step)
    if case["step"] == 0 or not called:
        called = sorted({*called, *case["on_shift"]})
    return called or await on_call_for(case["id"], step=step, who=WHOEVER_IS_LEFT)


async def on_call_for(case_id: int, *, step: int = 2, who: str = MAY_BE_GIVEN) -> list[int]:
    """Return who is on call to a case, of those ``who`` (SQL) it is for: clinicians, and admins where none is left.

    From the fourth step on it is both.
    """
    people = await fetch(
        f"""SELECT member.id, member.role
            FROM moderation_case JOIN post ON post.id = moderation_case.post CROSS JOIN member
            WHERE moderation_case.id = $1 AND member.role = ANY($2) AND {who} ORDER BY member.id""",
        case_id,
        [Role.CLINICIAN.value, Role.ADMIN.value],
    )
    clinicians = [person for person in people if person["role"] == Role.CLINICIAN.value]
    called = clinicians if clinicians and step < ADMINS_FROM_STEP else people
    return [person["id"] for person in called]


async def _call_outside(alerts: list[Alert], settings: Settings, *, at: datetime, reach: Reach) -> None:
    """Call by every way at the same time, so that none waits for another, and keep what failed."""
    by_mail = [alert for alert in alerts if alert.by_mail]
    mailed, pushed = await asyncio.gather(
        send_calls([_call_of(alert, settings) for alert in by_mail], settings, at=at),
        push_calls([(PushCall(URGENT, alert.case), alert.devices) for alert in alerts], settings, at=at, reach=reach),
    )
    mail_failures = dict(zip((alert.id for alert in by_mail), mailed, strict=True))
    for alert in alerts:
        failures = (mail_failures.get(alert.id, ""), failure_of(alert.devices, pushed))
        await execute("UPDATE alert SET failure = $2 WHERE id = $1", alert.id, "; ".join(filter(None, failures)))
    await note_outcomes(pushed, at=at)


def _call_of(alert: Alert, settings: Settings) -> Call:
    link = f"{settings.base_url}/moderation/cases/{alert.case}"
    return Call(alert.case, alert.severity.label, alert.since, link)
