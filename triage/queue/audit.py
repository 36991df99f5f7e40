"""The audit log: every act in a chain of hashes, so that a change or a gap shows.

An entry's hash covers its own content and the hash of the one before. Nobody's words are in it, only names of acts and
numbers, so it stays when an account is erased.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from models.database import execute, fetch, fetch_one

if TYPE_CHECKING:
    from collections.abc import Mapping

CHAIN_LOCK = 2_026_1129
"""Key of the advisory lock that puts entries in a row until their transaction ends."""
BEGINNING = "0" * 64
AT_ONCE = 1000

Detail = dict[str, str | int | bool | None]


class Entry(msgspec.Struct, frozen=True):
    """One act."""

    id: int
    at: datetime
    actor: int | None
    """Member id; None where Kith itself acted."""
    act: str
    subject: str
    detail: Detail
    previous: str
    hash: str


class BrokenChain(msgspec.Struct, frozen=True):
    """Where the log is not what was written."""

    entry: int
    why: str


def hash_of(entry: Entry) -> str:
    """Return the SHA-256 of an entry's content with the hash before it, in hex."""
    content = [
        entry.id, entry.at.isoformat(), entry.actor, entry.act, entry.subject,
        sorted(entry.detail.items()), entry.previous,
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


async def record(
    act: str,
    subject: str,
    *,
    actor: int | None,
    at: datetime,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """Add an entry; call it last in the transaction of the act, for the log is written by one at a time."""
    await execute("SELECT pg_advisory_xact_lock($1)", CHAIN_LOCK)
    last = await fetch_one("SELECT id, hash FROM audit_entry ORDER BY id DESC LIMIT 1")
    entry = Entry(
        id=last["id"] + 1 if last else 1,
        at=at,
        actor=actor,
        act=act,
        subject=subject,
        detail=dict(detail or {}),
        previous=last["hash"] if last else BEGINNING,
        hash="",
    )
    await execute(
        """INSERT INTO audit_entry (id, at, actor, act, subject, detail, previous, hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        entry.id, entry.at, entry.actor, entry.act, entry.subject,
        msgspec.json.encode(entry.detail).decode(), entry.previous, hash_of(entry),
    )  # fmt: skip


async def read_entries(*, after: int = 0, limit: int = AT_ONCE) -> list[Entry]:
    """Return entries in the order in which they were written."""
    rows = await fetch("SELECT * FROM audit_entry WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
    return [entry_of(row) for row in rows]


def entry_of(row: Mapping[str, object]) -> Entry:
    """Read an entry from its row."""
    return msgspec.convert({**row, "detail": msgspec.json.decode(str(row["detail"]))}, Entry)


async def verify() -> BrokenChain | int:
    """Go through the whole chain; return the first entry that does not fit, or how many there are."""
    previous, seen = BEGINNING, 0
    while entries := await read_entries(after=seen):
        for entry in entries:
            if entry.id != seen + 1:
                return BrokenChain(seen + 1, "it is missing")
            if entry.previous != previous:
                return BrokenChain(entry.id, "it does not follow the entry before it")
            if entry.hash != hash_of(entry):
                return BrokenChain(entry.id, "its content was changed")
            previous, seen = entry.hash, entry.id
    return seen
