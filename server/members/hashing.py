"""argon2id for phrases and passwords, in threads, two at a time: each holds 32 MiB while it works."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
AT_ONCE = 2
LONGEST_SECRET = 1000
"""Characters; more than any phrase or password has."""

_turns = asyncio.Semaphore(AT_ONCE)


async def hash_secret(secret: str) -> str:
    """Return the encoded argon2id hash of a phrase or password."""
    async with _turns:
        return await asyncio.to_thread(HASHER.hash, _as_bytes(secret))


async def verify_each(pairs: list[tuple[str | None, str]]) -> list[bool]:
    """Tell for each pair of stored hash and typed secret whether they fit.

    Without a stored hash the same work is done on a hash of nobody, so that time does not tell the two apart.
    """
    async with _turns:
        return await asyncio.to_thread(_verify_each, pairs)


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _verify_each(pairs: list[tuple[str | None, str]]) -> list[bool]:
    nobody = _hash_of_nobody()
    return [verify(stored or nobody, typed) and stored is not None for stored, typed in pairs]


def verify(stored: str, typed: str) -> bool:
    """Run one argon2 verification; use ``verify_each`` from handlers."""
    try:
        return HASHER.verify(stored, _as_bytes(typed))
    except VerifyMismatchError:
        return False


@cache
def _hash_of_nobody() -> str:
    return HASHER.hash(b"no secret fits this hash, because it is only used where there is no member")


def _as_bytes(secret: str) -> bytes:
    # NFKC: the same password typed on another keyboard may come as other code points.
    return unicodedata.normalize("NFKC", secret[:LONGEST_SECRET]).encode("utf-8", "surrogatepass")
