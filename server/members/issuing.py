"""New recovery phrases. A form that is sent twice gets the same phrase twice, though no phrase is ever stored.

The phrase is computed from the form's own random key, the browser's form cookie and the installation's secret key
(HMAC-SHA-512, cut to 7 words of 11 bits). Whoever loses the answer to a slow network and sends the form again sees
the phrase that really is in place, not one that a second request has already replaced.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from server.members.credentials import WrongSecret, check_secret, credentials_of
from server.members.hashing import hash_secret, verify_each
from server.members.keys import derive_key
from server.members.phrase import PHRASE_LENGTH, WORDS, normalise_phrase
from server.notices.sentences import PHRASE_FIRST
from server.web.cookies import cookie_name

if TYPE_CHECKING:
    from datetime import datetime

    from server.settings import Settings
    from server.web.request import KithRequest

BITS_A_WORD = 11


@dataclass(frozen=True)
class FormIdentity:
    """What one form in one browser has for itself: a random key, and the browser's form cookie."""

    submission_key: str
    form_cookie: str

    @classmethod
    def of(cls, request: KithRequest, fields: dict[str, str]) -> FormIdentity:
        """Return the identity of a form that was sent with its ``submission_key``."""
        cookie = request.cookies.get(cookie_name(request.app.state.settings, "form"), "")
        return cls(fields.get("submission_key", "")[:64], cookie)

    def phrase_for(self, purpose: str, settings: Settings) -> str:
        """Return this form's phrase for ``purpose``; without a key in the form it is a fresh one each time."""
        own = self.submission_key or secrets.token_hex(16)
        text = "\0".join((purpose, own, self.form_cookie)).encode("utf-8", "surrogatepass")
        digest = hmac.new(derive_key(settings.secret_key, "phrases"), text, hashlib.sha512).digest()
        bits = int.from_bytes(digest, "big")
        return " ".join(WORDS[bits >> BITS_A_WORD * place & len(WORDS) - 1] for place in range(PHRASE_LENGTH))


async def reissue_phrase(member_id: int, form: FormIdentity, *, settings: Settings) -> str | None:
    """Give a member who never noted the phrase a fresh one; ``None`` where it was noted already."""
    phrase = form.phrase_for(f"reissue {member_id}", settings)
    row = await fetch_one(
        "UPDATE member SET phrase_hash = $2 WHERE id = $1 AND NOT phrase_noted RETURNING id",
        member_id,
        await hash_secret(normalise_phrase(phrase)),
    )
    return phrase if row else None


async def replace_phrase(member_id: int, current_secret: str, form: FormIdentity, *, settings: Settings) -> str:
    """Give a member who shows the current phrase or password a new phrase, to be noted again.

    Raises: WrongSecret.
    """
    phrase = form.phrase_for(f"replace {member_id}", settings)
    if await is_phrase_of(member_id, phrase, noted=False):
        return phrase
    member = await credentials_of(member_id)
    if member is None:
        raise WrongSecret
    await check_secret(member, current_secret)
    await execute(
        "UPDATE member SET phrase_hash = $2, phrase_noted = false WHERE id = $1",
        member_id,
        await hash_secret(normalise_phrase(phrase)),
    )
    return phrase


async def note_phrase(member_id: int) -> None:
    """Remember that the member has the phrase: it is never shown or replaced without it from now on."""
    await execute("UPDATE member SET phrase_noted = true WHERE id = $1", member_id)


async def ask_to_note_phrase(member_id: int, *, at: datetime) -> None:
    """Tell a member once that they are wanted on the staff, and that their phrase has to be written down first."""
    await execute(
        f"""INSERT INTO notice (member, kind, detail, created_at)
            SELECT $1, '{PHRASE_FIRST}', '', $2 WHERE NOT EXISTS (
              SELECT 1 FROM notice WHERE member = $1 AND kind = '{PHRASE_FIRST}' AND read_at IS NULL)""",
        member_id,
        at,
    )


async def is_phrase_of(member_id: int, phrase: str, *, noted: bool) -> bool:
    """Tell whether a phrase is the member's, with ``noted=False`` only while it still waits to be noted."""
    row = await fetch_one("SELECT phrase_hash FROM member WHERE id = $1 AND (NOT phrase_noted OR $2)", member_id, noted)
    if row is None:
        return False
    [fits] = await verify_each([(row["phrase_hash"], normalise_phrase(phrase))])
    return fits
