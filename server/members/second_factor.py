"""The second factor of moderators, clinicians and admins: setting it up, and passing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from models.database import execute, fetch_one, transaction
from server.errors import KithError
from server.members.recovery_codes import count_codes, replace_codes, use_code
from server.members.totp import (
    decrypt_secret,
    encrypt_secret,
    matching_step,
    new_secret,
    open_offer,
    qr_svg,
    seal_offer,
    secret_uri,
    use_step,
)

if TYPE_CHECKING:
    from datetime import datetime

CODE_DIGITS = 6

log = structlog.get_logger(__name__)


class WrongCode(KithError):
    """The code is wrong, was used before, or came too late."""

    status = 422
    title = "That code did not fit"
    sentence = "Codes change every 30 seconds and each works once. Please take the one that the app shows now."


class OfferExpired(KithError):
    """The secret on the page is an hour old, or was not made for this member."""

    status = 422
    title = "Please begin again"
    sentence = "This page was open for too long. Here is a new secret; please scan it instead of the old one."


@dataclass(frozen=True)
class Offer:
    """A new secret as the page shows it; ``sealed`` comes back with the first code."""

    secret: str
    sealed: str
    picture: str

    @property
    def spaced(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


@dataclass(frozen=True)
class SecondFactor:
    """What a member has: an authenticator app or not, and how many recovery codes are left."""

    is_set_up: bool
    codes_left: int


def make_offer(member_id: int, handle: str, *, secret_key: str) -> Offer:
    """Make a new secret to be confirmed; nothing is stored yet."""
    return _offer_of(new_secret(), member_id, handle, secret_key)


def reopen_offer(sealed: str, member_id: int, handle: str, *, secret_key: str) -> Offer:
    """Return the offer of a form that comes back, so that the app need not scan again; a new one where it is stale."""
    secret = open_offer(sealed, member_id, secret_key=secret_key)
    return _offer_of(secret or new_secret(), member_id, handle, secret_key)


async def second_factor_of(member_id: int) -> SecondFactor:
    """Return what a member has set up."""
    stored = await _stored_secret(member_id)
    return SecondFactor(stored is not None, await count_codes(member_id))


async def confirm_offer(member_id: int, sealed: str, code: str, *, secret_key: str, at: datetime) -> list[str]:
    """Store the offered secret, now that a code shows that the app has it; return ten new recovery codes.

    Raises: OfferExpired, WrongCode.
    """
    secret = open_offer(sealed, member_id, secret_key=secret_key)
    if secret is None:
        raise OfferExpired
    step = matching_step(secret, _digits(code), at=at)
    if step is None:
        raise WrongCode
    async with transaction():
        await execute(
            "UPDATE member SET totp_secret = $2, totp_last_step = $3 WHERE id = $1",
            member_id,
            encrypt_secret(secret, secret_key=secret_key),
            step,
        )
        return await replace_codes(member_id, secret_key=secret_key)


async def pass_second_factor(member_id: int, typed: str, *, secret_key: str, at: datetime) -> None:
    """Accept a six-digit code of the app, or one of the recovery codes; each works once.

    Raises: WrongCode.
    """
    digits = _digits(typed)
    if len(digits) != CODE_DIGITS or not digits.isdecimal():
        if not await use_code(member_id, typed, secret_key=secret_key):
            raise WrongCode
        return
    stored = await _stored_secret(member_id)
    secret = decrypt_secret(stored, secret_key=secret_key) if stored else None
    if stored and secret is None:
        log.error("totp_secret_unreadable", hint="KITH_SECRET_KEY is not the one that this secret was stored with")
    step = matching_step(secret, digits, at=at) if secret else None
    if step is None or not await use_step(member_id, step):
        raise WrongCode


async def renew_recovery_codes(member_id: int, code: str, *, secret_key: str, at: datetime) -> list[str]:
    """Replace the recovery codes of a member who shows a current code.

    Raises: WrongCode.
    """
    async with transaction():
        await pass_second_factor(member_id, code, secret_key=secret_key, at=at)
        return await replace_codes(member_id, secret_key=secret_key)


async def remove_second_factor(member_id: int) -> None:
    """Take app and recovery codes away; a staff member sets up new ones when they next sign in."""
    async with transaction():
        await execute("UPDATE member SET totp_secret = NULL, totp_last_step = 0 WHERE id = $1", member_id)
        await execute("DELETE FROM recovery_code WHERE member = $1", member_id)


def _offer_of(secret: str, member_id: int, handle: str, secret_key: str) -> Offer:
    sealed = seal_offer(secret, member_id, secret_key=secret_key)
    return Offer(secret, sealed, qr_svg(secret_uri(secret, handle)))


def _digits(typed: str) -> str:
    return "".join(typed[:100].split()).replace("-", "")


async def _stored_secret(member_id: int) -> str | None:
    row = await fetch_one("SELECT totp_secret FROM member WHERE id = $1", member_id)
    return row["totp_secret"] if row else None
