"""Ten codes, each of which stands in once for a lost authenticator app. Only keyed hashes of them are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from models.database import execute, fetch_one, transaction
from server.members.keys import derive_key

HOW_MANY = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that can be taken for another: no i, l, o, 0 or 1."""

GROUPS, GROUP_LENGTH = 3, 4
"""Twelve letters of 31: 59 bits."""


def plain_code(typed: str) -> str:
    """Return a typed code without hyphens, blanks and capitals."""
    return "".join(letter for letter in typed[:100].lower() if letter in LETTERS)


async def replace_codes(member_id: int, *, secret_key: str) -> list[str]:
    """Make ten new codes and return them, to be shown once; older ones no longer work."""
    codes = [_new_code() for _ in range(HOW_MANY)]
    async with transaction():
        await execute("DELETE FROM recovery_code WHERE member = $1", member_id)
        await execute(
            "INSERT INTO recovery_code (member, code_hash) SELECT $1, unnest($2::text[])",
            member_id,
            [_hash(member_id, plain_code(code), secret_key) for code in codes],
        )
    return codes


async def use_code(member_id: int, typed: str, *, secret_key: str) -> bool:
    """Use a code up; ``False`` where it is none, or was used before."""
    row = await fetch_one(
        "DELETE FROM recovery_code WHERE member = $1 AND code_hash = $2 RETURNING id",
        member_id,
        _hash(member_id, plain_code(typed), secret_key),
    )
    return row is not None


async def count_codes(member_id: int) -> int:
    """Return how many codes are left."""
    row = await fetch_one("SELECT count(*) AS n FROM recovery_code WHERE member = $1", member_id)
    return int(row["n"])


def _new_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def _hash(member_id: int, code: str, secret_key: str) -> str:
    key = derive_key(secret_key, "recovery codes")
    return hmac.new(key, f"{member_id}:{code}".encode(), hashlib.sha256).hexdigest()
