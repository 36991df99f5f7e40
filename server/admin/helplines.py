"""Looking after helplines: adding, changing, confirming with the page that was read, and retiring.

Each change by an admin empties ``seed_hash``, so that seeding leaves the entry alone from then on. The short name
stays: seeding knows the entry by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg
import msgspec

from models.database import execute, fetch, fetch_one, transaction
from models.help import HelplineState
from server.errors import NotFound
from server.help.dialling import dialled_number, texted_number
from server.help.needs import EMERGENCY, NEEDS, wrong_languages
from server.help.opening import check_opening
from server.help.service import INTERNATIONAL
from server.members.regions import regions
from server.resources.helpline_copies import follow_helpline
from server.text.cleaning import clean_line, clean_text
from server.vetting import Row, ShortNameTaken, check_seen, find_made_already, version_of
from triage.queue.audit import record

LISTED = 300
TEXT_FIELDS = (
    "slug", "name", "organisation", "country", "hours", "opening", "zone", "phone", "text", "chat_url", "website",
    "cost", "description", "source_name", "source_url",
)  # fmt: skip
OPTIONAL = ("phone", "text", "chat_url", "cost")
LONGEST = dict.fromkeys(TEXT_FIELDS, 500) | {"read_note": 2_000}


class HelplineForm(msgspec.Struct, frozen=True):
    """A helpline as its form holds it; needs and languages are written with commas."""

    slug: str = ""
    name: str = ""
    organisation: str = ""
    country: str = ""
    needs: str = ""
    languages: str = "en"
    hours: str = ""
    opening: str = ""
    zone: str = ""
    always_open: bool = False
    phone: str = ""
    text: str = ""
    chat_url: str = ""
    website: str = ""
    cost: str = ""
    description: str = ""
    source_name: str = ""
    source_url: str = ""
    read_on: str = ""
    read_note: str = ""

    @property
    def call(self) -> str:
        """What a tap on the number will dial; empty where members see words alone."""
        return dialled_number(self.phone)

    @property
    def sms(self) -> str:
        """Whom a tap on the text line will write to; empty where members see words alone."""
        return texted_number(self.text)

    @property
    def need_list(self) -> list[str]:
        """The needs, one by one."""
        return [need for need in re.split(r"[,\s]+", self.needs) if need]

    @property
    def language_list(self) -> list[str]:
        """The language codes, one by one."""
        return [language for language in re.split(r"[,\s]+", self.languages) if language]


@dataclass(frozen=True)
class HelplineLine:
    """A helpline in the admin's list."""

    id: int
    name: str
    country: str
    state: str
    source_name: str
    read_on: date | None


def read_helpline_form(fields: dict[str, str]) -> HelplineForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    names = (*TEXT_FIELDS, "needs", "languages", "read_on")
    lines = {name: clean_line(fields.get(name, "")) for name in names}
    return HelplineForm(**lines, always_open="always_open" in fields, read_note=clean_text(fields.get("read_note", "")))


def check_helpline(form: HelplineForm) -> dict[str, str]:
    """Return what is wrong with a helpline, by field."""
    errors = {
        name: f"At most {most:,} characters fit. Please shorten it."
        for name, most in LONGEST.items()
        if len(getattr(form, name)) > most
    }
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", form.slug) or len(form.slug) > 80:
        errors["slug"] = "The short name needs small letters, digits and single hyphens, such as gb-samaritans."
    for name, words in (("name", "its name"), ("hours", "when it is open"), ("description", "whom it is for")):
        if not getattr(form, name):
            errors[name] = f"Please say {words}."
    if form.country != INTERNATIONAL and form.country not in regions():
        errors["country"] = "Two letters of a country, such as GB, or INT for everywhere."
    if not form.need_list or not set(form.need_list) <= {*NEEDS, EMERGENCY}:
        errors["needs"] = f"One or more of: {', '.join((EMERGENCY, *NEEDS))}."
    if wrong := wrong_languages(form.language_list):
        errors["languages"] = wrong
    for name in ("website", "source_url", "chat_url"):
        address = getattr(form, name)
        if (address or name != "chat_url") and not re.fullmatch(r"https://[^\s/]+\.[^\s]+", address):
            errors[name] = "An address that begins with https://."
    if not (form.phone or form.text or form.chat_url or form.website):
        errors["phone"] = "There has to be a way to reach it."
    return _check_hours(form) | errors


def _check_hours(form: HelplineForm) -> dict[str, str]:
    if form.always_open and form.opening:
        return {"opening": "Please choose one: at any hour, or these times."}
    return check_opening(form.opening, form.zone)


def check_reading(form: HelplineForm, *, today: date) -> dict[str, str]:
    """Return what is missing before a helpline can be confirmed: who said so, and when it was read."""
    errors: dict[str, str] = {}
    if not form.source_name:
        errors["source_name"] = "Please name the organisation or national directory whose page you read."
    try:
        if not date(2020, 1, 1) <= date.fromisoformat(form.read_on) <= today:
            errors["read_on"] = "The day on which you read it cannot be in the future."
    except ValueError:
        errors["read_on"] = "Please give the day on which you read it, such as 2026-11-23."
    return errors


async def list_helplines(*, state: str, country: str) -> list[HelplineLine]:
    """Return helplines for the admin, filtered where state or country are given; at most 300 (``LISTED``)."""
    rows = await fetch(
        f"""SELECT id, name, country, state, source_name, read_on FROM helpline
            WHERE ($1 = '' OR state = $1) AND ($2 = '' OR country = $2)
            ORDER BY country, name LIMIT {LISTED}""",
        state,
        country,
    )
    return [HelplineLine(**row) for row in rows]


async def find_helpline_form(helpline_id: int) -> tuple[HelplineForm, HelplineState, str]:
    """Return a helpline as its form shows it, its state, and the ``seen`` of whoever sees it so.

    Raises: NotFound.
    """
    row = await fetch_one("SELECT * FROM helpline WHERE id = $1", helpline_id)
    if row is None:
        raise NotFound
    return _form_of(row), HelplineState(row["state"]), version_of(row)


def _form_of(row: Row) -> HelplineForm:
    lines = {name: row[name] or "" for name in (*TEXT_FIELDS, "read_note")}
    return HelplineForm(
        **lines,
        needs=", ".join(row["needs"]),
        languages=", ".join(row["languages"]),
        always_open=row["always_open"],
        read_on=row["read_on"].isoformat() if row["read_on"] else "",
    )


def _says(row: Row, form: HelplineForm, state: HelplineState) -> bool:
    """Tell whether a helpline stands as a form and its button want it; the short name is not compared."""
    read_on = form.read_on if state is HelplineState.CONFIRMED else ""
    wanted = msgspec.structs.replace(
        form, slug=row["slug"], needs=", ".join(form.need_list), languages=", ".join(form.language_list),
        read_on=read_on,
    )  # fmt: skip
    return row["state"] == state and _form_of(row) == wanted


async def save_helpline(
    helpline_id: int | None, form: HelplineForm, *, state: HelplineState, seen: str, admin_id: int, at: datetime
) -> int:
    """Add a helpline, or with ``helpline_id`` change one, and the library's copy along; return its id.

    A short name that is there stays. ``seen`` is the ``updated_at`` that the admin saw, in ISO format. What is stored
    already changes nothing, but for being confirmed anew.

    Raises: ShortNameTaken, NotFound, EntryChanged.
    """
    act, before, lost_a_way = "create-helpline", "", False
    try:
        async with transaction():
            if helpline_id is None:
                helpline_id = await _insert(form.slug, at=at)
            else:
                row = await _lock(helpline_id)
                is_stored = _says(row, form, state)
                check_seen(version_of(row), seen, says_something_else=not is_stored)
                if is_stored and (state is HelplineState.UNCONFIRMED or version_of(row) != seen):
                    return helpline_id
                act, before = "change-helpline", row["state"]
                lost_a_way = any(row[way] and row[way] != getattr(form, way) for way in ("text", "chat_url"))
            await _update(helpline_id, form, state=state, admin_id=admin_id, at=at)
            await follow_helpline(helpline_id, actor_id=admin_id, lost_a_way=lost_a_way, at=at)
            await record(
                "confirm-helpline" if state is HelplineState.CONFIRMED else act, f"helpline:{helpline_id}",
                actor=admin_id, at=at, detail={"before": before, "state": state.value, "country": form.country},
            )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        made = await find_made_already("helpline", form.slug, lambda row: _says(row, form, state))
        if made is None:
            raise ShortNameTaken("Another helpline has this short name already.") from error
        return made
    return helpline_id


async def _insert(slug: str, *, at: datetime) -> int:
    row = await fetch_one(
        """INSERT INTO helpline (slug, name, country, website, state, updated_at)
           VALUES ($1, '', '', '', 'unconfirmed', $2) RETURNING id""",
        slug,
        at,
    )
    return int(row["id"])


async def _lock(helpline_id: int) -> Row:
    row = await fetch_one("SELECT * FROM helpline WHERE id = $1 FOR UPDATE", helpline_id)
    if row is None:
        raise NotFound
    return row


async def _update(helpline_id: int, form: HelplineForm, *, state: HelplineState, admin_id: int, at: datetime) -> None:
    is_confirmed = state is HelplineState.CONFIRMED
    text = [getattr(form, name) or (None if name in OPTIONAL else "") for name in TEXT_FIELDS if name != "slug"]
    await execute(
        """UPDATE helpline SET name = $2, organisation = $3, country = $4, hours = $5, opening = $6, zone = $7,
               phone = $8, text = $9, chat_url = $10, website = $11, cost = $12, description = $13, source_name = $14,
               source_url = $15, needs = $16, languages = $17, always_open = $18, state = $19, read_on = $20,
               read_note = $21, confirmed_by = $22, seed_hash = '', updated_at = $23 WHERE id = $1""",
        helpline_id,
        *text,
        form.need_list,
        form.language_list,
        form.always_open,
        state.value,
        date.fromisoformat(form.read_on) if is_confirmed else None,
        form.read_note,
        admin_id if is_confirmed else None,
        at,
    )


async def retire_helpline(helpline_id: int, *, admin_id: int, at: datetime) -> None:
    """Take a helpline, and its copy in the library, away from members; it stays in the admin's list.

    Raises: NotFound.
    """
    async with transaction():
        before = (await _lock(helpline_id))["state"]
        await execute(
            "UPDATE helpline SET state = 'retired', seed_hash = '', updated_at = $2 WHERE id = $1", helpline_id, at
        )
        await follow_helpline(helpline_id, actor_id=admin_id, at=at)
        await record("retire-helpline", f"helpline:{helpline_id}", actor=admin_id, at=at, detail={"before": before})
