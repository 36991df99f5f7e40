"""The library as those who look after it see it: every resource, in whatever state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.database import fetch, fetch_one
from server.errors import NotFound
from server.resources.kinds import USABLE
from server.resources.service import DOCUMENT
from server.vetting import EntryState, is_due, standing

if TYPE_CHECKING:
    from datetime import date, datetime

LISTED = 300


@dataclass(frozen=True)
class ResourceLine:
    """A resource in the moderators' list."""

    id: int
    title: str
    kind: str
    regions: list[str]
    state: str
    is_expired: bool
    review_on: date | None
    link_problem: str
    source_name: str
    helped: int
    not_helped: int


async def list_for_staff(*, state: str, region: str, text: str, today: date) -> list[ResourceLine]:
    """Return resources for moderators, at most 300 (``LISTED``); ``link`` as a state means a broken address."""
    rows = await fetch(
        f"""SELECT id, title, kind, regions, state, review_on, link_problem, source_name,
                   state = 'vetted' AND coalesce(review_on <= $4, false) AS is_expired,
                   (SELECT count(*) FROM resource_voice WHERE resource = resource.id AND helped = 'yes') AS helped,
                   (SELECT count(*) FROM resource_voice WHERE resource = resource.id AND helped = 'no') AS not_helped
            FROM resource
            WHERE ($1 = '' OR $1 = {standing("$4")}
                   OR ($1 = 'link' AND state = 'vetted' AND link_problem <> ''))
              AND ($2 = '' OR $2 = ANY(regions))
              AND ($3 = '' OR {DOCUMENT} @@ websearch_to_tsquery('english', $3))
            ORDER BY link_problem = '', review_on NULLS FIRST, lower(title), id LIMIT {LISTED}""",
        state,
        region,
        text,
        today,
    )
    return [ResourceLine(**row) for row in rows]


async def list_replacements(resource_id: int, *, today: date) -> list[tuple[str, str]]:
    """Return what may take a resource's place, id and title: those that share a region or a topic first."""
    rows = await fetch(
        f"""SELECT resource.id, resource.title, array_to_string(resource.regions, ', ') AS regions
            FROM resource, resource AS old WHERE old.id = $1 AND resource.id <> $1 AND {USABLE.format(today="$2")}
            ORDER BY (resource.regions && old.regions)::integer + (resource.topics && old.topics)::integer DESC,
                     lower(resource.title), resource.id LIMIT {LISTED}""",
        resource_id,
        today,
    )
    return [(str(row["id"]), f"{row['title']} ({row['regions']})") for row in rows]


@dataclass(frozen=True)
class ResourceRecord:
    """Where a resource stands, for the people who look after it."""

    id: int
    slug: str
    state: EntryState
    is_expired: bool
    written_by: int | None
    checked_on: date | None
    vetted_at: datetime | None
    review_on: date | None
    updated_at: datetime
    link_checked_at: datetime | None
    link_problem: str
    attached: int
    replaced_by: str


async def find_record(resource_id: int, *, today: date) -> tuple[ResourceRecord, dict[str, Any]]:
    """Return where a resource stands, and all its columns (Any: of many types).

    Raises: NotFound.
    """
    row = await fetch_one(
        """SELECT resource.*, coalesce(other.title, '') AS replaced_by_title,
                  (SELECT count(*) FROM post_resource WHERE resource = resource.id) AS attached
           FROM resource LEFT JOIN resource AS other ON other.id = resource.replaced_by WHERE resource.id = $1""",
        resource_id,
    )
    if row is None:
        raise NotFound
    record = ResourceRecord(
        id=row["id"],
        slug=row["slug"],
        state=EntryState(row["state"]),
        is_expired=is_due(row, today),
        written_by=row["written_by"],
        checked_on=row["checked_on"],
        vetted_at=row["vetted_at"],
        review_on=row["review_on"],
        updated_at=row["updated_at"],
        link_checked_at=row["link_checked_at"],
        link_problem=row["link_problem"],
        attached=row["attached"],
        replaced_by=row["replaced_by_title"],
    )
    return record, dict(row)
