"""Resources in tests: invented ones, put into the database directly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from server.clock import now

if TYPE_CHECKING:
    from datetime import date

    from tests.support.people import Person

FIELDS = {
    "title": "Night Line",
    "kind": "helpline",
    "description": "For anybody awake who wants to talk.",
    "url": "https://night.example.org/",
    "phone": "0800 123 456",
    "regions": "GB",
    "languages": "en",
    "topics": "mental-health",
    "needs": "crisis",
    "source_name": "Night Line",
    "source_url": "https://night.example.org/contact",
}
"""What a moderator types."""


async def a_resource(
    title: str = "Night Line",
    *,
    kind: str = "helpline",
    description: str = "For anybody awake who wants to talk.",
    regions: tuple[str, ...] = ("GB",),
    topics: tuple[str, ...] = ("mental-health",),
    needs: tuple[str, ...] = ("crisis",),
    url: str = "",
    state: str = "vetted",
    written_by: Person | None = None,
    review_on: date | None = None,
) -> int:
    """Put a resource into the library and return its id; vetted for a year unless told otherwise."""
    slug = title.lower().replace(" ", "-").replace("'", "")
    row = await fetch_one(
        """INSERT INTO resource (slug, kind, title, organisation, description, url, phone, regions, languages, topics,
                                 needs, source_name, source_url, checked_on, state, written_by, review_on, created_at,
                                 updated_at)
           VALUES ($1, $2, $3::varchar, $3::varchar, $4, $5, '0800 123 456', $6, '{en}', $7, $8, 'The source',
                   'https://source.example.org/', '2026-11-20', $9, $10, $11, $12, $12) RETURNING id""",
        slug,
        kind,
        title,
        description,
        url or f"https://{slug}.example.org/",
        list(regions),
        list(topics),
        list(needs),
        state,
        written_by.id if written_by else None,
        review_on or now().date() + timedelta(days=365),
        now(),
    )
    return int(row["id"])


async def attach(post_id: int, resource_id: int) -> None:
    """Put a resource under a post, whatever its state."""
    await execute(
        "INSERT INTO post_resource (post, resource, attached_at) VALUES ($1, $2, now())", post_id, resource_id
    )
