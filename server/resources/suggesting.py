"""Which resources may fit a post: by what it means, its words, its author's region, and what is needed.

Only vetted ones before their review day, ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch
from server.clock import now
from server.help.needs import FOR_SOME
from server.resources.kinds import ANYWHERE, READ_ANYWHERE, USABLE
from server.resources.meanings import FITS
from server.resources.service import DOCUMENT, ResourceView, vetted_by_id
from triage.meaning import similarities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from server.resources.meanings import Meaning

READ_CHARACTERS = 10_000
"""So much of a post is compared with the library."""

# A post has far more words than a resource: any of its words counts, where a search would ask for all of them. A number
# of another country helps nobody, so only what is read may come from elsewhere.
CANDIDATES = f"""
    WITH asked AS (
        SELECT string_agg(quote_literal(word), ' | ')::tsquery AS words
        FROM unnest(tsvector_to_array(to_tsvector('english', $1))) AS word
    )
    SELECT resource.id, meaning.meaning AS direction,
           coalesce(ts_rank({DOCUMENT}, asked.words, 1), 0) AS words,
           cardinality(ARRAY(SELECT unnest(resource.needs || resource.topics)
                             INTERSECT SELECT unnest($3::varchar[]))) AS needs,
           ($2 <> '' AND $2 = ANY(resource.regions)) AS is_near, resource.needs && $7::varchar[] AS is_for_some
    FROM asked CROSS JOIN resource LEFT JOIN resource_meaning AS meaning ON {FITS.format(model="$6")}
    WHERE {USABLE.format(today="$4")}
      AND ($2 = '' OR resource.kind = ANY($5::varchar[])
           OR resource.regions && ARRAY[$2, '{ANYWHERE}']::varchar[])
    ORDER BY resource.kind <> 'helpline', resource.id
"""
CLOSE = 0.15
"""Cosine from which a resource has to do with a post at all; one that is not embedded yet counts as just so close."""
BESIDE_MEANING = 0.15
"""What needs, region and words weigh beside the cosine: one need as much as 0.3 of it, the region half of that."""


@dataclass(frozen=True)
class Candidate:
    """A resource that could be suggested for a post, and what speaks for it."""

    id: int
    words: float
    """How well the words fit, 0-1."""
    needs: int
    is_near: bool
    is_for_some: bool
    """For the young, for veterans or the like: those for anybody come first where a post fits both as well."""
    cosine: float | None
    """Of the post's meaning and its own; None where either was not worked out."""

    @property
    def fits(self) -> bool:
        """Whether it has anything to do with the post."""
        return self.words > 0 or self.needs > 0 or (self.cosine is not None and self.cosine >= CLOSE)

    @property
    def rank_by_words(self) -> float:
        """What it is worth without meanings: needs or topics first, then the country, then words."""
        return 2 * min(self.needs, 2) + self.is_near - self.is_for_some / 4 + 4 * self.words

    @property
    def rank(self) -> float:
        """What it is worth beside others of which some have a meaning."""
        return (CLOSE if self.cosine is None else self.cosine) + BESIDE_MEANING * self.rank_by_words


async def suggest(
    text: str, region: str | None, needs: Sequence[str], limit: int = 5,
    *, meaning: Meaning | None = None, today: date | None = None,
) -> list[ResourceView]:  # fmt: skip
    """Return vetted, unexpired resources for a post, best first.

    They are found by what it means, where that is known, by its words, its author's region, and needs or topics.
    """
    day = today or now().date()
    candidates = [one for one in await find_candidates(text, region, needs, meaning, today=day) if one.fits]
    best = sorted(candidates, key=lambda one: one.rank, reverse=True)[:limit]
    views = {view.id: view for view in await vetted_by_id([one.id for one in best], today=day)}
    return [views[one.id] for one in best if one.id in views]


async def find_candidates(
    text: str, region: str | None, needs: Sequence[str], meaning: Meaning | None, *, today: date
) -> list[Candidate]:
    """Return every resource that may be suggested to somebody in this region; helplines first."""
    model = meaning.model if meaning else ""
    rows = await fetch(
        CANDIDATES, text[:READ_CHARACTERS], region or "", list(needs), today, list(READ_ANYWHERE), model, list(FOR_SOME)
    )
    directions = {row["id"]: row["direction"] for row in rows if meaning and row["direction"]}
    cosines = dict(
        zip(directions, similarities(meaning.direction, [*directions.values()]) if meaning else (), strict=True)
    )
    return [
        Candidate(row["id"], row["words"], row["needs"], row["is_near"], row["is_for_some"], cosines.get(row["id"]))
        for row in rows
    ]
