"""Answer templates in tests: invented ones, put into the database directly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.database import fetch_one
from server.clock import now

if TYPE_CHECKING:
    from datetime import date

    from tests.support.people import Person

FIELDS = {"label": "A cup of tea", "situation": "first-answer", "text": "Good that you are here, {handle}. How is it?"}
"""What a moderator types; ``a_template`` holds the same."""


async def a_template(
    text: str = FIELDS["text"],
    *,
    label: str = FIELDS["label"],
    state: str = "vetted",
    written_by: Person | None = None,
    review_on: date | None = None,
) -> int:
    """Put a template into the database and return its id; vetted for a year unless told otherwise."""
    row = await fetch_one(
        """INSERT INTO template (label, situation, text, state, written_by, checked_on, review_on, created_at,
                                 updated_at)
           VALUES ($1, $2, $3, $4, $5, '2026-11-20', $6, $7, $7) RETURNING id""",
        label,
        FIELDS["situation"],
        text,
        state,
        written_by.id if written_by else None,
        review_on or now().date() + timedelta(days=365),
        now(),
    )
    return int(row["id"])
