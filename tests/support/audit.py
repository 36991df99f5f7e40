"""The audit log in tests: entries, and ways to harm what the database protects."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from models.database import execute, transaction
from triage.queue.audit import hash_of, read_entries, record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


async def an_entry(
    act: str = "decide", subject: str = "case:7", *, actor: int | None = None, at: datetime = NOON, **detail: str | int
) -> None:
    """Record an act."""
    async with transaction():
        await record(act, subject, actor=actor, at=at, detail=detail)


async def entries(count: int) -> None:
    """Record some acts, a minute apart."""
    for number in range(1, count + 1):
        await an_entry(subject=f"case:{number}", at=NOON + timedelta(minutes=number), on_post=number)


@asynccontextmanager
async def unguarded() -> AsyncIterator[None]:
    """Let the log be changed, as somebody with all rights over the database could."""
    await execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stays")
    try:
        yield
    finally:
        await execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_stays")


async def change_the_third() -> None:
    """Have somebody else do it."""
    async with unguarded():
        await execute("UPDATE audit_entry SET actor = 99 WHERE id = 3")


async def remove_the_third() -> None:
    """Have it never happen."""
    async with unguarded():
        await execute("DELETE FROM audit_entry WHERE id = 3")


async def swap_the_third_and_fourth() -> None:
    """Have them happen in the other order."""
    async with unguarded():
        for before, after in ((3, -3), (4, 3), (-3, 4)):
            await execute("UPDATE audit_entry SET id = $2 WHERE id = $1", before, after)


async def truncate() -> None:
    """Have nothing ever happen."""
    async with unguarded():
        await execute("TRUNCATE audit_entry")


async def cut_off_from(entry: int) -> None:
    """Have it and whatever came after it never happen."""
    async with unguarded():
        await execute("DELETE FROM audit_entry WHERE id >= $1", entry)


async def write_anew(entry: int, **changed: object) -> None:
    """Change an entry, and give it and all after it hashes that fit: whoever reads Kith's code can."""
    first, *later = await read_entries(after=entry - 1)
    previous = first.previous
    async with unguarded():
        for one in (msgspec.structs.replace(first, **changed), *later):
            fitting = hash_of(msgspec.structs.replace(one, previous=previous))
            await execute(
                "UPDATE audit_entry SET actor = $2, act = $3, detail = $4, previous = $5, hash = $6 WHERE id = $1",
                one.id, one.actor, one.act, msgspec.json.encode(one.detail).decode(), previous, fitting,
            )  # fmt: skip
            previous = fitting


HARM: list[tuple[Callable[[], Awaitable[None]], str]] = [
    (change_the_third, "its content was changed"),
    (remove_the_third, "it is missing"),
    (swap_the_third_and_fourth, "it does not follow the entry before it"),
]
"""Each is found at entry 3, for this reason."""
