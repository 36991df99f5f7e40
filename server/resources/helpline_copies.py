"""The library's copies of helplines: when an admin changes a helpline its copy changes along, or is retired with it.

Whoever changed what a helpline says wrote its copy: that waits until somebody else vets it, or confirms the helpline as
it stands. A copy that somebody rewrote keeps its words, and waits for review where it says something else than the
helpline. One that somebody took away stays away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.database import execute, fetch, fetch_one
from models.help import HelplineState
from server.help.service import HelplineView
from server.resources.forms import FIELDS, LISTS, ResourceForm, check_resource
from server.resources.seeds import copy_of_helpline
from server.resources.vetting import write_content
from server.vetting import EntryState, state_after, subject_of
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import datetime

FOLLOW = "follow-helpline"
REWRITTEN = frozenset({"write-resource", "edit-resource"})
TAKEN_AWAY = frozenset({"retire-resource", "replace-resource"})
"""Acts of people on a resource."""
REACHED_BY = ("phone", "url", "hours")
"""What a rewritten copy must share with a helpline that was confirmed."""

Row = Any  # a row's columns are known to its query alone


async def follow_helpline(helpline_id: int, *, actor_id: int | None, at: datetime) -> None:
    """Bring the copy of a helpline into line with it; call it in the transaction that changed the helpline."""
    copy = await fetch_one("SELECT * FROM resource WHERE helpline = $1 FOR UPDATE", helpline_id)
    if copy is None:
        return
    acts = await fetch("SELECT DISTINCT act FROM audit_entry WHERE subject = $1", subject_of("resource", copy["id"]))
    done = {row["act"] for row in acts}
    if done & TAKEN_AWAY:
        return
    helpline = await _read_helpline(helpline_id)
    if helpline.state == HelplineState.RETIRED:
        state = EntryState.RETIRED
    elif done & REWRITTEN:
        state = _state_of_rewritten(copy, helpline)
    else:
        state = await _copy(copy, helpline, actor_id=actor_id, at=at)
    await execute("UPDATE resource SET state = $2, updated_at = $3 WHERE id = $1", copy["id"], state.value, at)
    await record(
        FOLLOW, subject_of("resource", copy["id"]), actor=actor_id, at=at,
        detail={"helpline": helpline_id, "before": copy["state"], "state": state.value},
    )  # fmt: skip


async def follow_changed_helplines(*, at: datetime) -> int:
    """Bring copies into line whose helplines an admin changed before copies followed; return how many there were."""
    rows = await fetch(
        """SELECT helpline.id, (SELECT actor FROM audit_entry WHERE subject = 'helpline:' || helpline.id
                                ORDER BY id DESC LIMIT 1) AS changed_by
           FROM helpline JOIN resource ON resource.helpline = helpline.id
           WHERE helpline.seed_hash = '' AND NOT EXISTS (SELECT 1 FROM audit_entry
               WHERE subject = 'resource:' || resource.id AND act = ANY($1::varchar[]))
           ORDER BY helpline.id""",
        [FOLLOW, *TAKEN_AWAY],
    )
    for row in rows:
        await follow_helpline(row["id"], actor_id=row["changed_by"], at=at)
    return len(rows)


async def _read_helpline(helpline_id: int) -> HelplineView:
    row = await fetch_one("SELECT * FROM helpline WHERE id = $1", helpline_id)
    return HelplineView(**{name: row[name] for name in HelplineView.__dataclass_fields__})


async def _copy(copy: Row, helpline: HelplineView, *, actor_id: int | None, at: datetime) -> EntryState:
    """Write the helpline's content over the copy; what does not fit the library is left for a person to write."""
    wanted = copy_of_helpline(helpline)
    form = _as_form({name: getattr(wanted, name) for name in FIELDS})
    if check_resource(form):
        return EntryState.REVIEW
    is_new = _says_something_else(copy, form)
    is_own = is_new or (copy["written_by"] is not None and copy["written_by"] == actor_id)
    is_confirmed = helpline.state == HelplineState.CONFIRMED
    if is_confirmed and is_own and not is_new:  # its writer read the page again: what a colleague vetted stays so
        return state_after(copy, EntryState.REVIEW, is_new=False, today=at.date())
    state = EntryState.VETTED if is_confirmed and not is_own else EntryState.REVIEW
    writer_id = actor_id if is_new else copy["written_by"]
    await write_content(copy["id"], form, state=state, writer_id=writer_id, at=at)
    if state is EntryState.VETTED:
        await execute(
            "UPDATE resource SET vetted_by = $2, vetted_at = $3, checked_on = $4, review_on = $5 WHERE id = $1",
            copy["id"],
            actor_id,
            at,
            wanted.checked_on,
            wanted.review_on,
        )
    return state


def _says_something_else(copy: Row, form: ResourceForm) -> bool:
    before = _as_form({name: copy[name] for name in FIELDS})
    return any(before.listed(name) != form.listed(name) for name in LISTS) or any(
        getattr(before, name) != getattr(form, name) for name in FIELDS if name not in {"slug", *LISTS}
    )


def _state_of_rewritten(copy: Row, helpline: HelplineView) -> EntryState:
    before, wanted = EntryState(copy["state"]), copy_of_helpline(helpline)
    agrees = all(copy[name] == getattr(wanted, name) for name in REACHED_BY)
    if helpline.state == HelplineState.CONFIRMED and agrees and before is not EntryState.RETIRED:
        return before
    return before if before is EntryState.DRAFT else EntryState.REVIEW


def _as_form(values: dict[str, Any]) -> ResourceForm:
    return ResourceForm(**{name: ", ".join(value) if name in LISTS else value for name, value in values.items()})
