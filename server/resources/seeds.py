"""What a new library begins with: entries that wait for somebody to read their sources, and confirmed helplines.

``resources.json`` was written from general knowledge, so everything in it waits in review. The helplines that were
confirmed for the help page (docs/helplines.md) come from ``server/help/helplines.json`` itself, so that a number stands
in one file alone; they are vetted until a year after their page was read.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from models.database import fetch_one
from models.help import HelplineState
from server.help.opening import ALWAYS
from server.resources.forms import VETTED_FOR
from server.vetting import EntryState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.help.service import HelplineView
    from server.seeding import HelplineSeed

FILE = Path(__file__).parent / "resources.json"

TOPIC_OF_NEED = {
    "addiction": "addiction", "alcohol": "addiction", "gambling": "addiction", "domestic-abuse": "abuse",
    "sexual-violence": "abuse", "bereavement": "grief", "carers": "caring", "chronic-illness": "chronic-illness",
    "poison": "poisoning", "emergency": "emergency",
}  # fmt: skip
"""Any other need is one of mental health."""
UNTOUCHED = """(resource.written_by IS NULL AND NOT EXISTS (
    SELECT 1 FROM audit_entry WHERE subject = 'resource:' || resource.id AND act <> 'expire-resource'))"""
"""SQL: every act of a person on a resource is in the audit log, so that tells whether it is still the seed's."""


class ResourceSeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of ``resources.json``."""

    slug: str
    kind: str
    title: str
    organisation: str = ""
    description: str
    url: str = ""
    phone: str = ""
    regions: list[str]
    languages: list[str]
    topics: list[str]
    needs: list[str] = msgspec.field(default_factory=list[str])
    cost: str = ""
    hours: str = ""
    opening: str = ""
    zone: str = ""
    source_name: str
    source_url: str
    checked_on: date | None = None
    state: EntryState = EntryState.REVIEW

    @property
    def review_on(self) -> date | None:
        """The day from which it is not shown any more unless somebody has read the source again."""
        return self.checked_on + VETTED_FOR if self.checked_on else None


def read_resource_seeds(helplines: Iterable[HelplineSeed]) -> list[ResourceSeed]:
    """Return everything that a new library begins with."""
    written = msgspec.json.decode(FILE.read_bytes(), type=list[ResourceSeed])
    confirmed = [copy_of_helpline(line) for line in helplines if line.state is HelplineState.CONFIRMED]
    # Once a helpline is confirmed it takes the place of what was written about it from general knowledge.
    return list({seed.slug: seed for seed in (*written, *confirmed)}.values())


def copy_of_helpline(line: HelplineSeed | HelplineView) -> ResourceSeed:
    """Return a helpline as the library has it, vetted until a year after its page was read."""
    ways = [f"By text: {line.text}."] if line.text else []
    ways += [f"Chat: {line.chat_url}"] if line.chat_url else []
    return ResourceSeed(
        slug=line.slug,
        kind="helpline",
        title=line.name,
        organisation=line.organisation,
        description=" ".join([line.description, *ways]),
        url=line.website,
        phone=line.phone or "",
        regions=[line.country],
        languages=line.languages,
        topics=list(dict.fromkeys(TOPIC_OF_NEED.get(need, "mental-health") for need in line.needs)),
        needs=line.needs,
        cost=line.cost or "",
        hours=line.hours,
        opening=ALWAYS if line.always_open else line.opening,
        zone=line.zone,
        source_name=line.source_name,
        source_url=line.source_url,
        checked_on=line.read_on,
        state=EntryState.VETTED,
    )


async def seed_resources(helplines: Iterable[HelplineSeed], at: datetime) -> int:
    """Load what is missing or was corrected; what anybody has touched stays. Return how many were loaded."""
    return sum([await _seed(seed, at) for seed in read_resource_seeds(helplines)])


async def _seed(seed: ResourceSeed, at: datetime) -> bool:
    content = (
        seed.kind, seed.title, seed.organisation, seed.description, seed.url, seed.phone, seed.regions, seed.languages,
        seed.topics, seed.needs, seed.cost, seed.hours, seed.opening, seed.zone, seed.source_name, seed.source_url,
        seed.checked_on,
    )  # fmt: skip
    row = await fetch_one(
        f"""INSERT INTO resource (slug, kind, title, organisation, description, url, phone, regions, languages, topics,
                                 needs, cost, hours, opening, zone, source_name, source_url, checked_on, state,
                                 review_on, created_at, updated_at, helpline)
           VALUES ($1::varchar, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                   $19::varchar, $20, $21, $21,
                   (SELECT id FROM helpline WHERE slug = $1::varchar AND $19::varchar = 'vetted'))
           ON CONFLICT (slug) DO UPDATE SET
               kind = excluded.kind, title = excluded.title, organisation = excluded.organisation,
               description = excluded.description, url = excluded.url, phone = excluded.phone,
               regions = excluded.regions, languages = excluded.languages, topics = excluded.topics,
               needs = excluded.needs, cost = excluded.cost, hours = excluded.hours, opening = excluded.opening,
               zone = excluded.zone, source_name = excluded.source_name, source_url = excluded.source_url,
               checked_on = excluded.checked_on, state = excluded.state, review_on = excluded.review_on,
               updated_at = excluded.updated_at, helpline = excluded.helpline
           WHERE (resource.kind, resource.title, resource.organisation, resource.description, resource.url,
                  resource.phone, resource.regions, resource.languages, resource.topics, resource.needs, resource.cost,
                  resource.hours, resource.opening, resource.zone, resource.source_name, resource.source_url,
                  resource.checked_on)
                 IS DISTINCT FROM
                 (excluded.kind, excluded.title, excluded.organisation, excluded.description, excluded.url,
                  excluded.phone, excluded.regions, excluded.languages, excluded.topics, excluded.needs, excluded.cost,
                  excluded.hours, excluded.opening, excluded.zone, excluded.source_name, excluded.source_url,
                  excluded.checked_on)
             AND {UNTOUCHED}
           RETURNING 1""",
        seed.slug,
        *content,
        seed.state.value,
        seed.review_on,
        at,
    )
    return row is not None
