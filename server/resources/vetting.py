"""The life of a resource: draft, review, vetted by somebody else, expired, retired. Each step is in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one, transaction
from server import vetting
from server.errors import KithError, NotFound
from server.members.regions import regions
from server.resources.crisis_lines import is_last_crisis_line
from server.resources.forms import LINES, LISTS, ResourceForm, says_something_else
from server.resources.kinds import USABLE
from server.vetting import EntryState, NotItsTurn, ShortNameTaken, state_after
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import date, datetime


class ResourceNotVetted(KithError):
    """It is not vetted, or its review is due."""

    status = 409
    title = "This is not vetted"
    sentence = "Only a resource that is vetted, and not due for review, can be given to members."


class OnlyCrisisLine(KithError):
    """A change would leave the default region without a crisis line."""

    status = 409
    title = "This is the only crisis line"

    def __init__(self, region: str) -> None:
        """Name the region, and say what can be done instead."""
        super().__init__(
            f"It is the only vetted crisis line for {regions().get(region, region)}, and a change would take it from "
            "members until somebody else has vetted it. Nothing was saved yet. Write these words as a new resource: "
            "once that is vetted, it can take the place of this one. If this one is wrong, retire it."
        )


async def add_resource(
    form: ResourceForm, *, state: EntryState = EntryState.DRAFT, writer_id: int | None, at: datetime
) -> int:
    """Add a checked resource as a draft or for review; return its id, also where the same form was sent before.

    Raises: ShortNameTaken.
    """
    try:
        async with transaction():
            resource_id = await insert_resource(form, state=state, writer_id=writer_id, at=at)
            await record_writing(resource_id, state=state, writer_id=writer_id, at=at)
    except ShortNameTaken:
        made = await vetting.find_made_already(
            "resource", form.short_name, lambda row: row["state"] == state and not says_something_else(row, form)
        )
        if made is None:
            raise
        return made
    return resource_id


async def insert_resource(form: ResourceForm, *, state: EntryState, writer_id: int | None, at: datetime) -> int:
    """Write a new resource's row, without its entry in the audit log; return its id.

    Raises: ShortNameTaken. The transaction can go on after it.
    """
    row = await fetch_one(
        """INSERT INTO resource (slug, kind, title, description, state, written_by, created_at, updated_at)
           VALUES ($1, $5, '', '', $2, $3, $4, $4) ON CONFLICT (slug) DO NOTHING RETURNING id""",
        form.short_name,
        state.value,
        writer_id,
        at,
        form.kind,
    )
    if row is None:
        raise ShortNameTaken("Another resource has this short name already.")
    await write_content(row["id"], form, state=state, writer_id=writer_id, at=at)
    return int(row["id"])


async def record_writing(resource_id: int, *, state: EntryState, writer_id: int | None, at: datetime) -> None:
    """Put a new resource into the audit log."""
    await record("write-resource", _subject(resource_id), actor=writer_id, at=at, detail={"state": state.value})


async def edit_resource(
    resource_id: int, form: ResourceForm, *, wanted: EntryState, seen: str, writer_id: int, default_region: str,
    at: datetime,
) -> EntryState:  # fmt: skip
    """Change what a resource says; with other words anything but a draft goes back to review. Return where it stands.

    ``seen`` is the ``updated_at`` that the writer saw, in ISO format. Who changes no word is not its writer.
    Raises: NotFound, NotItsTurn, EntryChanged, OnlyCrisisLine.
    """
    async with transaction():
        is_last = await is_last_crisis_line(resource_id, default_region, today=at.date())
        row = await vetting.lock_to_change("resource", resource_id)
        is_new = says_something_else(row, form)
        vetting.check_seen(vetting.version_of(row), seen, says_something_else=is_new)
        state = state_after(row, wanted, is_new=is_new, today=at.date())
        if not is_new and state == row["state"]:
            return state
        if is_last:
            raise OnlyCrisisLine(default_region)
        await write_content(resource_id, form, state=state, writer_id=writer_id if is_new else row["written_by"], at=at)
        await record(
            "edit-resource", _subject(resource_id), actor=writer_id, at=at,
            detail={"before": row["state"], "state": state.value},
        )  # fmt: skip
    return state


async def vet_resource(
    resource_id: int, *, vetter_id: int, checked_on: date, review_on: date, seen: str, at: datetime
) -> None:
    """Say that one has read the source on ``checked_on`` and that the resource is right, until ``review_on``.

    Raises: NotFound, NotItsTurn, EntryChanged, VettedByItsWriter.
    """
    async with transaction():
        row = await vetting.lock_to_vet("resource", resource_id, vetter_id=vetter_id, seen=seen)
        if not row["source_name"] or not row["source_url"]:
            raise NotItsTurn("It does not say yet where its facts were read.")
        await vetting.write_vetting(
            "resource", resource_id, vetter_id=vetter_id, checked_on=checked_on, review_on=review_on, at=at
        )


async def replace_resource(old_id: int, new_id: int, *, actor_id: int, at: datetime) -> int:
    """Retire one resource for another, under every post too; return how many posts carry the new one now.

    Raises: NotFound, NotItsTurn, ResourceNotVetted.
    """
    if old_id == new_id:
        raise NotItsTurn("A resource cannot take its own place.")
    async with transaction():
        # Both at once and in the order of their ids: two replacements the other way round must not wait for each other.
        rows = await fetch(
            f"""SELECT *, {USABLE.format(today="$2")} AS usable FROM resource WHERE id = ANY($1::integer[])
                ORDER BY id FOR UPDATE""",
            [old_id, new_id],
            at.date(),
        )
        found = {row["id"]: row for row in rows}
        if len(found) < 2:
            raise NotFound
        if not found[new_id]["usable"]:
            raise ResourceNotVetted
        if found[old_id]["replaced_by"] is not None:
            raise NotItsTurn("Another one took its place already.")
        moved = await fetch(
            """INSERT INTO post_resource (post, resource, attached_at)
               SELECT post, $2, attached_at FROM post_resource WHERE resource = $1
               ON CONFLICT (post, resource) DO NOTHING RETURNING id""",
            old_id,
            new_id,
        )
        await execute("DELETE FROM post_resource WHERE resource = $1", old_id)
        await execute(
            "UPDATE resource SET state = 'retired', replaced_by = $2, updated_at = $3 WHERE id = $1", old_id, new_id, at
        )
        await record(
            "replace-resource", _subject(old_id), actor=actor_id, at=at, detail={"by": new_id, "posts": len(moved)}
        )
    return len(moved)


def _subject(resource_id: int) -> str:
    return vetting.subject_of("resource", resource_id)


async def write_content(
    resource_id: int, form: ResourceForm, *, state: EntryState, writer_id: int | None, at: datetime
) -> None:
    """Write the content. The slug stays: links lead there. Whatever was vetted about other words is gone."""
    await execute(
        """UPDATE resource SET kind = $2, title = $3, organisation = $4, url = $5, phone = $6, cost = $7, hours = $8,
                  opening = $9, zone = $10, source_name = $11, source_url = $12, regions = $13, languages = $14,
                  topics = $15, needs = $16, description = $17, state = $18, written_by = $19, updated_at = $20,
                  vetted_by = NULL, vetted_at = NULL, checked_on = NULL, review_on = NULL,
                  link_checked_at = CASE WHEN url = $5 THEN link_checked_at END,
                  link_problem = CASE WHEN url = $5 THEN link_problem ELSE '' END
           WHERE id = $1""",
        resource_id,
        *(getattr(form, name) for name in LINES if name != "slug"),
        *(form.listed(name) for name in LISTS),
        form.description,
        state.value,
        writer_id,
        at,
    )
