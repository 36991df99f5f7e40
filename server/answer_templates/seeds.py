"""The answer templates that a new Kith begins with, from ``templates.json``: vetted, for two years from that day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from models.database import fetch

CHECKED_ON = date(2026, 11, 29)
"""When the words of the file were last read as somebody in distress would."""
VETTED_FOR = timedelta(days=2 * 365)

# Every act of a person on a template is in the audit log, so that tells whether it is still the file's.
SEED = """
    INSERT INTO template (slug, label, situation, text, state, checked_on, review_on, created_at, updated_at)
    SELECT slug, label, situation, text, 'vetted', $2, $3, $4, $4
    FROM jsonb_to_recordset($1::jsonb) AS seed (slug text, label text, situation text, text text)
    ON CONFLICT (slug) DO UPDATE SET
        label = excluded.label, situation = excluded.situation, text = excluded.text, state = excluded.state,
        checked_on = excluded.checked_on, review_on = excluded.review_on, updated_at = excluded.updated_at
    WHERE template.written_by IS NULL
      AND (template.label, template.situation, template.text)
          IS DISTINCT FROM (excluded.label, excluded.situation, excluded.text)
      AND NOT EXISTS (SELECT 1 FROM audit_entry WHERE subject = 'template:' || template.id AND act <> 'expire-template')
    RETURNING 1
"""


class TemplateSeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the file."""

    slug: str
    situation: str
    label: str
    text: str


def read_template_seeds() -> list[TemplateSeed]:
    """Read the templates that come with Kith."""
    return msgspec.json.decode(Path(__file__).with_name("templates.json").read_bytes(), type=list[TemplateSeed])


async def seed_templates(at: datetime) -> int:
    """Load what is missing or was improved; what anybody has touched stays. Return how many were loaded."""
    seeds = msgspec.json.encode(read_template_seeds()).decode()
    return len(await fetch(SEED, seeds, CHECKED_ON, CHECKED_ON + VETTED_FOR, at))
