"""Roles: who moderates, and who stands by. An admin sees a handle, a role and a month, never more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from models.members import Role
from server.members.credentials import handle_key

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class PersonLine:
    """A member as an admin sees them."""

    id: int
    handle: str
    role: Role
    joined_on: date
    has_second_factor: bool


PEOPLE = "SELECT id, handle, role, joined_on, totp_secret IS NOT NULL AS has_second_factor FROM member"


async def list_staff() -> list[PersonLine]:
    """Return everybody with a role beyond writing."""
    rows = await fetch(f"{PEOPLE} WHERE role <> 'member' ORDER BY role, handle_key LIMIT 500")
    return [_as_line(dict(row)) for row in rows]


async def find_person(handle: str) -> PersonLine | None:
    """Return the member with exactly this handle, in any case, or ``None``."""
    row = await fetch_one(f"{PEOPLE} WHERE handle_key = $1", handle_key(handle))
    return _as_line(dict(row)) if row else None


async def person_of(member_id: int) -> PersonLine | None:
    """Return a member by id, or ``None``."""
    row = await fetch_one(f"{PEOPLE} WHERE id = $1", member_id)
    return _as_line(dict(row)) if row else None


def _as_line(row: dict[str, object]) -> PersonLine:
    return PersonLine(**{**row, "role": Role(str(row["role"]))})  # type: ignore[arg-type]
