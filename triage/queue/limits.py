"""When a moderator has had enough for a while: the limits that the admin set."""

from __future__ import annotations

import msgspec

from models.database import fetch_one


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
