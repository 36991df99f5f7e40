"""The myths that the classifier looks for in posts.

They are the vetted ones of this Kith, and those that came with Kith, as they came, and still wait for a second reader:
a match only brings a person to the post, and what members read is vetted all the same. Without any, they are those of
the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from models.database import fetch, fetch_one
from server.myths.kinds import USABLE
from triage.myths import Myth, Source, read_myths

if TYPE_CHECKING:
    from datetime import date

# The audit log tells who wrote one: its column for the writer is empty once they have erased their account.
LOOKED_FOR = f"""({USABLE} OR (myth.state = 'review' AND myth.written_by IS NULL AND NOT EXISTS (
    SELECT 1 FROM audit_entry WHERE subject = 'myth:' || myth.id AND act IN ('write-myth', 'edit-myth'))))"""
"""SQL, as ``USABLE``."""


async def fingerprint_of_library(*, today: date) -> str:
    """Return what changes whenever other myths, or other words, are to be looked for; cheap enough to ask often."""
    wanted = LOOKED_FOR.format(today="$1")
    row = await fetch_one(
        f"""SELECT count(*) > 0 AS has_any,
                   md5(string_agg(id || ' ' || updated_at, ',' ORDER BY id) FILTER (WHERE {wanted})) AS wanted
            FROM myth""",
        today,
    )
    return f"{row['wanted'] or 'none'}" if row["has_any"] else "file"


async def read_library(*, today: date) -> list[Myth]:
    """Return the myths of the database; those of the file while it has none in any state."""
    rows = await fetch(
        f"""SELECT slug, topic, claim, phrasings, harm, correction, counter, evidence,
                   {LOOKED_FOR.format(today="$1")} AS wanted FROM myth ORDER BY id""",
        today,
    )
    if not rows:
        return read_myths()
    return [
        Myth(
            slug=row["slug"],
            topic=row["topic"],
            claim=row["claim"],
            phrasings=row["phrasings"],
            harm=row["harm"],
            correction=row["correction"],
            counter=row["counter"],
            evidence=msgspec.json.decode(row["evidence"], type=list[Source]),
        )
        for row in rows
        if row["wanted"]
    ]
