"""Claims: a moderator's lease on a case. One case is never with two moderators, and a lease that runs out is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from models.database import execute, execute_lightly, fetch, fetch_one, transaction
from triage.queue.audit import record
from triage.queue.calls import withdraw_calls
from triage.queue.handing import (
    MAY_BE_GIVEN,
    MAY_TAKE,
    NOT_HANDED_BACK,
    NOT_KEPT_FROM_ME,
    RATHER_A_COLLEAGUES,
    RATHER_NOT_MINE,
    WITH_PEOPLE,
)
from triage.queue.limits import care_limits
from triage.queue.priority import BEFORE_WHAT_IS_GIVEN, FIRST_COMES_FIRST, TURN_AFTER, WAITS_TOO_LONG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LEASE = timedelta(minutes=10)
UNCLAIMED = "claimed_by = NULL, claimed_until = NULL, claimed_at = NULL"
"""SQL, to set of a case: nobody has it."""


class Freed(StrEnum):
    """Why a moderator has a case no more, without having decided, handed back or passed it on."""

    TOOK_ANOTHER = "took-another"
    UNDID = "undid-another"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Claim:
    """A case that somebody has, and until when."""

    case_id: int
    until: datetime


async def claim_next(moderator_id: int, *, at: datetime) -> Claim | None:
    """Hand over the most urgent case that a moderator may take, or the one that they still have.

    First what on-call should be at already; after many urgent ones in a row what waits for too long; then crises, then
    what is red and overdue, then what a colleague gave by name, then the rest.

    Returns ``None`` where nothing waits for them.
    """
    async with transaction():
        # Two tabs of one moderator must not get a case each.
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", moderator_id)
        held = await held_by(moderator_id, at=at)
        if held is not None:
            return held
        limits = await care_limits()
        row = await fetch_one(
            f"""{WITH_PEOPLE}
                SELECT moderation_case.id, moderation_case.claimed_by
                FROM moderation_case JOIN post ON post.id = moderation_case.post CROSS JOIN me
                WHERE {MAY_TAKE} {NOT_HANDED_BACK} {NOT_KEPT_FROM_ME}
                ORDER BY coalesce(moderation_case.on_call_by <= $2, false) DESC,
                         $5 AND {WAITS_TOO_LONG.format(now="$2")} DESC, {BEFORE_WHAT_IS_GIVEN.format(now="$2")} DESC,
                         moderation_case.assigned_to IS DISTINCT FROM $1, {RATHER_NOT_MINE},
                         {FIRST_COMES_FIRST.format(now="$2")} LIMIT 1 FOR UPDATE OF moderation_case SKIP LOCKED""",
            moderator_id,
            at,
            limits.enforce_after,
            limits.crises_in_a_row,
            await _had_only_urgent_ones(moderator_id),
        )
        return None if row is None else await _lease(row, moderator_id, is_chosen=False, at=at)


async def claim(case_id: int, moderator_id: int, *, at: datetime) -> Claim | None:
    """Claim a case that was chosen from the list; ``None`` where somebody else has it or it is not for them.

    A moderator who already has a case hands that one back. No limit holds here: ``is_rather_a_colleagues`` tells before
    it whether to ask.
    """
    async with transaction():
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", moderator_id)
        held = await held_by(moderator_id, at=at)
        if held is not None and held.case_id == case_id:
            return held
        row = await fetch_one(
            f"""SELECT moderation_case.id, moderation_case.claimed_by
                FROM moderation_case JOIN post ON post.id = moderation_case.post
                WHERE moderation_case.id = $3 AND {MAY_TAKE} FOR UPDATE OF moderation_case SKIP LOCKED""",
            moderator_id,
            at,
            case_id,
        )
        if row is None:
            return None
        if held is not None:
            await _free(held.case_id)
        taken = await _lease(row, moderator_id, is_chosen=True, at=at)
        if held is not None:
            await record_freed([held.case_id], moderator_id, Freed.TOOK_ANOTHER, at=at)
        return taken


async def take_to_decide(case_id: int, moderator_id: int, *, at: datetime) -> bool:
    """Take a case for the caller's transaction, which holds its post and decides it; False where it is not for them.

    Whatever else the moderator has stays with them, and the decision alone is written down.
    """
    row = await fetch_one(
        f"""SELECT moderation_case.id FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE moderation_case.id = $3 AND ({MAY_TAKE} OR moderation_case.claimed_by = $1)
            FOR UPDATE OF moderation_case""",
        moderator_id,
        at,
        case_id,
    )
    if row is not None:
        await _hold(case_id, moderator_id, at=at)
    return row is not None


async def is_rather_a_colleagues(case_id: int, moderator_id: int, *, at: datetime) -> bool:
    """Tell whether a moderator who could take a case has had enough for now, and a colleague is free to take it.

    It is false for a case that they had until its lease ran out: they have read it.
    """
    limits = await care_limits()
    row = await fetch_one(
        f"""{WITH_PEOPLE}
            SELECT 1 FROM moderation_case JOIN post ON post.id = moderation_case.post CROSS JOIN me
            WHERE moderation_case.id = $5 AND moderation_case.claimed_by IS DISTINCT FROM $1
              AND {MAY_TAKE} AND {RATHER_A_COLLEAGUES}""",
        moderator_id,
        at,
        limits.enforce_after,
        limits.crises_in_a_row,
        case_id,
    )
    return row is not None


async def held_by(moderator_id: int, *, at: datetime) -> Claim | None:
    """Return the case that a moderator has now."""
    row = await fetch_one(
        """SELECT id, claimed_until FROM moderation_case
           WHERE claimed_by = $1 AND claimed_until >= $2 AND closed_at IS NULL ORDER BY claimed_until DESC LIMIT 1""",
        moderator_id,
        at,
    )
    return Claim(row["id"], row["claimed_until"]) if row else None


async def extend(case_id: int, moderator_id: int, *, at: datetime) -> Claim | None:
    """Start a lease anew; ``None`` where it ran out or the case is closed."""
    row = await fetch_one(
        """UPDATE moderation_case SET claimed_until = $3
           WHERE id = $1 AND claimed_by = $2 AND claimed_until >= $4 AND closed_at IS NULL RETURNING claimed_until""",
        case_id,
        moderator_id,
        at + LEASE,
        at,
    )
    return Claim(case_id, row["claimed_until"]) if row else None


async def hand_back(case_id: int, moderator_id: int, *, at: datetime) -> bool:
    """Free a case, without a reason; it is not handed to this moderator again. False where they did not have it."""
    async with transaction():
        row = await fetch_one(
            f"""UPDATE moderation_case SET {UNCLAIMED},
                      assigned_to = CASE WHEN assigned_to = $2 THEN NULL ELSE assigned_to END
               WHERE id = $1 AND claimed_by = $2 AND closed_at IS NULL RETURNING id""",
            case_id,
            moderator_id,
        )
        if row is not None:
            await keep_from(case_id, moderator_id, at=at)
            await record("hand-back", f"case:{case_id}", actor=moderator_id, at=at)
    return row is not None


async def keep_from(case_id: int, moderator_id: int, *, at: datetime) -> None:
    """Hand a case to this moderator no more, and call them to it only where nobody else is left."""
    await execute(
        """INSERT INTO case_pass ("case", moderator, created_at) VALUES ($1, $2, $3)
           ON CONFLICT ("case", moderator) DO NOTHING""",
        case_id,
        moderator_id,
        at,
    )


async def assign(case_id: int, moderator_id: int, handle: str, *, at: datetime) -> int | None:
    """Give a case to a named colleague, to whom it is handed before what can wait; return whom.

    Returns ``None`` where it cannot be given.
    """
    row = await fetch_one(
        f"""UPDATE moderation_case SET assigned_to = member.id, {UNCLAIMED} FROM member, post
            WHERE moderation_case.id = $1 AND claimed_by = $2 AND claimed_until >= $4 AND closed_at IS NULL
              AND member.handle_key = lower($3) AND member.role <> 'member' AND member.id <> $2
              AND post.id = moderation_case.post AND {MAY_BE_GIVEN} RETURNING member.id""",
        case_id,
        moderator_id,
        handle,
        at,
    )
    return row["id"] if row else None


async def note_opened(case_id: int, moderator_id: int, *, at: datetime) -> None:
    """Count a case that a colleague gave to somebody by name as seen by them, as soon as they open it."""
    await execute_lightly(
        """INSERT INTO case_seen ("case", moderator, seen_at)
           SELECT id, $2, $3 FROM moderation_case WHERE id = $1 AND assigned_to = $2 AND closed_at IS NULL
           ON CONFLICT ("case", moderator) DO NOTHING""",
        case_id,
        moderator_id,
        at,
    )


async def free_all_of(moderator_id: int) -> list[int]:
    """Free whatever a moderator has, and return its id; the caller says why with ``record_freed``, last of all."""
    rows = await fetch(
        f"UPDATE moderation_case SET {UNCLAIMED} WHERE claimed_by = $1 AND closed_at IS NULL RETURNING id",
        moderator_id,
    )
    return [row["id"] for row in rows]


async def shorten_leases(*, at: datetime) -> None:
    """Have no lease last longer than one that begins now: a clock that was ahead would keep its case from everybody."""
    await execute(
        "UPDATE moderation_case SET claimed_until = $1 WHERE claimed_by IS NOT NULL AND claimed_until > $1", at + LEASE
    )


async def record_freed(case_ids: Iterable[int], actor: int | None, why: Freed, *, at: datetime) -> None:
    """Write down that cases were freed; last in the transaction, as every entry."""
    for case_id in case_ids:
        await record("free", f"case:{case_id}", actor=actor, at=at, detail={"why": str(why)})


async def _had_only_urgent_ones(moderator_id: int) -> bool:
    """Tell whether the last few cases that a moderator had open were all urgent."""
    row = await fetch_one(
        f"""SELECT count(*) FILTER (WHERE severity >= 2) = {TURN_AFTER} AS only_urgent FROM (
              SELECT moderation_case.severity
              FROM case_seen JOIN moderation_case ON moderation_case.id = case_seen."case"
              WHERE case_seen.moderator = $1 ORDER BY seen_at DESC, case_seen.id DESC LIMIT {TURN_AFTER}) AS latest""",
        moderator_id,
    )
    return bool(row["only_urgent"])


async def _lease(free: Mapping[str, int], moderator_id: int, *, is_chosen: bool, at: datetime) -> Claim:
    """Lease a locked case, given as its id and whose lease on it ran out, if anybody's."""
    until = await _hold(free["id"], moderator_id, at=at)
    await record(
        "claim", f"case:{free['id']}", actor=moderator_id, at=at,
        detail={"chosen": is_chosen, "ran_out_for": free["claimed_by"]},
    )  # fmt: skip
    return Claim(free["id"], until)


async def _hold(case_id: int, moderator_id: int, *, at: datetime) -> datetime:
    """Give a locked case to a moderator; return until when."""
    await execute(
        """UPDATE moderation_case SET claimed_by = $2, claimed_at = $3, claimed_until = $4,
                  first_look_at = coalesce(first_look_at, $3) WHERE id = $1""",
        case_id,
        moderator_id,
        at,
        at + LEASE,
    )
    await execute(
        """INSERT INTO case_seen ("case", moderator, seen_at) VALUES ($1, $2, $3)
           ON CONFLICT ("case", moderator) DO UPDATE SET seen_at = excluded.seen_at""",
        case_id,
        moderator_id,
        at,
    )
    await withdraw_calls(case_id)
    return at + LEASE


async def _free(case_id: int) -> None:
    await execute(f"UPDATE moderation_case SET {UNCLAIMED} WHERE id = $1", case_id)
