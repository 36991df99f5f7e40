"""Roles: the first admin, and who becomes a moderator, clinician or admin after that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch_one, transaction
from models.members import Role
from server.errors import KithError, NotFound
from server.members.erasure import lock_member, require_another_admin
from server.members.handles import check_handle
from server.members.hashing import hash_secret
from server.members.issuing import ask_to_note_phrase
from server.members.joining import HandleTaken
from server.members.phrase import new_phrase, normalise_phrase
from server.members.recovery_codes import replace_codes
from server.members.second_factor import remove_second_factor
from server.members.totp import encrypt_secret, new_secret, secret_uri
from server.moderation import shifts
from server.web.sessions import end_sessions, refresh_member
from server.web.viewer import STAFF
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import datetime

    from redis.asyncio import Redis

    from server.settings import Settings


class NoWayBack(KithError):
    """Whom joining the staff would sign out could not sign in again."""

    status = 409
    title = "This member could not come back"
    sentence = (
        "Joining the staff signs a member out, and this one has neither a password nor said that their recovery phrase "
        "is written down: they might never come back. Nothing was changed. They are asked to write it down; please try "
        "again when they have."
    )


@dataclass(frozen=True)
class NewAdmin:
    """An admin who was just made: everything here is shown once."""

    handle: str
    phrase: str
    totp_secret: str
    totp_uri: str
    recovery_codes: list[str]


async def create_admin(handle: str, *, at: datetime, settings: Settings) -> NewAdmin:
    """Make an account with the role of an admin and a second factor, ready to sign in.

    Raises: HandleNotAllowed, HandleTaken.
    """
    handle = check_handle(handle)
    phrase, secret = new_phrase(), new_secret()
    phrase_hash = await hash_secret(normalise_phrase(phrase))
    async with transaction():
        row = await fetch_one(
            """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices,
                                   totp_secret, totp_last_step)
               VALUES ($1::varchar, lower($1::varchar), $2, 'admin', $3, true, '{}', $4, 0)
               ON CONFLICT (handle_key) DO NOTHING RETURNING id""",
            handle,
            phrase_hash,
            at.date(),
            encrypt_secret(secret, secret_key=settings.secret_key),
        )
        if row is None:
            raise HandleTaken
        codes = await replace_codes(row["id"], secret_key=settings.secret_key)
        await record("create-admin", f"member:{row['id']}", actor=None, at=at)
    return NewAdmin(handle, phrase, secret, secret_uri(secret, handle), codes)


async def set_role(redis: Redis, member_id: int, role: Role, *, actor_id: int | None, at: datetime) -> None:
    """Give a member another role.

    Becoming staff ends their sessions, so that the next one is short and passes the second factor; going back to
    being a member takes second factor, devices that calls reach, shift and cases away with the role.

    Raises: NotFound, LastAdmin, and NoWayBack for somebody who is asked then to write their phrase down.
    """
    try:
        before = await _change_role(member_id, role, actor_id=actor_id, at=at)
    except NoWayBack:
        await ask_to_note_phrase(member_id, at=at)
        raise
    if role in STAFF and before not in STAFF:
        await end_sessions(redis, member_id)
    elif role is not before:
        await refresh_member(redis, member_id)


async def _change_role(member_id: int, role: Role, *, actor_id: int | None, at: datetime) -> Role:
    """Change a role and what goes with it in the database; return the one before."""
    async with transaction():
        before = await lock_member(member_id)
        if before is None:
            raise NotFound
        if before is role:
            return before
        if before not in STAFF and not await _can_come_back(member_id):
            raise NoWayBack
        if before is Role.ADMIN:
            await require_another_admin(member_id)
        await execute("UPDATE member SET role = $2 WHERE id = $1", member_id, role.value)
        if role is Role.MEMBER:
            await remove_second_factor(member_id)
            await execute("DELETE FROM push_subscription WHERE member = $1", member_id)
            await execute("UPDATE moderation_case SET assigned_to = NULL WHERE assigned_to = $1", member_id)
            await shifts.end(member_id, by=actor_id, at=at)
        await record(
            "change-role", f"member:{member_id}", actor=actor_id, at=at,
            detail={"before": before.value, "role": role.value},
        )  # fmt: skip
    return before


async def _can_come_back(member_id: int) -> bool:
    """Tell whether a member knows what to sign in with."""
    row = await fetch_one(
        "SELECT phrase_noted OR password_hash IS NOT NULL AS knows FROM member WHERE id = $1", member_id
    )
    return bool(row["knows"])


async def reset_second_factor(redis: Redis, member_id: int, *, actor_id: int, at: datetime) -> None:
    """Help a member of the staff who lost both app and recovery codes: they set up new ones when they sign in next."""
    async with transaction():
        await remove_second_factor(member_id)
        await shifts.end(member_id, by=actor_id, at=at)
        await record("reset-second-factor", f"member:{member_id}", actor=actor_id, at=at)
    await end_sessions(redis, member_id)
