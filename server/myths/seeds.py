"""The myths that a new Kith begins with: the entries of ``triage/myths/myths.jsonl``.

An entry is vetted, for two years from the day on which it was checked, where somebody read one of its sources for it.
One whose sources are all known by their names alone waits in review: whoever vets it reads one first.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import fetch
from server.myths.forms import VETTED_FOR
from server.vetting import EntryState
from triage.myths import read_myths

if TYPE_CHECKING:
    from triage.myths import Myth

# Every act of a person on a myth is in the audit log, so that tells whether it is still the file's.
SEED = """
    INSERT INTO myth (slug, topic, claim, phrasings, harm, correction, counter, evidence, checked_on, state, review_on,
                      created_at, updated_at)
    SELECT slug, topic, claim, phrasings, harm, correction, counter, evidence, checked_on, state, review_on, $2, $2
    FROM jsonb_to_recordset($1::jsonb) AS seed (slug text, topic text, claim text, phrasings text[], harm text,
                                                correction text, counter text[], evidence jsonb, checked_on date,
                                                state text, review_on date)
    ON CONFLICT (slug) DO UPDATE SET
        topic = excluded.topic, claim = excluded.claim, phrasings = excluded.phrasings, harm = excluded.harm,
        correction = excluded.correction, counter = excluded.counter, evidence = excluded.evidence,
        checked_on = excluded.checked_on, state = excluded.state, review_on = excluded.review_on,
        updated_at = excluded.updated_at
    WHERE myth.written_by IS NULL
      AND (myth.topic, myth.claim, myth.phrasings, myth.harm, myth.correction, myth.counter, myth.evidence)
          IS DISTINCT FROM (excluded.topic, excluded.claim, excluded.phrasings, excluded.harm, excluded.correction,
                            excluded.counter, excluded.evidence)
      AND NOT EXISTS (SELECT 1 FROM audit_entry WHERE subject = 'myth:' || myth.id AND act <> 'expire-myth')
    RETURNING 1
"""


async def seed_myths(at: datetime) -> int:
    """Load what is missing or was corrected; what anybody has touched stays. Return how many were loaded."""
    seeds = msgspec.json.encode([_as_row(myth) for myth in read_myths()]).decode()
    return len(await fetch(SEED, seeds, at))


def read_on(myth: Myth) -> date | None:
    """Return the day on which its sources were read, the first of them where there are several; None where none was."""
    return min((date.fromisoformat(source.checked) for source in myth.evidence if source.read), default=None)


def _as_row(myth: Myth) -> dict[str, Any]:  # Any: columns of many types
    checked_on = read_on(myth)
    return {
        **{name: getattr(myth, name) for name in myth.__struct_fields__},
        "checked_on": checked_on,
        "state": EntryState.VETTED if checked_on else EntryState.REVIEW,
        "review_on": checked_on + VETTED_FOR if checked_on else None,
    }
