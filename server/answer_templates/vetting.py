"""The life of an answer template: written by one person, vetted by another, offered until its review is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute, fetch_one, transaction
from server import vetting
from server.vetting import EntryState, state_after
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import date, datetime

    from server.answer_templates.forms import TemplateForm


async def add_template(form: TemplateForm, *, state: EntryState, writer_id: int, at: datetime) -> int:
    """Add a checked template as a draft or for review; return its id."""
    async with transaction():
        row = await fetch_one(
            """INSERT INTO template (label, situation, text, state, written_by, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id""",
            form.label,
            form.situation,
            form.text,
            state.value,
            writer_id,
            at,
        )
        subject = vetting.subject_of("template", row["id"])
        await record("write-template", subject, actor=writer_id, at=at, detail={"state": state.value})
    return int(row["id"])


async def edit_template(
    template_id: int, form: TemplateForm, *, wanted: EntryState, seen: str, writer_id: int, at: datetime
) -> EntryState:
    """Change a template; with other words a vetted one goes back to review. Return where it stands.

    ``seen`` is the ``updated_at`` that the writer saw, in ISO format. Raises: NotFound, NotItsTurn, EntryChanged.
    """
    async with transaction():
        row = await vetting.lock_to_change("template", template_id)
        is_new = (form.label, form.text) != (row["label"], row["text"])
        is_other = is_new or form.situation != row["situation"]
        vetting.check_seen(vetting.version_of(row), seen, says_something_else=is_other)
        state = state_after(row, wanted, is_new=is_new, today=at.date())
        if not is_other and state == row["state"]:
            return state
        await execute(
            """UPDATE template SET label = $2, situation = $3, text = $4, state = $5::varchar, written_by = $6,
                      updated_at = $7,
                      vetted_by = CASE WHEN $5::varchar = 'vetted' THEN vetted_by END,
                      vetted_at = CASE WHEN $5::varchar = 'vetted' THEN vetted_at END,
                      checked_on = CASE WHEN $5::varchar = 'vetted' THEN checked_on END,
                      review_on = CASE WHEN $5::varchar = 'vetted' THEN review_on END
               WHERE id = $1""",
            template_id,
            form.label,
            form.situation,
            form.text,
            state.value,
            writer_id if is_new else row["written_by"],
            at,
        )
        await record(
            "edit-template", vetting.subject_of("template", template_id), actor=writer_id, at=at,
            detail={"before": row["state"], "state": state.value},
        )  # fmt: skip
    return state


async def vet_template(
    template_id: int, *, vetter_id: int, checked_on: date, review_on: date, seen: str, at: datetime
) -> None:
    """Say that the words can be given to somebody in distress.

    Raises: NotFound, NotItsTurn, EntryChanged, VettedByItsWriter.
    """
    async with transaction():
        await vetting.lock_to_vet("template", template_id, vetter_id=vetter_id, seen=seen)
        await vetting.write_vetting(
            "template", template_id, vetter_id=vetter_id, checked_on=checked_on, review_on=review_on, at=at
        )
