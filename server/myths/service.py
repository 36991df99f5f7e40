"""Finding myths. Members meet vetted ones before their review day alone; staff meet all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import fetch, fetch_one
from server.errors import NotFound
from server.myths.forms import form_of
from server.myths.kinds import HARMS, TOPICS, USABLE
from server.vetting import EntryState, is_due, standing
from triage.myths import DEADLY, Source, read_myths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from server.myths.forms import MythForm

LISTED = 300

COLUMNS = "myth.slug, myth.topic, myth.claim, myth.harm, myth.correction, myth.evidence, myth.checked_on"
DOCUMENT = """(
    setweight(to_tsvector('english', myth.claim), 'A') ||
    setweight(to_tsvector('english', array_to_string(myth.phrasings, ' ')), 'B') ||
    setweight(to_tsvector('english', myth.correction), 'C'))"""
"""What words are looked for in. A library has hundreds of entries, so no index is needed."""


@dataclass(frozen=True)
class MythView:
    """A myth as its page shows it."""

    slug: str
    topic: str
    claim: str
    harm: str
    correction: str
    evidence: list[Source]
    checked_on: date | None

    @classmethod
    def of(cls, row: Any) -> MythView:  # Any: a row that may have more columns
        """Read a myth from a row."""
        columns: dict[str, Any] = {name: row[name] for name in cls.__dataclass_fields__}
        columns["evidence"] = msgspec.json.decode(row["evidence"], type=list[Source])
        return cls(**columns)

    @property
    def topic_name(self) -> str:
        """Its topic in words."""
        return TOPICS.get(self.topic, self.topic)

    @property
    def harm_sentence(self) -> str:
        """What acting on it may do, in words for everybody."""
        return HARMS[self.harm][1]

    @property
    def is_deadly(self) -> bool:
        """Tell whether somebody may die of acting on it."""
        return self.harm == DEADLY

    @property
    def read_sources(self) -> list[Source]:
        """The evidence that somebody read for this entry."""
        return [source for source in self.evidence if source.read]

    @property
    def further_sources(self) -> list[Source]:
        """The evidence that is known by its name."""
        return [source for source in self.evidence if not source.read]


@dataclass(frozen=True)
class MythName:
    """A myth in a list."""

    slug: str
    topic: str
    claim: str


@dataclass(frozen=True)
class MythLine:
    """A myth in the moderators' list."""

    id: int
    claim: str
    topic: str
    harm: str
    state: str
    is_expired: bool
    review_on: date | None


@dataclass(frozen=True)
class CaseMyth:
    """The myth that flagged a case, in whatever state; ``id`` is None where it is in the shipped file alone."""

    id: int | None
    slug: str
    claim: str
    correction: str
    evidence: list[Source]
    is_usable: bool


@dataclass(frozen=True)
class MythRecord:
    """Where a myth stands, for the people who look after it."""

    id: int
    slug: str
    state: EntryState
    is_expired: bool
    written_by: int | None
    evidence: list[Source]
    checked_on: date | None
    review_on: date | None
    updated_at: datetime
    attached: int


async def list_vetted(*, text: str = "", topic: str = "", today: date) -> list[MythName]:
    """Return what members may see, topic by topic; within one by the words of a search, else by the alphabet."""
    rows = await fetch(
        f"""SELECT myth.slug, myth.topic, myth.claim FROM myth
            WHERE {USABLE.format(today="$1")} AND ($2 = '' OR myth.topic = $2)
              AND ($3 = '' OR {DOCUMENT} @@ websearch_to_tsquery('english', $3))
            ORDER BY array_position($4::text[], myth.topic::text),
                     CASE WHEN $3 = '' THEN 0 ELSE ts_rank({DOCUMENT}, websearch_to_tsquery('english', $3)) END DESC,
                     lower(myth.claim), myth.id""",
        today,
        topic,
        text,
        list(TOPICS),
    )
    return [MythName(**row) for row in rows]


def by_topic(myths: Iterable[MythName]) -> list[tuple[str, list[MythName]]]:
    """Put listed myths under the names of their topics."""
    return [(TOPICS.get(topic, topic), list(group)) for topic, group in groupby(myths, key=lambda myth: myth.topic)]


async def find_vetted(slug: str, *, today: date) -> MythView:
    """Return a myth that members may see.

    Raises: NotFound.
    """
    row = await fetch_one(
        f"SELECT {COLUMNS}, myth.state, {USABLE.format(today='$2')} AS usable FROM myth WHERE slug = $1", slug, today
    )
    if row is None or row["state"] in {EntryState.DRAFT, EntryState.REVIEW}:
        raise NotFound
    if not row["usable"]:
        raise NotFound(
            "We are not sure any more that this is right, so we do not show it until somebody has checked it."
        )
    return MythView.of(row)


async def find_for_case(slug: str, *, today: date) -> CaseMyth | None:
    """Return the myth of a case: from the library, else from the file that came with Kith."""
    if not slug:
        return None
    row = await fetch_one(
        f"SELECT myth.id, {COLUMNS}, {USABLE.format(today='$2')} AS usable FROM myth WHERE slug = $1", slug, today
    )
    if row is not None:
        seen = MythView.of(row)
        return CaseMyth(row["id"], seen.slug, seen.claim, seen.correction, seen.evidence, row["usable"])
    shipped = next((myth for myth in read_myths() if myth.slug == slug), None)
    if shipped is None:
        return None
    return CaseMyth(None, slug, shipped.claim, shipped.correction, shipped.evidence, is_usable=False)


async def list_for_staff(*, state: str, topic: str, text: str, today: date) -> list[MythLine]:
    """Return myths for moderators, at most 300 (``LISTED``): the most dangerous first, then those due the longest."""
    rows = await fetch(
        f"""SELECT id, claim, topic, harm, state, review_on,
                   state = 'vetted' AND coalesce(review_on <= $4, false) AS is_expired
            FROM myth
            WHERE ($1 = '' OR $1 = {standing("$4")})
              AND ($2 = '' OR topic = $2)
              AND ($3 = '' OR {DOCUMENT} @@ websearch_to_tsquery('english', $3))
            ORDER BY array_position($5::text[], harm::text), review_on NULLS FIRST, lower(claim), id LIMIT {LISTED}""",
        state,
        topic,
        text,
        today,
        list(HARMS),
    )
    return [MythLine(**row) for row in rows]


async def count_by_state(*, today: date) -> dict[str, int]:
    """Return how many myths stand where."""
    rows = await fetch(
        f"SELECT {standing('$1')} AS state, count(*) AS n FROM myth GROUP BY 1",
        today,
    )
    return {row["state"]: row["n"] for row in rows}


async def find_record(myth_id: int, *, today: date) -> tuple[MythRecord, MythForm]:
    """Return where a myth stands, and what it says.

    Raises: NotFound.
    """
    row = await fetch_one(
        "SELECT *, (SELECT count(*) FROM post_myth WHERE myth = myth.id) AS attached FROM myth WHERE id = $1", myth_id
    )
    if row is None:
        raise NotFound
    evidence = MythView.of(row).evidence
    record = MythRecord(
        id=row["id"],
        slug=row["slug"],
        state=EntryState(row["state"]),
        is_expired=is_due(row, today),
        written_by=row["written_by"],
        evidence=evidence,
        checked_on=row["checked_on"],
        review_on=row["review_on"],
        updated_at=row["updated_at"],
        attached=row["attached"],
    )
    says = {name: row[name] for name in ("slug", "topic", "claim", "phrasings", "harm", "correction", "counter")}
    return record, form_of(**says, evidence=evidence)
