"""Finding resources. Members, and whoever attaches one, meet vetted ones before their review day alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.database import fetch, fetch_one
from server.clock import now
from server.errors import NotFound
from server.help.dialling import dialled_number
from server.help.needs import EMERGENCY, language_names
from server.help.opening import OpenState, open_state
from server.resources.kinds import ANYWHERE, CRISIS_LINE_FOR_ANYBODY, KINDS, USABLE
from server.vetting import EntryState, usable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

PAGE_SIZE = 30

COLUMNS = """
    resource.id, resource.slug, resource.kind, resource.title, resource.organisation, resource.description,
    resource.url, resource.phone, resource.regions, resource.languages, resource.topics, resource.needs, resource.cost,
    resource.hours, resource.opening, resource.zone, resource.source_name, resource.source_url, resource.checked_on,
    resource.link_problem
"""
DOCUMENT = """(
    setweight(to_tsvector('english', resource.title || ' ' || resource.organisation), 'A') ||
    setweight(to_tsvector('english', array_to_string(resource.topics || resource.needs, ' ')), 'B') ||
    setweight(to_tsvector('english', resource.description), 'C'))"""
"""What words are looked for in. A library has hundreds of entries, so no index is needed."""
URGENCY = f"""
    CASE WHEN resource.needs = '{{{EMERGENCY}}}' THEN 0
         WHEN '{EMERGENCY}' = ANY(resource.needs) THEN 1
         WHEN {CRISIS_LINE_FOR_ANYBODY} THEN 2
         ELSE 3 END
"""
"""SQL for what members need first: the emergency number, other lines for emergencies, lines for anybody in a crisis."""
IN_ITS_PLACE = f"""
    LEFT JOIN LATERAL (
        WITH RECURSIVE later (id) AS (
            SELECT resource.replaced_by
            UNION SELECT between.replaced_by FROM later JOIN resource AS between ON between.id = later.id
        )
        SELECT other.slug, other.title FROM later JOIN resource AS other ON other.id = later.id
        WHERE {usable("other")} LIMIT 1
    ) AS other ON TRUE
"""
"""SQL that joins to a resource, as ``other``, what took its place, if it may be shown: the last of a chain where it was
replaced in turn. ``{today}`` is the number of a date parameter."""


@dataclass(frozen=True)
class ResourceView:
    """A resource as its card shows it."""

    id: int
    slug: str
    kind: str
    title: str
    organisation: str
    description: str
    url: str
    phone: str
    regions: list[str]
    languages: list[str]
    topics: list[str]
    needs: list[str]
    cost: str
    hours: str
    opening: str
    zone: str
    source_name: str
    source_url: str
    checked_on: date | None
    link_problem: str
    """What the last look at its address found; for moderators."""

    @classmethod
    def of(cls, row: Any) -> ResourceView:  # Any: a row that has more columns as well
        """Read a resource from a row."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    @property
    def call(self) -> str:
        """What a ``tel:`` link dials; empty where the words hold no number."""
        return dialled_number(self.phone)

    @property
    def kind_name(self) -> str:
        """Its kind in words."""
        return KINDS[self.kind]

    @property
    def language_names(self) -> str:
        """Its languages by name."""
        return language_names(self.languages)

    def state_at(self, at: datetime) -> OpenState | None:
        """Tell whether somebody answers at a moment; None where only its words say when."""
        return open_state(self.opening, self.zone, at)


@dataclass(frozen=True)
class AttachedResource:
    """A resource under a post, with what the reader made of it."""

    resource: ResourceView
    post_id: int
    is_saved: bool
    helped: str


@dataclass(frozen=True)
class Wanted:
    """What the library's list is narrowed to; an empty field narrows nothing."""

    text: str = ""
    region: str = ""
    need: str = ""
    topic: str = ""


async def list_vetted(wanted: Wanted, *, page: int = 1, today: date) -> tuple[list[ResourceView], bool]:
    """Return one page of what members may see, and whether there is another; what is near and urgent comes first."""
    rows = await fetch(
        f"""SELECT {COLUMNS} FROM resource
            WHERE {USABLE.format(today="$1")}
              AND ($2 = '' OR resource.regions && ARRAY[$2, '{ANYWHERE}']::varchar[])
              AND ($3 = '' OR $3 = ANY(resource.needs)) AND ($4 = '' OR $4 = ANY(resource.topics))
              AND ($5 = '' OR {DOCUMENT} @@ websearch_to_tsquery('english', $5))
            ORDER BY CASE WHEN $5 = '' THEN 0 ELSE ts_rank({DOCUMENT}, websearch_to_tsquery('english', $5)) END DESC,
                     NOT $2 = ANY(resource.regions), {URGENCY}, resource.kind <> 'helpline', lower(resource.title),
                     resource.id
            LIMIT {PAGE_SIZE + 1} OFFSET $6""",
        today,
        wanted.region,
        wanted.need,
        wanted.topic,
        wanted.text,
        (page - 1) * PAGE_SIZE,
    )
    return [ResourceView(**row) for row in rows[:PAGE_SIZE]], len(rows) > PAGE_SIZE


async def list_topics(*, today: date) -> list[str]:
    """Return the topics of what members may see."""
    rows = await fetch(
        f"SELECT DISTINCT unnest(resource.topics) AS topic FROM resource WHERE {USABLE.format(today='$1')} ORDER BY 1",
        today,
    )
    return [row["topic"] for row in rows]


async def list_regions(*, today: date) -> list[str]:
    """Return the regions that have something of their own."""
    rows = await fetch(
        f"SELECT DISTINCT unnest(resource.regions) AS region FROM resource WHERE {USABLE.format(today='$1')}", today
    )
    return [row["region"] for row in rows if row["region"] != ANYWHERE]


async def find_vetted(slug: str, *, today: date) -> ResourceView | str:
    """Return a resource that members may see; where another that they may see took its place, the other one's slug.

    Raises: NotFound.
    """
    row = await fetch_one(
        f"""SELECT {COLUMNS}, {USABLE.format(today="$2")} AS usable, resource.state, other.slug AS other
            FROM resource {IN_ITS_PLACE.format(today="$2")} WHERE resource.slug = $1""",
        slug,
        today,
    )
    if row is None or (row["state"] in {EntryState.DRAFT, EntryState.REVIEW} and not row["usable"]):
        raise NotFound
    if row["usable"]:
        return ResourceView.of(row)
    if row["other"]:
        return str(row["other"])
    raise NotFound("We are not sure any more that this is right, so we do not show it until somebody has checked it.")


async def search_vetted(text: str, *, limit: int = 20, today: date | None = None) -> list[ResourceView]:
    """Return vetted, unexpired resources that have the words of a search, best first."""
    rows = await fetch(
        f"""SELECT {COLUMNS} FROM resource
            WHERE {USABLE.format(today="$2")} AND {DOCUMENT} @@ websearch_to_tsquery('english', $1)
            ORDER BY ts_rank({DOCUMENT}, websearch_to_tsquery('english', $1)) DESC, resource.id LIMIT $3""",
        text,
        today or now().date(),
        limit,
    )
    return [ResourceView(**row) for row in rows]


async def vetted_by_id(ids: Sequence[int], *, today: date | None = None) -> list[ResourceView]:
    """Return those of some resources that are vetted and unexpired."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM resource WHERE id = ANY($1::int[]) AND {USABLE.format(today='$2')} ORDER BY id",
        list(ids),
        today or now().date(),
    )
    return [ResourceView(**row) for row in rows]


async def attached_to(
    post_ids: Sequence[int], viewer_id: int | None = None, *, today: date | None = None
) -> dict[int, list[AttachedResource]]:
    """Return what moderators put under posts, by post; what is not vetted or past its review is left out."""
    rows = await fetch(
        f"""SELECT {COLUMNS}, post_resource.post, voice.saved_at IS NOT NULL AS is_saved,
                   coalesce(voice.helped, '') AS helped
            FROM post_resource JOIN resource ON resource.id = post_resource.resource
            LEFT JOIN resource_voice AS voice ON voice.resource = resource.id AND voice.member = $2
            WHERE post_resource.post = ANY($1::bigint[]) AND {USABLE.format(today="$3")}
            ORDER BY post_resource.post, post_resource.id""",
        list(post_ids),
        viewer_id,
        today or now().date(),
    )
    attached: dict[int, list[AttachedResource]] = {post_id: [] for post_id in post_ids}
    for row in rows:
        shown = AttachedResource(ResourceView.of(row), row["post"], row["is_saved"], row["helped"])
        attached[row["post"]].append(shown)
    return attached
