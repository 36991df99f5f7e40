"""Finding answer templates, and what their variables stand for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from models.database import fetch, fetch_one
from server.answer_templates.forms import TemplateForm
from server.answer_templates.kinds import SITUATIONS, USABLE
from server.errors import NotFound
from server.help.service import numbers_to_name
from server.vetting import EntryState, is_due, standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from server.settings import Settings


class OfferedTemplate(NamedTuple):
    """A template that a moderator may start from."""

    id: int
    label: str
    text: str


@dataclass(frozen=True)
class TemplateLine:
    """A template in the list of those who look after them."""

    id: int
    label: str
    situation: str
    state: str
    review_on: date | None


@dataclass(frozen=True)
class TemplateRecord:
    """Where a template stands, for the people who look after it."""

    id: int
    state: EntryState
    is_expired: bool
    written_by: int | None
    checked_on: date | None
    review_on: date | None
    updated_at: datetime


async def list_offered(*, today: date) -> list[tuple[str, list[OfferedTemplate]]]:
    """Return the vetted templates by situation, each under its heading."""
    rows = await fetch(
        f"""SELECT id, label, text, situation FROM template WHERE {USABLE.format(today="$1")}
            ORDER BY array_position($2::text[], situation::text), id""",
        today,
        list(SITUATIONS),
    )
    return [
        (heading, [OfferedTemplate(row["id"], row["label"], row["text"]) for row in group])
        for heading, group in groupby(rows, key=_heading_of)
    ]


def _heading_of(row: Mapping[str, str]) -> str:
    return SITUATIONS.get(row["situation"], row["situation"])


async def values_for(
    settings: Settings, *, handle: str | None, board: str, country: str, at: datetime, resource: str = ""
) -> dict[str, str]:
    """Return what the variables stand for in an answer that names lines of a country; empty where there is nothing."""
    crisis_line, emergency = await numbers_to_name(country, at=at)
    return {
        "handle": handle or "",
        "board": board,
        "crisis_line": crisis_line,
        "emergency": emergency,
        "help": f"{settings.base_url}/help",
        "resource": resource,
    }


async def list_for_staff(*, state: str, today: date) -> list[TemplateLine]:
    """Return templates as they are offered: by situation."""
    rows = await fetch(
        f"""SELECT id, label, situation, {standing("$2")} AS state, review_on FROM template
            WHERE $1 = '' OR $1 = {standing("$2")}
            ORDER BY array_position($3::text[], situation::text), id""",
        state,
        today,
        list(SITUATIONS),
    )
    return [TemplateLine(**row) for row in rows]


async def count_by_state(*, today: date) -> dict[str, int]:
    """Return how many templates stand where."""
    rows = await fetch(f"SELECT {standing('$1')} AS state, count(*) AS n FROM template GROUP BY 1", today)
    return {row["state"]: row["n"] for row in rows}


async def find_record(template_id: int, *, today: date) -> tuple[TemplateRecord, TemplateForm]:
    """Return where a template stands, and what it says.

    Raises: NotFound.
    """
    row = await fetch_one("SELECT * FROM template WHERE id = $1", template_id)
    if row is None:
        raise NotFound
    record = TemplateRecord(
        id=row["id"],
        state=EntryState(row["state"]),
        is_expired=is_due(row, today),
        written_by=row["written_by"],
        checked_on=row["checked_on"],
        review_on=row["review_on"],
        updated_at=row["updated_at"],
    )
    return record, TemplateForm(row["label"], row["situation"], row["text"])
