"""The life of what members are given: draft, review, vetted by somebody else, expired, retired.

Resources, myths and the templates of answers share it. Every step is in the audit log.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from models.database import execute, fetch, fetch_one, transaction
from server.errors import KithError, NotFound
from server.text.cleaning import clean_line
from triage.queue.audit import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_UNTIL_REVIEW = timedelta(days=2 * 365)
FIRST_READING = date(2020, 1, 1)

Library = Literal["resource", "myth", "template"]
"""A table of entries that are vetted; in the audit log its name stands before the entry's number."""
Row = Any  # a row's columns are known to its query alone


class EntryState(StrEnum):
    """Only ``vetted`` ones are shown and used, and those only until their review is due."""

    DRAFT = "draft"
    REVIEW = "review"
    VETTED = "vetted"
    EXPIRED = "expired"
    RETIRED = "retired"


class ShortNameTaken(KithError):
    """Another entry has this short name."""

    status = 409
    title = "This short name is taken"
    sentence = "Another one has this short name already."


class VettedByItsWriter(KithError):
    """Whoever wrote it cannot be the one who vets it."""

    status = 409
    title = "Somebody else has to vet this"
    sentence = "You wrote this, or changed it last. Somebody else reads it and vets it."


class NotItsTurn(KithError):
    """The step does not follow from where the entry stands."""

    status = 409
    title = "This step does not follow"
    sentence = "It stands elsewhere by now. Please look at it again."


class EntryChanged(KithError):
    """It is another one than the person saw."""

    status = 409
    title = "This was changed meanwhile"
    sentence = "Somebody changed it since you opened it. Nothing was saved yet; please compare, and send it again."


class VetForm(msgspec.Struct, frozen=True):
    """What somebody says who vets: when they read the source, and when it is to be read again."""

    checked_on: str = ""
    review_on: str = ""


def usable(table: str) -> str:
    """Return SQL for what may be shown; ``{today}`` in it is to be the number of a date parameter.

    Expiry needs no housekeeping to hold.
    """
    return f"{table}.state = 'vetted' AND ({table}.review_on IS NULL OR {table}.review_on > {{today}})"


def standing(today: str) -> str:
    """Return SQL for where an entry stands; ``today`` is a date parameter, such as ``$1``."""
    return f"CASE WHEN state = 'vetted' AND review_on <= {today} THEN 'expired' ELSE state END"


def read_vet_form(fields: Mapping[str, str]) -> VetForm:
    """Read the two dates of a vetting as they were typed."""
    return VetForm(clean_line(fields.get("checked_on", "")), clean_line(fields.get("review_on", "")))


def check_vetting(form: VetForm, *, today: date) -> dict[str, str]:
    """Return what is wrong with the two dates of a vetting."""
    errors: dict[str, str] = {}
    checked_on, review_on = _date(form.checked_on), _date(form.review_on)
    if checked_on is None or not FIRST_READING <= checked_on <= today:
        errors["checked_on"] = "Please give the day on which you read it; it cannot be in the future."
    if review_on is None or not today < review_on <= today + LONGEST_UNTIL_REVIEW:
        errors["review_on"] = "A day after today, at most two years from now."
    return errors


def wanted_state(fields: Mapping[str, str]) -> EntryState:
    """Return whether a writer wants an entry vetted, or keeps it as a draft."""
    return EntryState.REVIEW if fields.get("intent") == "review" else EntryState.DRAFT


def seen_after(refused: KithError, seen: str) -> str:
    """Return the ``seen`` of a refused form for its page: none where the entry changed, so that the page compares."""
    return "" if isinstance(refused, EntryChanged) else seen


def is_due(row: Row, today: date) -> bool:
    """Tell whether an entry still says that it is vetted although its review is due."""
    return row["state"] == EntryState.VETTED and row["review_on"] is not None and row["review_on"] <= today


def state_after(row: Row, wanted: EntryState, *, is_new: bool, today: date) -> EntryState:
    """Return where an entry stands once it was changed; ``is_new`` where what was vetted is not what it says now."""
    before = EntryState(row["state"])
    if before is EntryState.DRAFT:
        return wanted
    if before is EntryState.VETTED and not is_new and not is_due(row, today):
        return before
    return EntryState.REVIEW


def subject_of(library: Library, entry_id: int) -> str:
    """Name an entry as the audit log does."""
    return f"{library}:{entry_id}"


def version_of(row: Row) -> str:
    """Return what a page gives back as ``seen``: the row's ``updated_at`` in ISO format."""
    return row["updated_at"].isoformat()


def check_seen(latest: str, seen: str, *, says_something_else: bool = True) -> None:
    """Let nobody change what they did not see; both are versions of it. A form sent twice says what is stored already.

    Raises: EntryChanged.
    """
    if says_something_else and latest != seen:
        raise EntryChanged


async def find_made_already(table: str, short_name: str, is_this: Callable[[Row], bool]) -> int | None:
    """Return the entry that the same form has made before, as a second press finds it; none where it is another one."""
    row = await fetch_one(f"SELECT * FROM {table} WHERE slug = $1", short_name)
    return int(row["id"]) if row is not None and is_this(row) else None


async def lock_entry(library: Library, entry_id: int) -> Row:
    """Return an entry's row, which nobody else changes until the transaction ends.

    Raises: NotFound.
    """
    row = await fetch_one(f"SELECT * FROM {library} WHERE id = $1 FOR UPDATE", entry_id)
    if row is None:
        raise NotFound
    return row


async def lock_to_change(library: Library, entry_id: int) -> Row:
    """Return the row of an entry that can be changed.

    Raises: NotFound, NotItsTurn.
    """
    row = await lock_entry(library, entry_id)
    if row["state"] == EntryState.RETIRED:
        raise NotItsTurn("It is retired. Write a new one instead.")
    return row


async def submit_for_review(library: Library, entry_id: int, *, actor_id: int, at: datetime) -> None:
    """Ask somebody else to vet a draft, or one whose review was due.

    Raises: NotFound, NotItsTurn.
    """
    async with transaction():
        row = await lock_entry(library, entry_id)
        if row["state"] not in {EntryState.DRAFT, EntryState.EXPIRED} and not is_due(row, at.date()):
            raise NotItsTurn
        await _set_state(library, entry_id, EntryState.REVIEW, at=at)
        await record(
            f"submit-{library}", subject_of(library, entry_id), actor=actor_id, at=at, detail={"before": row["state"]}
        )


async def lock_to_vet(library: Library, entry_id: int, *, vetter_id: int, seen: str) -> Row:
    """Return the row of an entry that this person may vet.

    Raises: NotFound, NotItsTurn, EntryChanged, VettedByItsWriter.
    """
    row = await lock_entry(library, entry_id)
    if row["state"] != EntryState.REVIEW:
        raise NotItsTurn
    if row["written_by"] == vetter_id:
        raise VettedByItsWriter
    check_seen(version_of(row), seen)
    return row


async def write_vetting(
    library: Library, entry_id: int, *, vetter_id: int, checked_on: date, review_on: date, at: datetime
) -> None:
    """Write down that somebody vouches for a locked entry until ``review_on``."""
    await execute(
        f"""UPDATE {library} SET state = 'vetted', vetted_by = $2, vetted_at = $3, checked_on = $4, review_on = $5,
                   updated_at = $3 WHERE id = $1""",
        entry_id,
        vetter_id,
        at,
        checked_on,
        review_on,
    )
    await record(
        f"vet-{library}", subject_of(library, entry_id), actor=vetter_id, at=at,
        detail={"checked_on": checked_on.isoformat(), "review_on": review_on.isoformat()},
    )  # fmt: skip


async def retire(library: Library, entry_id: int, *, actor_id: int, at: datetime) -> None:
    """Take an entry away from members for good; posts that carry it show it no more.

    Raises: NotFound, NotItsTurn.
    """
    async with transaction():
        row = await lock_entry(library, entry_id)
        if row["state"] == EntryState.RETIRED:
            raise NotItsTurn
        await _set_state(library, entry_id, EntryState.RETIRED, at=at)
        await record(
            f"retire-{library}", subject_of(library, entry_id), actor=actor_id, at=at, detail={"before": row["state"]}
        )


async def restore(library: Library, entry_id: int, *, actor_id: int, at: datetime) -> None:
    """Propose a retired entry anew: it goes to review, and somebody else than whoever brings it back vets it.

    Raises: NotFound, NotItsTurn.
    """
    async with transaction():
        row = await lock_entry(library, entry_id)
        if row["state"] != EntryState.RETIRED:
            raise NotItsTurn
        await execute(f"UPDATE {library} SET written_by = $2 WHERE id = $1", entry_id, actor_id)
        await _set_state(library, entry_id, EntryState.REVIEW, at=at)
        await record(f"restore-{library}", subject_of(library, entry_id), actor=actor_id, at=at)


async def mark_expired(library: Library, *, now: datetime) -> int:
    """Housekeeping: write down what counts as expired already; return how many there were."""
    async with transaction():
        rows = await fetch(
            f"""UPDATE {library} SET state = 'expired', updated_at = $2
                WHERE state = 'vetted' AND review_on <= $1 RETURNING id""",
            now.date(),
            now,
        )
        for row in rows:
            await record(f"expire-{library}", subject_of(library, row["id"]), actor=None, at=now)
    return len(rows)


async def _set_state(library: Library, entry_id: int, state: EntryState, *, at: datetime) -> None:
    await execute(f"UPDATE {library} SET state = $2, updated_at = $3 WHERE id = $1", entry_id, state.value, at)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
