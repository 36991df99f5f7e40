"""The audit log: every act in a chain of hashes, so that a change or a gap shows.

An entry's hash covers its own content and the hash of the one before. Nobody's words are in it, only names of acts and
numbers, so it stays when an account is erased.

The chain alone does not tell that its end was cut off, or that it was written anew from some entry on. An entry that
was noted elsewhere does (``Noted``), and so does each decision, which must have its entry.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from models.database import execute, fetch, fetch_one, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHAIN_LOCK = 2_026_1129
"""Key of the advisory lock that puts entries in a row until their transaction ends."""
BEGINNING = "0" * 64
AT_ONCE = 1000

Detail = dict[str, str | int | bool | None]
NOT_AS_NOTED = "it is not the one that was noted"
UNREADABLE: Detail = {"unreadable": True}
"""In the place of a detail that Kith never writes: its entry is found to be changed."""

# min() and not LIMIT 1, for which PostgreSQL would go through the whole log for each decision.
UNRECORDED = """
    SELECT min(decision.id) AS id FROM decision WHERE NOT EXISTS (
      SELECT 1 FROM audit_entry
      WHERE act = 'decide' AND subject = 'case:' || decision."case" AND at = decision.decided_at
        AND audit_entry.detail ->> 'decision' = decision.id::text AND audit_entry.detail @> decision.detail
        AND (decision.moderator IS NULL OR actor = decision.moderator))
"""


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


class Noted(NamedTuple):
    """An entry as somebody noted it, to see later whether it is still there."""

    entry: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entry}:{self.hash}"


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
    try:
        detail = msgspec.json.decode(str(row["detail"]), type=Detail)
    except msgspec.ValidationError:
        detail = UNREADABLE
    return msgspec.convert({**row, "detail": detail}, Entry)


async def verify() -> BrokenChain | int:
    """Go through the whole chain; return the first entry that does not fit, or how many there are."""
    forged = await find_before_first()
    if forged is not None:
        return forged
    previous, seen = BEGINNING, 0
    while entries := await read_entries(after=seen):
        broken = find_break(entries, after=seen, previous=previous)
        if broken is not None:
            return broken
        previous, seen = entries[-1].hash, entries[-1].id
    return seen


async def find_before_first() -> BrokenChain | None:
    """Return an entry that stands before the first of the chain, or ``None``."""
    row = await fetch_one("SELECT id FROM audit_entry WHERE id < 1 ORDER BY id LIMIT 1")
    return BrokenChain(row["id"], "Kith numbers entries from 1 on") if row else None


def find_break(entries: Iterable[Entry], *, after: int, previous: str) -> BrokenChain | None:
    """Return the first entry that does not follow; ``previous`` is the hash of the entry ``after`` which they come."""
    for number, entry in enumerate(entries, after + 1):
        if entry.id != number:
            return BrokenChain(number, "it is missing")
        if entry.previous != previous:
            return BrokenChain(number, "it does not follow the entry before it")
        if entry.hash != hash_of(entry):
            return BrokenChain(number, "its content was changed")
        previous = entry.hash
    return None


async def find_unrecorded_decision() -> int | None:
    """Return the first decision of which no entry says the same, or ``None``."""
    async with transaction():
        await execute("SET LOCAL statement_timeout = 0")  # it reads every decision there is
        row = await fetch_one(UNRECORDED)
    return row["id"]


async def last_entry() -> Noted | None:
    """Return the last entry, as it is noted."""
    row = await fetch_one("SELECT id, hash FROM audit_entry ORDER BY id DESC LIMIT 1")
    return Noted(row["id"], row["hash"]) if row else None


async def is_there(noted: Noted) -> bool:
    """Tell whether an entry is still the one that was noted."""
    return await fetch_one("SELECT 1 FROM audit_entry WHERE id = $1 AND hash = $2", *noted) is not None


def read_noted(text: str) -> Noted | None:
    """Read what was noted, such as ``12:ab34``, or return ``None``."""
    number, _, found = text.partition(":")
    if not (number.isascii() and number.isdecimal() and 0 < int(number) < 2**62 and found):
        return None
    return Noted(int(number), found)
