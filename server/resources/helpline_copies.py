"""The library's copies of helplines: when a helpline changes its copy changes along, or is retired with it.

Whoever changed what a helpline says wrote its copy: that waits until somebody else vets it, or confirms the helpline as
it stands. What an upgrade of Kith corrected is vetted as what came with Kith is. A copy that somebody rewrote keeps its
words, and waits for review where it says something else than the helpline. One that somebody took away stays away.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from models.database import execute, fetch, fetch_one
from models.help import HelplineState
from server.help.opening import ALWAYS
from server.help.service import HelplineView
from server.resources.forms import FIELDS, check_resource, form_of, says_something_else
from server.resources.seeds import UNTOUCHED, copy_of_helpline
from server.resources.vetting import write_content
from server.vetting import EntryState, state_after, subject_of
from triage.queue.audit import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from server.resources.seeds import ResourceSeed

FOLLOW = "follow-helpline"
REWRITTEN = frozenset({"write-resource", "edit-resource"})
TAKEN_AWAY = frozenset({"retire-resource", "replace-resource"})
"""Acts of people on a resource."""
REACHED_BY = ("phone", "url", "hours")
"""What a rewritten copy must share with a helpline that was confirmed; its times too, where it says any."""

Row = Any  # a row's columns are known to its query alone


async def follow_helpline(helpline_id: int, *, actor_id: int | None, lost_a_way: bool = False, at: datetime) -> None:
    """Bring the copy of a helpline into line with it; call it in the transaction that changed the helpline.

    ``lost_a_way`` tells whether its text line or chat is another now, or gone: copies have these in words alone.
    """
    copy = await fetch_one("SELECT * FROM resource WHERE helpline = $1 FOR UPDATE", helpline_id)
    if copy is None:
        return
    acts = await fetch("SELECT DISTINCT act FROM audit_entry WHERE subject = $1", subject_of("resource", copy["id"]))
    done = {row["act"] for row in acts}
    if done & TAKEN_AWAY:
        return
    helpline, is_as_seeded = await _read_helpline(helpline_id)
    if helpline.state == HelplineState.RETIRED:
        state = EntryState.RETIRED
    elif done & REWRITTEN:
        state = _state_of_rewritten(copy, helpline, lost_a_way=lost_a_way)
    else:
        state = await _copy(copy, helpline, actor_id=actor_id, is_as_seeded=is_as_seeded, at=at)
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


async def follow_corrected_helplines(corrected: Mapping[int, bool], *, at: datetime) -> int:
    """Bring copies into line with helplines that an upgrade corrected; return how many there were.

    ``corrected`` tells of each, by its id, whether it lost a way to write to it. Call it once the seeds of resources
    are loaded: these correct every copy that nobody touched, where the helpline is confirmed still.
    """
    rows = await fetch(
        f"""SELECT helpline.id FROM helpline JOIN resource ON resource.helpline = helpline.id
            WHERE helpline.id = ANY($1::int[]) AND (helpline.state <> 'confirmed' OR NOT {UNTOUCHED})
            ORDER BY helpline.id""",
        list(corrected),
    )
    for row in rows:
        await follow_helpline(row["id"], actor_id=None, lost_a_way=corrected[row["id"]], at=at)
    return len(rows)


async def _read_helpline(helpline_id: int) -> tuple[HelplineView, bool]:
    """Return a helpline, and whether it says what came with Kith."""
    row = await fetch_one("SELECT * FROM helpline WHERE id = $1", helpline_id)
    return HelplineView(**{name: row[name] for name in HelplineView.__dataclass_fields__}), bool(row["seed_hash"])


async def _copy(
    copy: Row, helpline: HelplineView, *, actor_id: int | None, is_as_seeded: bool, at: datetime
) -> EntryState:
    """Write the helpline's content over the copy; what does not fit the library is left for a person to write."""
    wanted = copy_of_helpline(helpline)
    form = form_of({name: getattr(wanted, name) for name in FIELDS})
    if check_resource(form):
        return EntryState.REVIEW
    is_new = says_something_else(copy, form)
    is_by_writer = copy["written_by"] is not None and copy["written_by"] == actor_id
    is_own = not is_as_seeded and (is_new or is_by_writer)
    is_confirmed = helpline.state == HelplineState.CONFIRMED
    # Its writer read the page again, or it was read here later than for the upgrade: what a colleague vetted stays so.
    if is_confirmed and not is_new and (is_own or (is_as_seeded and _is_vetted_for_longer(copy, wanted))):
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


def _is_vetted_for_longer(copy: Row, wanted: ResourceSeed) -> bool:
    if copy["state"] != EntryState.VETTED or wanted.review_on is None:
        return False
    return (copy["review_on"] or date.max) > wanted.review_on


def _state_of_rewritten(copy: Row, helpline: HelplineView, *, lost_a_way: bool) -> EntryState:
    before, wanted = EntryState(copy["state"]), copy_of_helpline(helpline)
    agrees = all(copy[name] == getattr(wanted, name) for name in REACHED_BY) and _has_its_times(copy, wanted)
    is_right = helpline.state == HelplineState.CONFIRMED and agrees and not lost_a_way
    if is_right and before is not EntryState.RETIRED:
        return before
    return before if before is EntryState.DRAFT else EntryState.REVIEW


def _has_its_times(copy: Row, wanted: ResourceSeed) -> bool:
    if copy["opening"] in {"", ALWAYS}:
        return copy["opening"] in {"", wanted.opening}
    return (copy["opening"], copy["zone"]) == (wanted.opening, wanted.zone)
