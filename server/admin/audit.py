"""The audit log as an admin reads it: the newest first, narrowed down, and as a file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from models.database import fetch, fetch_one
from server.members.credentials import handle_key
from server.text.cleaning import clean_line
from server.text.numbers import ID_DIGITS, whole_number
from triage.queue.audit import (
    BEGINNING,
    NOT_AS_NOTED,
    BrokenChain,
    Entry,
    Noted,
    entry_of,
    find_before_first,
    find_break,
    is_there,
    last_entry,
    read_entries,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

PAGE_SIZE = 50
AT_ONCE = 1000
CHECKED = 1000
"""Entries of which the page says whether they are whole; ``kith audit verify`` goes through all."""
# DISTINCT would read the whole log; this goes from each act to the next in the index.
ACTS = """
    WITH RECURSIVE found AS (
      (SELECT act FROM audit_entry ORDER BY act LIMIT 1)
      UNION ALL
      SELECT (SELECT act FROM audit_entry WHERE act > found.act ORDER BY act LIMIT 1) FROM found WHERE act IS NOT NULL)
    SELECT act FROM found WHERE act IS NOT NULL
"""

KITH_ITSELF = "Kith itself"
MEMBER_WHO_LEFT = "a member who left"
NUMBERED = "member:"
"""Before the number of a member who has no handle any more."""

MATCHING = """($1 = '' OR act = $1) AND ($2 = '' OR subject = $2) AND ($3::bigint IS NULL OR actor = $3)
    AND (NOT $4 OR actor IS NULL) AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)"""


ACT_WORDS = {
    "create-admin": "make an admin on the command line",
    "change-role": "give somebody another role",
    "reset-second-factor": "take a lost second factor away",
    "create-board": "set up a board",
    "change-board": "change a board",
    "create-helpline": "add a helpline",
    "change-helpline": "change a helpline",
    "confirm-helpline": "confirm a helpline",
    "retire-helpline": "retire a helpline",
    "follow-helpline": "change a resource with its helpline",
    "claim": "take a case",
    "free": "let a case go",
    "close": "close a case without a decision",
    "note": "leave a note for colleagues",
    "call": "call people to a case",
    "pause-shift": "take a break",
    "resume-shift": "come back from a break",
    "use-model": "put a model in use",
    "set-thresholds": "change the thresholds of a model",
}
"""Acts whose names do not say enough by themselves."""


PAGES = {
    "post": "/posts/", "case": "/moderation/cases/", "myth": "/moderation/myths/",
    "resource": "/moderation/resources/", "template": "/moderation/templates/",
    "board": "/admin/boards/", "helpline": "/admin/helplines/",
}  # fmt: skip
"""Where subjects can be looked at."""


class ExportFormat(StrEnum):
    """What a file of entries can be."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True)
class AuditFilter:
    """What is looked for; what is empty does not narrow."""

    act: str = ""
    actor: str = ""
    """A whole handle, ``Kith itself``, or ``member:12`` for somebody who left."""
    subject: str = ""
    """Such as ``post:12`` or ``case:7``."""
    month: str = ""
    """Such as ``2026-11``, in UTC."""

    @property
    def address(self) -> str:
        """The filter as the end of an address: ``?act=decide``, or nothing."""
        query = urlencode({name: value for name, value in vars(self).items() if value})
        return f"?{query}" if query else ""

    def only(self, **narrowed: str) -> str:
        """Return the address of this filter narrowed further."""
        return replace(self, **narrowed).address


@dataclass(frozen=True)
class AuditLine:
    """An entry, and who that was."""

    entry: Entry
    who: str
    actor: str
    """Who, as the filter understands it."""

    @property
    def act(self) -> str:
        """What was done, in words."""
        return act_in_words(self.entry.act)

    @property
    def subject_page(self) -> str:
        """Where the subject can be looked at, if anywhere."""
        kind, _, number = self.entry.subject.partition(":")
        return f"{PAGES[kind]}{number}" if kind in PAGES and number.isdecimal() else ""


@dataclass(frozen=True)
class AuditPage:
    """Some lines, and the entry before which the next page begins; 0 at the end."""

    lines: list[AuditLine]
    next_before: int = 0


@dataclass(frozen=True)
class Choices:
    """What the filter's lists offer."""

    acts: list[str]
    months: list[str]


@dataclass(frozen=True)
class ChainState:
    """Whether the newest entries are what was written."""

    checked: int
    is_all: bool
    broken: BrokenChain | None = None


def read_audit_filter(fields: Mapping[str, str]) -> AuditFilter:
    """Read a filter; a month that is none does not narrow."""
    act, actor, subject, month = (
        clean_line(fields.get(name, "")[:100]) for name in ("act", "actor", "subject", "month")
    )
    return AuditFilter(act=act, actor=actor, subject=subject, month=month if month_bounds(month) else "")


def month_bounds(month: str) -> tuple[datetime, datetime] | None:
    """Return the moments between which a month such as ``2026-11`` lies, or ``None`` where it is no month."""
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        return first, (first + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        return None


def act_in_words(act: str) -> str:
    """Return an act as a person reads it."""
    return ACT_WORDS.get(act, act.replace("-", " "))


async def list_entries(wanted: AuditFilter, *, before: int = 0) -> AuditPage:
    """Return a page, the newest first; with ``before``, only entries that are older than that one."""
    rows = await fetch(
        f"SELECT * FROM audit_entry WHERE {MATCHING} AND ($7 <= 0 OR id < $7) ORDER BY id DESC LIMIT $8",
        *await _matching(wanted),
        before,
        PAGE_SIZE + 1,
    )
    entries = [entry_of(row) for row in rows[:PAGE_SIZE]]
    handles = await _handles_of({entry.actor for entry in entries if entry.actor is not None})
    return AuditPage([_line(entry, handles) for entry in entries], entries[-1].id if len(rows) > PAGE_SIZE else 0)


async def filter_choices() -> Choices:
    """Return the acts that occur, and the months from the first entry to the last, the newest first."""
    acts = await fetch(ACTS)
    ends = await fetch(
        """(SELECT at FROM audit_entry ORDER BY id DESC LIMIT 1) UNION ALL
           (SELECT at FROM audit_entry ORDER BY id LIMIT 1)"""
    )
    months: list[str] = []
    if ends:
        month, first = ends[0]["at"].replace(day=1), ends[-1]["at"].replace(day=1)
        while f"{month:%Y-%m}" >= f"{first:%Y-%m}":
            months.append(f"{month:%Y-%m}")
            month = (month - timedelta(days=1)).replace(day=1)
    return Choices([row["act"] for row in acts], months)


async def check_newest(noted: Noted | None) -> ChainState:
    """Say whether the newest entries follow from one another and from the one before them, and hold what was noted."""
    last = await last_entry()
    start = max(0, (last.entry if last else 0) - CHECKED)
    previous = BEGINNING
    if start:
        before = await read_entries(after=start - 1, limit=1)
        if not before or before[0].id != start:
            return ChainState(0, is_all=False, broken=BrokenChain(start, "it is missing"))
        previous = before[0].hash
    entries = await read_entries(after=start, limit=CHECKED)
    broken = await find_before_first() or find_break(entries, after=start, previous=previous)
    if broken is None and noted is not None and not await is_there(noted):
        broken = BrokenChain(noted.entry, NOT_AS_NOTED)
    return ChainState(len(entries), is_all=not start, broken=broken)


async def export_entries(wanted: AuditFilter, form: ExportFormat) -> AsyncGenerator[bytes]:
    """Yield matching entries as a file, in the order in which they were written, some at a time.

    People are numbers in it: a file that somebody keeps must not remember a handle that was erased. The moment is
    written as it is hashed, so that the chain can be checked from the file alone.
    """
    if form is ExportFormat.CSV:
        yield _csv_line(Entry.__struct_fields__)
    matching, last = await _matching(wanted), 0
    while rows := await fetch(
        f"SELECT * FROM audit_entry WHERE {MATCHING} AND id > $7 ORDER BY id LIMIT $8", *matching, last, AT_ONCE
    ):
        write = _as_csv if form is ExportFormat.CSV else _as_json_line
        yield b"".join(write(entry_of(row)) for row in rows)
        last = rows[-1]["id"]


def _as_json_line(entry: Entry) -> bytes:
    return msgspec.json.encode(msgspec.structs.asdict(entry) | {"at": entry.at.isoformat()}) + b"\n"


def _as_csv(entry: Entry) -> bytes:
    cells = msgspec.structs.asdict(entry)
    return _csv_line(
        (cells | {"at": entry.at.isoformat(), "detail": msgspec.json.encode(entry.detail).decode()}).values()
    )


def _csv_line(cells: object) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)  # type: ignore[arg-type]
    return line.getvalue().encode()


async def _matching(wanted: AuditFilter) -> tuple[object, ...]:
    """Return the first six parameters of ``MATCHING``."""
    is_kith = wanted.actor.casefold() == KITH_ITSELF.casefold()
    actor = await _actor_id(wanted.actor) if wanted.actor and not is_kith else None
    return wanted.act, wanted.subject, actor, is_kith, *(month_bounds(wanted.month) or (None, None))


async def _actor_id(actor: str) -> int:
    """Return the member's id; -1, which is nobody's, where there is no such handle."""
    number = actor.removeprefix(NUMBERED)
    if number != actor:
        member_id = whole_number(number, digits=ID_DIGITS)
        return -1 if member_id is None else member_id
    row = await fetch_one("SELECT id FROM member WHERE handle_key = $1", handle_key(actor))
    return row["id"] if row else -1


async def _handles_of(ids: set[int]) -> dict[int, str]:
    rows = await fetch("SELECT id, handle FROM member WHERE id = ANY($1)", list(ids)) if ids else []
    return {row["id"]: row["handle"] for row in rows}


def _line(entry: Entry, handles: dict[int, str]) -> AuditLine:
    if entry.actor is None:
        return AuditLine(entry, KITH_ITSELF, KITH_ITSELF)
    handle = handles.get(entry.actor)
    return AuditLine(entry, handle or MEMBER_WHO_LEFT, handle or f"{NUMBERED}{entry.actor}")
