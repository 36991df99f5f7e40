"""Resources as CSV and JSON: taken in row by row with a report, and given out."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import fetch, transaction
from server.errors import KithError
from server.resources.forms import FIELDS, LISTS, ResourceForm, check_resource, read_resource_form
from server.resources.vetting import insert_resource, record_writing
from server.vetting import EntryState, ShortNameTaken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MAX_ROWS = 500
FORMATS = ("csv", "json")
TAKEN_ALREADY = "There is one with this short name already; it was left as it is."
KEPT_OUT = ("state", "checked_on", "review_on")
"""Given out for people to read; never taken in, because whoever imports has not read the sources."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be run by a spreadsheet, unless an apostrophe stands before it."""


class Unreadable(KithError):
    """The text as a whole is not CSV or JSON of resources."""

    status = 422
    title = "This could not be read"


class BadRow(msgspec.Struct, frozen=True):
    """A row that was not taken; CSV counts the line of headings as row 1."""

    row: int
    reason: str


class Report(msgspec.Struct, frozen=True):
    """What came of an import."""

    taken: int
    bad: list[BadRow]


async def import_resources(text: str, kind: str, *, writer_id: int | None, at: datetime) -> Report:
    """Take in every good row of ``text`` for review, and say what is wrong with the others.

    Raises: Unreadable.
    """
    rows = list(_csv_rows(text) if kind == "csv" else _json_rows(text))
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"At most {MAX_ROWS} at a time, please; these are {len(rows)}.")
    bad: list[BadRow] = []
    good: list[tuple[int, ResourceForm]] = []
    taken: list[int] = []
    async with transaction():
        known = {row["slug"] for row in await fetch("SELECT slug FROM resource")}
        for number, fields in rows:
            form = read_resource_form(fields) if isinstance(fields, dict) else ResourceForm()
            reason = fields if isinstance(fields, str) else _what_is_wrong(form, known)
            if reason:
                bad.append(BadRow(number, reason))
            else:
                known.add(form.short_name)
                good.append((number, form))
        # By short name, and the log last: two imports at once must not wait for each other.
        for number, form in sorted(good, key=lambda row: row[1].short_name):
            try:
                taken.append(await insert_resource(form, state=EntryState.REVIEW, writer_id=writer_id, at=at))
            except ShortNameTaken:
                bad.append(BadRow(number, TAKEN_ALREADY))
        for resource_id in taken:
            await record_writing(resource_id, state=EntryState.REVIEW, writer_id=writer_id, at=at)
    return Report(len(taken), sorted(bad, key=lambda one: one.row))


async def export_resources(kind: str) -> str:
    """Return every resource that is not retired, as CSV or JSON."""
    rows = await fetch(
        f"SELECT {', '.join((*FIELDS, *KEPT_OUT))} FROM resource WHERE state <> 'retired' ORDER BY lower(title), id"
    )
    if kind == "json":
        return msgspec.json.format(msgspec.json.encode([dict(row) for row in rows]), indent=2).decode() + "\n"
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow((*FIELDS, *KEPT_OUT))
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return written.getvalue()


def _what_is_wrong(form: ResourceForm, known: set[str]) -> str:
    errors = check_resource(form)
    if errors:
        return " ".join(f"{name}: {sentence}" for name, sentence in errors.items())
    return TAKEN_ALREADY if form.short_name in known else ""


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield each row's number with its fields, or with what is wrong with it."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff").strip(), newline=""), strict=True)
    try:
        headings = [heading.strip().lower() for heading in next(reader, list[str]())]
        _check_headings(headings)
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(headings):
                yield number, f"It has {len(cells)} cells where the headings are {len(headings)}."
            else:
                yield number, {name: _bare(cell) for name, cell in zip(headings, cells, strict=True)}
    except csv.Error as error:
        raise Unreadable(f"This is not CSV: {error} (line {reader.line_num}).") from error


def _check_headings(headings: list[str]) -> None:
    unknown = [heading for heading in headings if heading not in {*FIELDS, *KEPT_OUT}]
    if unknown or "title" not in headings or len(set(headings)) != len(headings):
        raise Unreadable(f"The first line should name the columns, each once, out of: {', '.join(FIELDS)}.")


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    try:
        entries = msgspec.json.decode(text.lstrip("\ufeff"))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unreadable(f"This is not JSON: {error}.") from error
    if not isinstance(entries, list):
        raise Unreadable("This should be a list of resources: [{…}, {…}].")
    for number, entry in enumerate(entries, start=1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        yield number, _json_fields(entry)


def _json_fields(entry: Any) -> dict[str, str] | str:  # Any: whatever JSON can say
    if not isinstance(entry, dict):
        return "It is not an object."
    fields: dict[str, str] = {}
    named: dict[str, Any] = entry  # pyright: ignore[reportUnknownVariableType]
    for name, value in named.items():
        if name in KEPT_OUT or value is None:
            continue
        if name not in FIELDS:
            return f"It has a field that is not known: {name[:40]}."
        if name in LISTS and isinstance(value, list) and all(isinstance(one, str) for one in value):  # pyright: ignore[reportUnknownVariableType]
            fields[name] = ", ".join(value)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, str):
            fields[name] = value
        else:
            return f"{name}: it should be {'a list of texts' if name in LISTS else 'a text'}."
    return fields


def _cell(value: Any) -> str:  # Any: a column's value
    text = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)  # pyright: ignore[reportUnknownArgumentType]
    return f"'{text}" if text.startswith(FORMULA) else text


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
