"""Joining: a handle, a phrase, a session. Nothing else is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import fetch_one, transaction
from server.errors import KithError
from server.members.handles import check_handle
from server.members.hashing import hash_secret, verify_each
from server.members.phrase import normalise_phrase
from server.web.sessions import start_session

if TYPE_CHECKING:
    from server.members.issuing import FormIdentity
    from server.settings import Settings

SAME_FORM_WITHIN = timedelta(minutes=15)
"""How long a form that was taken may come again, from a reload or an impatient second tap."""


class HandleTaken(KithError):
    """Another member has this handle."""

    status = 422
    title = "That name is taken"
    sentence = "Somebody else has this name already. Please take another."


@dataclass(frozen=True)
class NewMember:
    """What joining gives: an account, its phrase to be shown once, and the token of a session."""

    id: int
    handle: str
    phrase: str
    token: str


async def join(
    handle: str, region: str | None, form: FormIdentity, *, stays: bool, settings: Settings, at: datetime
) -> NewMember:
    """Make an account; the same form sent again leads to the same account and phrase.

    Raises: HandleNotAllowed, HandleTaken.
    """
    handle = check_handle(handle)
    phrase = form.phrase_for(f"join {handle.lower()}", settings)
    phrase_hash = await hash_secret(normalise_phrase(phrase))
    async with transaction():
        member_id = await _insert(handle, region, phrase_hash, at)
        if member_id is not None:
            token = await start_session(member_id, staff=False, second_factor=False, stays=stays, at=at)
            return NewMember(member_id, handle, phrase, token)
    member_id = await _joined_with_same_form(handle, phrase, at)
    token = await start_session(member_id, staff=False, second_factor=False, stays=stays, at=at)
    return NewMember(member_id, handle, phrase, token)


async def _insert(handle: str, region: str | None, phrase_hash: str, at: datetime) -> int | None:
    row = await fetch_one(
        """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, region, note_choices,
                               totp_last_step)
           VALUES ($1::varchar, lower($1::varchar), $2, 'member', $3, false, $4, '{}', 0)
           ON CONFLICT (handle_key) DO NOTHING RETURNING id""",
        handle,
        phrase_hash,
        at.date(),
        region,
    )
    return int(row["id"]) if row else None


async def _joined_with_same_form(handle: str, phrase: str, at: datetime) -> int:
    """Return the account that this very form made a moment ago.

    Raises: HandleTaken where somebody else has the handle.
    """
    row = await fetch_one(
        """SELECT id, phrase_hash FROM member
           WHERE handle_key = lower($1) AND NOT phrase_noted AND role = 'member'
             AND EXISTS (SELECT 1 FROM session WHERE session.member = member.id AND session.created_at > $2)""",
        handle,
        at - SAME_FORM_WITHIN,
    )
    if row is None:
        raise HandleTaken
    [fits] = await verify_each([(row["phrase_hash"], normalise_phrase(phrase))])
    if not fits:
        raise HandleTaken
    return int(row["id"])
