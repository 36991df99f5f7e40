"""Six-digit codes of an authenticator app (RFC 6238): the secret is encrypted at rest, and a code works once."""

from __future__ import annotations

import hmac
import io
from datetime import datetime, timedelta

import pyotp
import segno
from cryptography.fernet import InvalidToken
from pyotp.totp import TOTP

from models.database import fetch_one
from server.members.keys import seal_for

STEP = timedelta(seconds=30)
STEPS_EITHER_WAY = 1
"""Clocks of phones may be this many steps off."""

ISSUER = "Kith"
SET_UP_WITHIN = timedelta(hours=1)


def new_secret() -> str:
    """Return a fresh secret: 160 bits in base 32, as authenticator apps take it."""
    return pyotp.random_base32()


def secret_uri(secret: str, handle: str) -> str:
    """Return the ``otpauth://`` address that the QR code holds."""
    return TOTP(secret).provisioning_uri(name=handle, issuer_name=ISSUER)


def qr_svg(text: str) -> str:
    """Draw ``text`` as a QR code: an SVG element without any style of its own."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, light="#fff", dark="#000", omitsize=False,
        title="QR code for your authenticator app", svgclass=None, lineclass=None,
    )  # fmt: skip
    return drawing.getvalue().decode()


def encrypt_secret(secret: str, *, secret_key: str) -> str:
    """Encrypt a secret for the database."""
    return seal_for(secret_key, "totp").encrypt(secret.encode()).decode()


def decrypt_secret(stored: str, *, secret_key: str) -> str | None:
    """Return the secret that the database holds; ``None`` where the secret key is not the one it was made with."""
    try:
        return seal_for(secret_key, "totp").decrypt(stored.encode()).decode()
    except InvalidToken:
        return None


def seal_offer(secret: str, member_id: int, *, secret_key: str) -> str:
    """Pack a secret that is not confirmed yet into a form field that only this member can hand back, for an hour."""
    return seal_for(secret_key, "totp offer").encrypt(f"{member_id}:{secret}".encode()).decode()


def open_offer(sealed: str, member_id: int, *, secret_key: str) -> str | None:
    """Return the secret of an offer; ``None`` where it is forged, too old or another member's."""
    try:
        offer = seal_for(secret_key, "totp offer").decrypt(sealed.encode(), ttl=int(SET_UP_WITHIN.total_seconds()))
    except (InvalidToken, UnicodeEncodeError):
        return None
    owner, _, secret = offer.decode().partition(":")
    return secret if owner == str(member_id) else None


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the time step for which ``code`` is right, among now and its neighbours, or ``None``."""
    now_step = int(at.timestamp()) // int(STEP.total_seconds())
    totp = TOTP(secret)
    found: int | None = None
    for step in range(now_step - STEPS_EITHER_WAY, now_step + STEPS_EITHER_WAY + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


async def use_step(member_id: int, step: int) -> bool:
    """Mark a time step as used; ``False`` where it, or a later one, was used before."""
    row = await fetch_one(
        "UPDATE member SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2 RETURNING id", member_id, step
    )
    return row is not None
