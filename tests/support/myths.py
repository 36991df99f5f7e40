"""Myths in tests: invented ones, put into the database directly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from models.database import fetch_one
from server.clock import now

if TYPE_CHECKING:
    from datetime import date

    from tests.support.people import Person

CLAIM = "Moonlight cures a cold."
CORRECTION = "A cold goes by itself within days, with or without the moon. Rest, drink, and ask a pharmacist."
FIELDS = {
    "claim": CLAIM,
    "topic": "medicines",
    "phrasings": "Sit in the moonlight and the cold is gone.\nThe moon took my cold away.\nFull moon beats any cold.",
    "harm": "low",
    "correction": CORRECTION,
    "counter": "Is it true that moonlight cures a cold?",
    "source-0-title": "Colds and the moon",
    "source-0-publisher": "The Institute",
    "source-0-year": "2020",
    "source-0-url": "https://institute.example.org/moon",
}
"""What a moderator types; ``a_myth`` holds the same."""


async def a_myth(
    claim: str = CLAIM,
    *,
    slug: str = "moonlight-cures-a-cold",
    topic: str = "medicines",
    harm: str = "low",
    phrasings: tuple[str, ...] = tuple(FIELDS["phrasings"].splitlines()),
    state: str = "vetted",
    written_by: Person | None = None,
    review_on: date | None = None,
) -> int:
    """Put a myth into the library and return its id; vetted for a year unless told otherwise."""
    source = {
        "title": FIELDS["source-0-title"], "publisher": FIELDS["source-0-publisher"], "year": 2020,
        "url": FIELDS["source-0-url"], "read": state == "vetted", "checked": "2026-11-20" if state == "vetted" else "",
    }  # fmt: skip
    row = await fetch_one(
        """INSERT INTO myth (slug, topic, claim, phrasings, harm, correction, counter, evidence, checked_on, state,
                             written_by, review_on, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '2026-11-20', $9, $10, $11, $12, $12) RETURNING id""",
        slug,
        topic,
        claim,
        list(phrasings),
        harm,
        CORRECTION,
        [FIELDS["counter"]],
        msgspec.json.encode([source]).decode(),
        state,
        written_by.id if written_by else None,
        review_on or now().date() + timedelta(days=365),
        now(),
    )
    return int(row["id"])
