"""Whether a typed secret is a member's: their recovery phrase, or the password that they may have."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import msgspec

from models.database import execute, fetch_one
from models.members import Role
from server.errors import KithError
from server.members.handles import LONGEST as LONGEST_HANDLE
from server.members.hashing import LONGEST_SECRET, hash_secret, is_outdated, verify_each
from server.members.phrase import normalise_phrase
from server.text.cleaning import clean_line
from server.web.viewer import STAFF


class WrongSecret(KithError):
    """The typed secret does not fit; the same for an unknown handle."""

    status = 422
    title = "That did not fit"
    sentence = "Handle and phrase or password do not go together. Please check both."


class SecretKind(StrEnum):
    """What a typed secret turned out to be."""

    PHRASE = "phrase"
    PASSWORD = "password"  # noqa: S105 - a kind, not a secret


class Credentials(msgspec.Struct, frozen=True):
    """A member as signing in needs them."""

    id: int
    handle: str
    role: Role
    phrase_hash: str
    password_hash: str | None
    has_second_factor: bool

    @property
    def is_staff(self) -> bool:
        """Tell whether the role needs a second factor."""
        return self.role in STAFF


CREDENTIALS = """SELECT id, handle, role, phrase_hash, password_hash, totp_secret IS NOT NULL AS has_second_factor
                 FROM member"""


def handle_key(typed: str) -> str:
    """Return the key under which a typed handle is looked up; what cannot be a handle becomes empty."""
    key = unicodedata.normalize("NFKC", clean_line(typed[:200])).lower()
    return key if len(key) <= LONGEST_HANDLE else ""


async def find_credentials(typed_handle: str) -> Credentials | None:
    """Look a member up by handle, in any case."""
    return _as_credentials(await fetch_one(f"{CREDENTIALS} WHERE handle_key = $1", handle_key(typed_handle)))


async def credentials_of(member_id: int) -> Credentials | None:
    """Look a member up by id."""
    return _as_credentials(await fetch_one(f"{CREDENTIALS} WHERE id = $1", member_id))


async def check_secret(member: Credentials | None, secret: str) -> SecretKind:
    """Find out what ``secret`` is to ``member``; the work is the same for everybody, and for nobody.

    Raises: WrongSecret.
    """
    phrase = normalise_phrase(secret[:LONGEST_SECRET])
    is_phrase, is_password = await verify_each(
        [
            (member.phrase_hash if member else None, phrase),
            (member.password_hash if member else None, secret),
        ]
    )
    if member is None or not (is_phrase or is_password):
        raise WrongSecret
    await _renew_hashes(member, phrase if is_phrase else "", secret if is_password else "")
    return SecretKind.PHRASE if is_phrase else SecretKind.PASSWORD


async def require_secret(member_id: int, secret: str) -> Credentials:
    """Check the secret of somebody who is signed in, before something that only they may do.

    Raises: WrongSecret.
    """
    member = await credentials_of(member_id)
    await check_secret(member, secret)
    assert member is not None
    return member


async def _renew_hashes(member: Credentials, phrase: str, password: str) -> None:
    """Replace hashes that were made with other parameters, now that the secret is at hand."""
    if phrase and is_outdated(member.phrase_hash):
        await execute(
            "UPDATE member SET phrase_hash = $2 WHERE id = $1 AND phrase_hash = $3",
            member.id,
            await hash_secret(phrase),
            member.phrase_hash,
        )
    if password and member.password_hash and is_outdated(member.password_hash):
        await execute(
            "UPDATE member SET password_hash = $2 WHERE id = $1 AND password_hash = $3",
            member.id,
            await hash_secret(password),
            member.password_hash,
        )


def _as_credentials(row: dict[str, object] | None) -> Credentials | None:
    return msgspec.convert(dict(row), Credentials) if row is not None else None
