"""The library's copies of helplines: when an admin changes a helpline its copy changes along, or is retired with it.

A copy that somebody rewrote keeps its words, and waits for review where it says something else than the helpline. One
that somebody took away stays away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.database import execute, fetch, fetch_one
from models.help import HelplineState
from server.help.service import HelplineView
from server.resources.forms import FIELDS, LISTS, ResourceForm, check_resource
from server.resources.seeds import ResourceSeed, copy_of_helpline
from server.resources.vetting import write_content
from server.vetting import EntryState, subject_of
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
        """SELECT helpline.id FROM helpline JOIN resource ON resource.helpline = helpline.id
           WHERE helpline.seed_hash = '' AND NOT EXISTS (SELECT 1 FROM audit_entry
               WHERE subject = 'resource:' || resource.id AND act = ANY($1::varchar[]))
           ORDER BY helpline.id""",
        [FOLLOW, *TAKEN_AWAY],
    )
    for row in rows:
        await follow_helpline(row["id"], actor_id=None, at=at)
    return len(rows)


async def _read_helpline(helpline_id: int) -> HelplineView:
    row = await fetch_one("SELECT * FROM helpline WHERE id = $1", helpline_id)
    return HelplineView(**{name: row[name] for name in HelplineView.__dataclass_fields__})


async def _copy(copy: Row, helpline: HelplineView, *, actor_id: int | None, at: datetime) -> EntryState:
    """Write the helpline's content over the copy; what does not fit the library is left for a person to write."""
    wanted = copy_of_helpline(helpline)
    form = _as_form(wanted)
    if check_resource(form):
        return EntryState.REVIEW
    state = EntryState.VETTED if helpline.state == HelplineState.CONFIRMED else EntryState.REVIEW
    await write_content(copy["id"], form, state=state, writer_id=None, at=at)
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


def _state_of_rewritten(copy: Row, helpline: HelplineView) -> EntryState:
    before, wanted = EntryState(copy["state"]), copy_of_helpline(helpline)
    agrees = all(copy[name] == getattr(wanted, name) for name in REACHED_BY)
    if helpline.state == HelplineState.CONFIRMED and agrees and before is not EntryState.RETIRED:
        return before
    return before if before is EntryState.DRAFT else EntryState.REVIEW


def _as_form(seed: ResourceSeed) -> ResourceForm:
    values = {name: getattr(seed, name) for name in FIELDS}
    return ResourceForm(**{name: ", ".join(value) if name in LISTS else value for name, value in values.items()})
