"""The life of a myth: written by one person, vetted by another, shown and looked for until its review is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from models.database import execute, fetch_one, transaction
from server import vetting
from server.vetting import EntryState, NotItsTurn, ShortNameTaken, state_after
from triage.myths import Source
from triage.queue.audit import record

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from server.myths.forms import MythForm

Row = Any  # a row's columns are known to its query alone

SUBSTANCE = ("claim", "phrasings", "harm", "correction", "evidence")
"""What was vetted. Its topic and the sentences that deny it can change without anybody reading the evidence again."""


async def add_myth(form: MythForm, *, state: EntryState, writer_id: int, at: datetime) -> int:
    """Add a checked myth as a draft or for review; return its id, also where the same form was sent before.

    Raises: ShortNameTaken.
    """
    try:
        async with transaction():
            row = await fetch_one(
                """INSERT INTO myth (slug, topic, claim, phrasings, harm, correction, counter, evidence, state,
                                     written_by, created_at, updated_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING id""",
                form.short_name, form.topic, form.claim, form.said, form.harm, form.correction, form.denied,
                evidence_as_json(form.evidence()), state.value, writer_id, at,
            )  # fmt: skip
            await record(
                "write-myth", f"myth:{row['id']}", actor=writer_id, at=at,
                detail={"slug": form.short_name, "state": state.value},
            )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        made = await vetting.find_made_already(
            "myth", form.short_name, lambda row: row["state"] == state and not _says_something_else(row, form)
        )
        if made is None:
            raise ShortNameTaken("Another myth has this short name already.") from error
        return made
    return int(row["id"])


async def edit_myth(
    myth_id: int, form: MythForm, *, wanted: EntryState, seen: str, writer_id: int, at: datetime
) -> EntryState:
    """Change what a myth says; where its substance changed, a vetted one goes back to review. Return where it stands.

    ``seen`` is the ``updated_at`` that the writer saw, in ISO format. Raises: NotFound, NotItsTurn, EntryChanged.
    """
    async with transaction():
        row = await vetting.lock_to_change("myth", myth_id)
        is_other = _says_something_else(row, form)
        vetting.check_seen(vetting.version_of(row), seen, says_something_else=is_other)
        is_new = _has_other_substance(row, form)
        state = state_after(row, wanted, is_new=is_new, today=at.date())
        if not is_other and state == row["state"]:
            return state
        # The slug stays: cases and links name it.
        await execute(
            """UPDATE myth SET topic = $2, claim = $3, phrasings = $4, harm = $5, correction = $6, counter = $7,
                      evidence = $8, state = $9::varchar, written_by = $10, updated_at = $11,
                      vetted_by = CASE WHEN $9::varchar = 'vetted' THEN vetted_by END,
                      vetted_at = CASE WHEN $9::varchar = 'vetted' THEN vetted_at END,
                      checked_on = CASE WHEN $9::varchar = 'vetted' THEN checked_on END,
                      review_on = CASE WHEN $9::varchar = 'vetted' THEN review_on END
               WHERE id = $1""",
            myth_id, form.topic, form.claim, form.said, form.harm, form.correction, form.denied,
            evidence_as_json(form.evidence(evidence_of(row))), state.value,
            writer_id if is_new else row["written_by"], at,
        )  # fmt: skip
        await record(
            "edit-myth", f"myth:{myth_id}", actor=writer_id, at=at,
            detail={"slug": row["slug"], "before": row["state"], "state": state.value},
        )  # fmt: skip
    return state


async def vet_myth(
    myth_id: int, *, vetter_id: int, read: Collection[int], checked_on: date, review_on: date, seen: str, at: datetime
) -> None:
    """Say that the correction is right by the sources ``read`` (their places in the list) on ``checked_on``.

    Raises: NotFound, NotItsTurn, EntryChanged, VettedByItsWriter.
    """
    async with transaction():
        row = await vetting.lock_to_vet("myth", myth_id, vetter_id=vetter_id, seen=seen)
        evidence = [
            msgspec.structs.replace(one, read=True, checked=checked_on.isoformat()) if number in read else one
            for number, one in enumerate(evidence_of(row))
        ]
        if not any(number in read for number in range(len(evidence))):
            raise NotItsTurn("Nobody can vouch for it without having read one of its sources.")
        await execute("UPDATE myth SET evidence = $2 WHERE id = $1", myth_id, evidence_as_json(evidence))
        await vetting.write_vetting(
            "myth", myth_id, vetter_id=vetter_id, checked_on=checked_on, review_on=review_on, at=at
        )


def evidence_of(row: Row) -> list[Source]:
    """Read the evidence of a row."""
    return msgspec.json.decode(row["evidence"], type=list[Source])


def evidence_as_json(evidence: Sequence[Source]) -> str:
    """Write evidence as its column holds it."""
    return msgspec.json.encode(evidence).decode()


def _says_something_else(row: Row, form: MythForm) -> bool:
    return _has_other_substance(row, form) or (form.topic, form.denied) != (row["topic"], row["counter"])


def _has_other_substance(row: Row, form: MythForm) -> bool:
    return _substance_of(form, row) != {name: row[name] for name in SUBSTANCE} | {"evidence": evidence_of(row)}


def _substance_of(form: MythForm, row: Row) -> dict[str, Any]:
    return {
        "claim": form.claim,
        "phrasings": form.said,
        "harm": form.harm,
        "correction": form.correction,
        "evidence": form.evidence(evidence_of(row)),
    }
