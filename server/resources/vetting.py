"""The life of a resource: draft, review, vetted by somebody else, expired, retired. Each step is in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg

from models.database import execute, fetch, fetch_one, transaction
from server.errors import KithError, NotFound
from server.resources.forms import LINES, LISTS, ResourceForm
from server.resources.kinds import USABLE, ResourceState
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import date, datetime

Row = Any  # a row's columns are known to its query alone


class ShortNameTaken(KithError):
    """Another resource has this short name."""

    status = 409
    title = "This short name is taken"
    sentence = "Another resource has this short name already."


class VettedByItsWriter(KithError):
    """Whoever wrote it cannot be the one who vets it."""

    status = 409
    title = "Somebody else has to vet this"
    sentence = "You wrote this, or changed it last. Somebody else reads its source and vets it."


class ResourceNotVetted(KithError):
    """It is not vetted, or its review is due."""

    status = 409
    title = "This is not vetted"
    sentence = "Only a resource that is vetted, and not due for review, can be given to members."


class NotItsTurn(KithError):
    """The step does not follow from where the resource stands."""

    status = 409
    title = "This step does not follow"
    sentence = "It stands elsewhere by now. Please look at it again."


class ResourceChanged(KithError):
    """It is another one than the person saw."""

    status = 409
    title = "This was changed meanwhile"
    sentence = "Somebody changed it since you opened it. Nothing was saved yet; please compare, and send it again."


async def add_resource(
    form: ResourceForm, *, state: ResourceState = ResourceState.DRAFT, writer_id: int | None, at: datetime
) -> int:
    """Add a checked resource as a draft or for review; return its id.

    Raises: ShortNameTaken.
    """
    try:
        async with transaction():
            row = await fetch_one(
                """INSERT INTO resource (slug, kind, title, description, state, written_by, created_at, updated_at)
                   VALUES ($1, $5, '', '', $2, $3, $4, $4) RETURNING id""",
                form.short_name,
                state.value,
                writer_id,
                at,
                form.kind,
            )
            await _write(row["id"], form, state=state, writer_id=writer_id, at=at)
            await record("write-resource", _subject(row["id"]), actor=writer_id, at=at, detail={"state": state.value})
    except asyncpg.UniqueViolationError as error:
        raise ShortNameTaken from error
    return int(row["id"])


async def edit_resource(
    resource_id: int, form: ResourceForm, *, wanted: ResourceState, seen: str, writer_id: int, at: datetime
) -> ResourceState:
    """Change what a resource says; anything but a draft goes back to review. Return where it stands.

    ``seen`` is the ``updated_at`` that the writer saw, in ISO format. Raises: NotFound, NotItsTurn, ResourceChanged.
    """
    async with transaction():
        row = await _lock(resource_id)
        if row["state"] == ResourceState.RETIRED:
            raise NotItsTurn("It is retired. Write a new one instead.")
        _check_seen(row, seen)
        stays_draft = row["state"] == ResourceState.DRAFT and wanted is ResourceState.DRAFT
        state = ResourceState.DRAFT if stays_draft else ResourceState.REVIEW
        await _write(resource_id, form, state=state, writer_id=writer_id, at=at)
        await record(
            "edit-resource", _subject(resource_id), actor=writer_id, at=at,
            detail={"before": row["state"], "state": state.value},
        )  # fmt: skip
    return state


async def submit_for_review(resource_id: int, *, actor_id: int, at: datetime) -> None:
    """Ask somebody else to vet a draft, or one whose review was due.

    Raises: NotFound, NotItsTurn.
    """
    async with transaction():
        row = await _lock(resource_id)
        is_due = row["state"] == ResourceState.VETTED and row["review_on"] is not None and row["review_on"] <= at.date()
        if row["state"] not in {ResourceState.DRAFT, ResourceState.EXPIRED} and not is_due:
            raise NotItsTurn
        await _set_state(resource_id, ResourceState.REVIEW, at=at)
        await record("submit-resource", _subject(resource_id), actor=actor_id, at=at, detail={"before": row["state"]})


async def vet_resource(
    resource_id: int, *, vetter_id: int, checked_on: date, review_on: date, seen: str, at: datetime
) -> None:
    """Say that one has read the source on ``checked_on`` and that the resource is right, until ``review_on``.

    Raises: NotFound, NotItsTurn, ResourceChanged, VettedByItsWriter.
    """
    async with transaction():
        row = await _lock(resource_id)
        if row["state"] != ResourceState.REVIEW:
            raise NotItsTurn
        if row["written_by"] == vetter_id:
            raise VettedByItsWriter
        _check_seen(row, seen)
        if not row["source_name"] or not row["source_url"]:
            raise NotItsTurn("It does not say yet where its facts were read.")
        await execute(
            """UPDATE resource SET state = 'vetted', vetted_by = $2, vetted_at = $3, checked_on = $4, review_on = $5,
                      updated_at = $3 WHERE id = $1""",
            resource_id,
            vetter_id,
            at,
            checked_on,
            review_on,
        )
        await record(
            "vet-resource", _subject(resource_id), actor=vetter_id, at=at,
            detail={"checked_on": checked_on.isoformat(), "review_on": review_on.isoformat()},
        )  # fmt: skip


async def retire_resource(resource_id: int, *, actor_id: int, at: datetime) -> None:
    """Take a resource away from members for good; posts that carry it show it no more.

    Raises: NotFound, NotItsTurn.
    """
    async with transaction():
        row = await _lock(resource_id)
        if row["state"] == ResourceState.RETIRED:
            raise NotItsTurn
        await _set_state(resource_id, ResourceState.RETIRED, at=at)
        await record("retire-resource", _subject(resource_id), actor=actor_id, at=at, detail={"before": row["state"]})


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


async def mark_expired(*, now: datetime) -> int:
    """Housekeeping: write down what counts as expired already; return how many there were."""
    async with transaction():
        rows = await fetch(
            """UPDATE resource SET state = 'expired', updated_at = $2
               WHERE state = 'vetted' AND review_on <= $1 RETURNING id""",
            now.date(),
            now,
        )
        for row in rows:
            await record("expire-resource", _subject(row["id"]), actor=None, at=now)
    return len(rows)


def _subject(resource_id: int) -> str:
    return f"resource:{resource_id}"


async def _lock(resource_id: int) -> Row:
    row = await fetch_one("SELECT * FROM resource WHERE id = $1 FOR UPDATE", resource_id)
    if row is None:
        raise NotFound
    return row


def _check_seen(row: Row, seen: str) -> None:
    if row["updated_at"].isoformat() != seen:
        raise ResourceChanged


async def _set_state(resource_id: int, state: ResourceState, *, at: datetime) -> None:
    await execute("UPDATE resource SET state = $2, updated_at = $3 WHERE id = $1", resource_id, state.value, at)


async def _write(
    resource_id: int, form: ResourceForm, *, state: ResourceState, writer_id: int | None, at: datetime
) -> None:
    """Write the content. The slug stays: links lead there. Whatever was vetted about other words is gone."""
    await execute(
        """UPDATE resource SET kind = $2, title = $3, organisation = $4, url = $5, phone = $6, cost = $7, hours = $8,
                  source_name = $9, source_url = $10, regions = $11, languages = $12, topics = $13, needs = $14,
                  description = $15, state = $16, written_by = $17, updated_at = $18, vetted_by = NULL,
                  vetted_at = NULL, checked_on = NULL, review_on = NULL,
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
