"""Whose form it is: a member's number, sealed into a form, for when somebody else is signed in once it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken

from server.members.keys import seal_for

if TYPE_CHECKING:
    from server.settings import Settings

FIELD = "account"
PURPOSE = "whose form"


def seal_member(member_id: int, settings: Settings) -> str:
    """Return what a form of this member carries in ``FIELD``; it tells nobody else whose it is."""
    return seal_for(settings.secret_key, PURPOSE).encrypt(str(member_id).encode()).decode()


def member_of_form(fields: dict[str, str], settings: Settings) -> int | None:
    """Return whose form this was when it was opened; ``None`` where it does not say."""
    try:
        return int(seal_for(settings.secret_key, PURPOSE).decrypt(fields.get(FIELD, "").encode()))
    except (InvalidToken, UnicodeEncodeError):
        return None
