"""What is typed into the forms of this feature. Secrets are read here and never given back."""

from __future__ import annotations

import msgspec

from models.members import AvoidanceKind
from server.members.next_page import local_path
from server.members.regions import region_named
from server.text.cleaning import clean_line
from server.text.numbers import ID_DIGITS, whole_number

LONGEST_TYPED_HANDLE = 80
"""More is never shown again: a handle has 30 characters."""


class JoinForm(msgspec.Struct, frozen=True):
    """Joining: a handle, and two choices."""

    handle: str
    region: str | None
    stay: bool
    next: str
    submission_key: str


class SignInForm(msgspec.Struct, frozen=True):
    """Signing in: handle, and phrase or password in one field."""

    handle: str
    secret: str
    stay: bool
    next: str

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"SignInForm(handle={self.handle!r})"


class PasswordForm(msgspec.Struct, frozen=True):
    """Setting, changing or removing the password."""

    secret: str
    new_password: str
    wants_removal: bool

    def __repr__(self) -> str:
        """Leave the secrets out."""
        return f"PasswordForm(wants_removal={self.wants_removal})"


def read_join(fields: dict[str, str]) -> JoinForm:
    """Read the form of the join page."""
    return JoinForm(
        handle=read_handle(fields),
        region=region_named(fields.get("region", "")),
        stay="stay" in fields,
        next=local_path(fields.get("next", "")),
        submission_key=fields.get("submission_key", "")[:64],
    )


def read_sign_in(fields: dict[str, str]) -> SignInForm:
    """Read the form of the sign-in page."""
    return SignInForm(
        handle=read_handle(fields),
        secret=fields.get("secret", ""),
        stay="stay" in fields,
        next=local_path(fields.get("next", "")),
    )


def read_password(fields: dict[str, str]) -> PasswordForm:
    """Read the form of the password page."""
    return PasswordForm(
        secret=fields.get("secret", ""),
        new_password=fields.get("new_password", ""),
        wants_removal=fields.get("intent") == "remove",
    )


def read_handle(fields: dict[str, str]) -> str:
    """Read a typed handle, cleaned and cut to what can be shown again."""
    return clean_line(fields.get("handle", "")[: 2 * LONGEST_TYPED_HANDLE])[:LONGEST_TYPED_HANDLE]


def read_avoidance(fields: dict[str, str]) -> AvoidanceKind | None:
    """Read whether to mute or to block; ``None`` where neither was chosen."""
    kind = fields.get("kind", "")
    return AvoidanceKind(kind) if kind in {choice.value for choice in AvoidanceKind} else None


def read_id(fields: dict[str, str], name: str) -> int:
    """Read a row's id from a form; anything else is 0, which no row has."""
    return whole_number(fields.get(name, ""), digits=ID_DIGITS) or 0
