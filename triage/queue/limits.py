"""When a moderator has had enough for a while: the limits that the admin set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from models.database import fetch, fetch_one
from triage.queue.handing import SPARED

if TYPE_CHECKING:
    from datetime import datetime


class CareLimits(msgspec.Struct, frozen=True):
    """How much is too much."""

    suggest_after: int = 4
    """Urgent cases within an hour, after which a break is suggested."""
    enforce_after: int = 8
    """Urgent cases within an hour, after which others are handed the next ones, if anybody is free."""
    crises_in_a_row: int = 2
    """Crises in a row, after which somebody else is handed the next one, if anybody is free."""


async def care_limits() -> CareLimits:
    """Return what the admin set, or the usual limits; inside the caller's transaction if there is one."""
    row = await fetch_one("SELECT suggest_after, enforce_after, crises_in_a_row FROM care_limits")
    return CareLimits(**row) if row else CareLimits()


async def who_had_enough(moderator_id: int, *, at: datetime) -> set[int]:
    """Return which of a moderator's colleagues are spared urgent cases, or crises alone, while another is free."""
    limits = await care_limits()
    colleagues = "SELECT id FROM member WHERE role <> 'member' AND id <> $1::bigint"
    rows = await fetch(
        f"SELECT id FROM ({SPARED.format(people=colleagues)}) AS spared WHERE spared_from < 4",
        moderator_id,
        at,
        limits.enforce_after,
        limits.crises_in_a_row,
    )
    return {row["id"] for row in rows}
