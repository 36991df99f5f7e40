"""What one member makes of a resource: kept for later, and whether it helped. Nobody else sees whose voice it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.errors import NotFound
from server.resources.kinds import USABLE
from server.resources.service import COLUMNS, IN_ITS_PLACE, ResourceView

if TYPE_CHECKING:
    from datetime import date, datetime

ANSWERS = ("yes", "no")


@dataclass(frozen=True)
class Voice:
    """One member's own voice about one resource."""

    is_saved: bool = False
    helped: str = ""


@dataclass(frozen=True)
class SavedResource:
    """Something a member kept; ``resource`` is None while nobody vouches for it."""

    slug: str
    title: str
    resource: ResourceView | None
    other_slug: str
    other_title: str
    """What took its place, if anything did that members may see."""
    helped: str


async def save_resource(slug: str, member_id: int, *, at: datetime) -> None:
    """Keep a resource for later.

    Raises: NotFound.
    """
    found = await fetch_one(
        f"""INSERT INTO resource_voice (resource, member, saved_at, helped)
            SELECT id, $2, $3, '' FROM resource WHERE slug = $1 AND {USABLE.format(today="$4")}
            ON CONFLICT (member, resource) DO UPDATE SET saved_at = coalesce(resource_voice.saved_at, excluded.saved_at)
            RETURNING id""",
        slug,
        member_id,
        at,
        at.date(),
    )
    if found is None:
        raise NotFound


async def unsave_resource(slug: str, member_id: int) -> None:
    """Keep it no longer; a voice that says nothing any more is deleted."""
    await execute(
        """UPDATE resource_voice SET saved_at = NULL FROM resource
           WHERE resource.id = resource_voice.resource AND resource.slug = $1 AND resource_voice.member = $2""",
        slug,
        member_id,
    )
    await _forget_silent(member_id)


async def say_whether_it_helped(slug: str, member_id: int, answer: str, *, at: datetime) -> None:
    """Note yes or no; anything else takes the answer back.

    Raises: NotFound.
    """
    found = await fetch_one(
        f"""INSERT INTO resource_voice (resource, member, helped)
            SELECT id, $2, $3 FROM resource WHERE slug = $1 AND {USABLE.format(today="$4")}
            ON CONFLICT (member, resource) DO UPDATE SET helped = excluded.helped RETURNING id""",
        slug,
        member_id,
        answer if answer in ANSWERS else "",
        at.date(),
    )
    if found is None:
        raise NotFound
    await _forget_silent(member_id)


async def voice_of(resource_id: int, member_id: int | None) -> Voice:
    """Return what a member made of a resource; nothing for a visitor."""
    row = await fetch_one(
        "SELECT saved_at, helped FROM resource_voice WHERE resource = $1 AND member = $2", resource_id, member_id
    )
    return Voice(row["saved_at"] is not None, row["helped"]) if row else Voice()


async def list_saved(member_id: int, *, today: date) -> list[SavedResource]:
    """Return what a member kept, the latest first."""
    rows = await fetch(
        f"""SELECT {COLUMNS}, {USABLE.format(today="$2")} AS usable, voice.helped,
                   coalesce(other.slug, '') AS other_slug, coalesce(other.title, '') AS other_title
            FROM resource_voice AS voice JOIN resource ON resource.id = voice.resource
            {IN_ITS_PLACE.format(today="$2")}
            WHERE voice.member = $1 AND voice.saved_at IS NOT NULL ORDER BY voice.saved_at DESC, voice.id DESC""",
        member_id,
        today,
    )
    return [
        SavedResource(
            slug=row["slug"],
            title=row["title"],
            resource=ResourceView.of(row) if row["usable"] else None,
            other_slug=row["other_slug"],
            other_title=row["other_title"],
            helped=row["helped"],
        )
        for row in rows
    ]


async def _forget_silent(member_id: int) -> None:
    await execute("DELETE FROM resource_voice WHERE member = $1 AND saved_at IS NULL AND helped = ''", member_id)
