"""Setting boards up and changing them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import asyncpg
import msgspec

from models.database import execute, fetch, fetch_one, transaction
from server.errors import NotFound
from server.text.cleaning import clean_line, clean_text
from server.vetting import Row, ShortNameTaken, check_seen, find_made_already
from triage.policy import PolicyUnusable, TriagePolicy, parse_policy, write_policy
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import datetime

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHOICES = ("cover_crisis", "cover_red", "cover_misinformation", "hold_dangerous", "hold_misinformation")
TIMES = ("crisis_minutes", "red_minutes", "amber_minutes", "misinformation_minutes")
LONGEST_TIME = 7 * 24 * 60
LONGEST = {"slug": 60, "name": 80, "purpose": 300, "rules": 4_000}


class BoardForm(msgspec.Struct, frozen=True):
    """A board as the form holds it; numbers are text until they are checked."""

    slug: str = ""
    name: str = ""
    purpose: str = ""
    rules: str = ""
    position: str = "100"
    archived: bool = False
    cover_crisis: bool = False
    cover_red: bool = False
    cover_misinformation: bool = False
    hold_dangerous: bool = True
    hold_misinformation: bool = True
    crisis_minutes: str = "5"
    red_minutes: str = "30"
    amber_minutes: str = "1440"
    misinformation_minutes: str = "1440"

    @property
    def policy(self) -> TriagePolicy:
        """The triage policy that was chosen; the times have to be checked before."""
        times = {name: int(getattr(self, name)) for name in TIMES}
        return msgspec.convert({name: getattr(self, name) for name in CHOICES} | times, TriagePolicy)

    @property
    def as_stored(self) -> BoardForm:
        """The same with its numbers as they are written once they are stored; they have to be checked before."""
        return msgspec.structs.replace(self, **{name: str(int(getattr(self, name))) for name in ("position", *TIMES)})

    @property
    def version(self) -> str:
        """A hash of all that the form says, SHA-256 in hex: who sends it back has seen just this."""
        return sha256(msgspec.json.encode(self)).hexdigest()


@dataclass(frozen=True)
class BoardLine:
    """A board in the admin's list."""

    id: int
    slug: str
    name: str
    position: int
    archived: bool


def read_board_form(fields: dict[str, str]) -> BoardForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    lines = {name: clean_line(fields.get(name, "")) for name in ("slug", "name", "purpose")}
    numbers = {name: fields.get(name, "").strip() for name in ("position", *TIMES)}
    choices = {name: name in fields for name in ("archived", *CHOICES)}
    rules = clean_text(fields.get("rules", ""))
    return msgspec.convert({**lines, **numbers, **choices, "rules": rules}, BoardForm)


def check_board(form: BoardForm) -> dict[str, str]:
    """Return what is wrong with a board, by field."""
    errors = {
        name: f"At most {limit} characters fit." for name, limit in LONGEST.items() if len(getattr(form, name)) > limit
    }
    if not SLUG.fullmatch(form.slug):
        errors["slug"] = "The address needs small letters, digits and single hyphens, such as low-days."
    if not form.name:
        errors["name"] = "A board needs a name."
    if not form.purpose:
        errors["purpose"] = "Please say in a sentence what the board is for."
    if not (form.position.isdecimal() and len(form.position) < 6):
        errors["position"] = "The place in the list is a number; boards are shown from small to large."
    return errors | _check_times(form)


def _check_times(form: BoardForm) -> dict[str, str]:
    typed = {name: getattr(form, name) for name in TIMES}
    errors = {
        name: f"Minutes from 1 to {LONGEST_TIME:,} (a week)."
        for name, minutes in typed.items()
        if not (minutes.isdecimal() and len(minutes) < 9 and 1 <= int(minutes) <= LONGEST_TIME)
    }
    if not errors and not int(form.crisis_minutes) <= int(form.red_minutes) <= int(form.amber_minutes):
        errors["crisis_minutes"] = "What is more urgent cannot wait longer: crisis first, then red, then amber."
    if not errors and int(form.misinformation_minutes) < int(form.crisis_minutes):
        errors["misinformation_minutes"] = "Nothing comes before somebody in danger: not sooner than crisis."
    return errors


async def list_boards_to_edit() -> list[BoardLine]:
    """Return every board, in the order that members see."""
    rows = await fetch("SELECT id, slug, name, position, archived FROM board ORDER BY archived, position, name")
    return [BoardLine(**row) for row in rows]


async def find_board_form(board_id: int) -> tuple[BoardForm, dict[str, str]]:
    """Return a board as its form shows it, and what is wrong with what is stored.

    Raises: NotFound.
    """
    row = await fetch_one(
        "SELECT slug, name, purpose, rules, position, archived, triage_policy FROM board WHERE id = $1", board_id
    )
    if row is None:
        raise NotFound
    return _form_of(row)


def _form_of(row: Row) -> tuple[BoardForm, dict[str, str]]:
    kept = {name: row[name] for name in ("slug", "name", "purpose", "rules", "archived")}
    kept["position"] = str(row["position"])
    errors: dict[str, str] = {}
    try:
        policy = parse_policy(row["triage_policy"])
    except PolicyUnusable as unusable:
        policy, errors = TriagePolicy(), {"crisis_minutes": f"{unusable} Below is the usual one; saving keeps that."}
    kept |= {name: getattr(policy, name) for name in CHOICES}
    kept |= {name: str(getattr(policy, name)) for name in TIMES}
    return BoardForm(**kept), errors


async def save_board(board_id: int | None, form: BoardForm, *, seen: str, admin_id: int, at: datetime) -> None:
    """Set up a board, or with ``board_id`` change one; a form that was saved already changes nothing.

    ``seen`` is the ``version`` of the form that the admin saw. Raises: ShortNameTaken, NotFound, EntryChanged.
    """
    form = form.as_stored
    values = (
        form.slug,
        form.name,
        form.purpose,
        form.rules,
        int(form.position),
        form.archived,
        write_policy(form.policy),
    )
    try:
        async with transaction():
            changed = "" if board_id is None else await _what_changes(board_id, form, seen=seen)
            if changed is None:
                return
            saved = await (_insert(values, at=at) if board_id is None else _update(board_id, values))
            await record(
                "create-board" if board_id is None else "change-board", f"board:{saved}", actor=admin_id, at=at,
                detail={"changed": changed, "archived": form.archived, **msgspec.structs.asdict(form.policy)},
            )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        is_sent_again = board_id is None and await find_made_already("board", form.slug, lambda row: _says(row, form))
        if not is_sent_again:
            raise ShortNameTaken("Another board has this address already. Please choose another.") from error


def _says(row: Row, form: BoardForm) -> bool:
    return _form_of(row) == (form, {})


async def _what_changes(board_id: int, form: BoardForm, *, seen: str) -> str | None:
    """Name the parts of a board that are others from now on, none where all is stored; the policy is told beside it."""
    await execute("SELECT 1 FROM board WHERE id = $1 FOR UPDATE", board_id)
    stored, problems = await find_board_form(board_id)
    is_stored = (stored, problems) == (form, {})
    check_seen(stored.version, seen, says_something_else=not is_stored)
    if is_stored:
        return None
    parts = ("slug", "name", "purpose", "rules", "position", "archived")
    return ", ".join(name for name in parts if getattr(stored, name) != getattr(form, name))


async def _insert(values: tuple[object, ...], *, at: datetime) -> int:
    row = await fetch_one(
        """INSERT INTO board (slug, name, purpose, rules, position, archived, triage_policy, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id""",
        *values,
        at,
    )
    return int(row["id"])


async def _update(board_id: int, values: tuple[object, ...]) -> int:
    await execute(
        """UPDATE board SET slug = $1, name = $2, purpose = $3, rules = $4, position = $5, archived = $6,
                            triage_policy = $7 WHERE id = $8""",
        *values,
        board_id,
    )
    return board_id
