"""What members change about their own account."""

from __future__ import annotations

from datetime import date, datetime

import asyncpg
import msgspec

from models.database import execute, fetch, fetch_one, transaction
from models.members import Role
from server.errors import NotFound
from server.members.addressed import hold_decided_posts, rename_everywhere
from server.members.credentials import require_secret
from server.members.handles import check_handle
from server.members.hashing import hash_secret
from server.members.joining import HandleTaken


class Account(msgspec.Struct, frozen=True):
    """What the account page shows."""

    handle: str
    role: Role
    joined_on: date
    region: str | None
    phrase_noted: bool
    has_password: bool
    has_second_factor: bool
    session_count: int
    avoided_count: int


class SessionLine(msgspec.Struct, frozen=True):
    """One signed-in browser: times only, because nothing else is known about it."""

    id: str
    created_at: datetime
    seen_at: datetime
    is_this_one: bool

    @property
    def last_used(self) -> datetime:
        """When it was last used, as far as is known: the hour is, the minute is not."""
        return max(self.seen_at, self.created_at)


async def account_of(member_id: int) -> Account:
    """Return a member's account."""
    row = await fetch_one(
        """SELECT handle, role, joined_on, region, phrase_noted, password_hash IS NOT NULL AS has_password,
                  totp_secret IS NOT NULL AS has_second_factor,
                  (SELECT count(*) FROM session WHERE session.member = member.id) AS session_count,
                  (SELECT count(*) FROM avoidance WHERE avoidance.member = member.id) AS avoided_count
           FROM member WHERE id = $1""",
        member_id,
    )
    if row is None:
        raise NotFound
    return msgspec.convert(dict(row), Account)


async def change_handle(member_id: int, handle: str) -> str:
    """Give a member another handle and return it as it is stored.

    Raises: HandleNotAllowed, HandleTaken.
    """
    handle = check_handle(handle)
    try:
        async with transaction():
            await hold_decided_posts(member_id)
            before = await fetch_one("SELECT handle FROM member WHERE id = $1", member_id)
            if before is not None:
                await rename_everywhere(member_id, before["handle"], handle)
            # Last: whoever decides about a post of theirs has locked the post before its author.
            await execute(
                "UPDATE member SET handle = $2::varchar, handle_key = lower($2::varchar) WHERE id = $1",
                member_id,
                handle,
            )
    except asyncpg.UniqueViolationError:
        raise HandleTaken from None
    return handle


async def change_region(member_id: int, region: str | None) -> None:
    """Remember where helplines should come from, or forget it."""
    await execute("UPDATE member SET region = $2 WHERE id = $1", member_id, region)


async def choose_keys(member_id: int, *, wanted: bool) -> None:
    """Have the keys of moderators' pages answer, or leave single letters alone (WCAG 2.1.4)."""
    await execute("UPDATE member SET keys_off = NOT $2::boolean WHERE id = $1", member_id, wanted)


async def set_password(member_id: int, current_secret: str, new_password: str) -> None:
    """Set or change the password; the phrase goes on working. ``new_password`` was checked before.

    Raises: WrongSecret.
    """
    await require_secret(member_id, current_secret)
    await execute("UPDATE member SET password_hash = $2 WHERE id = $1", member_id, await hash_secret(new_password))


async def remove_password(member_id: int, current_secret: str) -> None:
    """Go back to the phrase alone.

    Raises: WrongSecret.
    """
    await require_secret(member_id, current_secret)
    await execute("UPDATE member SET password_hash = NULL WHERE id = $1", member_id)


async def list_sessions(member_id: int, this_session: str, *, at: datetime) -> list[SessionLine]:
    """Return a member's sessions, this one first, then the last used."""
    rows = await fetch(
        """SELECT id, created_at, seen_at, id = $2 AS is_this_one FROM session
           WHERE member = $1 AND expires_at > $3
           ORDER BY is_this_one DESC, seen_at DESC, created_at DESC""",
        member_id,
        this_session,
        at,
    )
    return [msgspec.convert(dict(row), SessionLine) for row in rows]


async def require_own_session(member_id: int, session_id: str) -> None:
    """Make sure that a session is the member's own.

    Raises: NotFound.
    """
    row = await fetch_one("SELECT 1 FROM session WHERE id = $1 AND member = $2", session_id[:64], member_id)
    if row is None:
        raise NotFound("This session has ended already.")
