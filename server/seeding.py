"""What a new Kith begins with: its boards, helplines, resources, myths and answer templates.

Loading twice changes nothing; what an admin changed stays.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from models.database import execute, fetch_one, transaction
from models.help import HelplineState
from server.answer_templates.seeds import seed_templates
from server.clock import now
from server.myths.seeds import seed_myths
from server.resources.helpline_copies import follow_changed_helplines, follow_corrected_helplines
from server.resources.seeds import seed_resources

if TYPE_CHECKING:
    from server.vetting import Row

SERVER = Path(__file__).parent
SEEDING_LOCK = 2_026_1102
"""Key of the advisory lock under which one process seeds while others wait."""

log = structlog.get_logger(__name__)


class BoardSeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of ``server/forum/boards.json``."""

    slug: str
    name: str
    position: int
    purpose: str
    rules: str


class HelplineSeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of ``server/help/helplines.json``; docs/helplines.md says what the fields promise."""

    slug: str
    name: str
    organisation: str
    country: str
    needs: list[str]
    languages: list[str]
    hours: str
    always_open: bool
    phone: str | None
    text: str | None
    chat_url: str | None
    website: str
    cost: str | None
    description: str
    state: HelplineState
    source_name: str
    source_url: str
    read_on: date | None
    read_note: str
    opening: str = ""
    zone: str = ""

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the entry: it tells a changed entry from one that an admin changed."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def read_board_seeds() -> list[BoardSeed]:
    """Read the boards that come with Kith."""
    return msgspec.json.decode((SERVER / "forum" / "boards.json").read_bytes(), type=list[BoardSeed])


def read_helpline_seeds() -> list[HelplineSeed]:
    """Read the helplines that come with Kith."""
    return msgspec.json.decode((SERVER / "help" / "helplines.json").read_bytes(), type=list[HelplineSeed])


async def seed_all(at: datetime | None = None) -> None:
    """Load what is missing or was corrected, under a lock; several processes may call it at once."""
    moment = at or now()
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", SEEDING_LOCK)
        await _seed_boards(moment)
        helplines = read_helpline_seeds()
        loaded = [row for seed in helplines if (row := await _seed_helpline(seed, moment))]
        corrected = {row["id"]: row["lost_a_way"] for row in loaded if row["lost_a_way"] is not None}
        resources = await seed_resources(helplines, moment)
        myths = await seed_myths(moment)
        templates = await seed_templates(moment)
        # Last, for these write to the audit log.
        resources += await follow_corrected_helplines(corrected, at=moment)
        resources += await follow_changed_helplines(at=moment)
    log.info(
        "seeded", helplines_loaded=len(loaded), resources_loaded=resources, myths_loaded=myths,
        templates_loaded=templates,
    )  # fmt: skip


async def _seed_boards(at: datetime) -> None:
    """Make the boards of a new Kith; once there are boards they are the admin's."""
    if await fetch_one("SELECT 1 FROM board LIMIT 1"):
        return
    for seed in read_board_seeds():
        await execute(
            """INSERT INTO board (slug, name, purpose, rules, triage_policy, position, archived, created_at)
               VALUES ($1, $2, $3, $4, '{}', $5, false, $6)""",
            seed.slug,
            seed.name,
            seed.purpose,
            seed.rules,
            seed.position,
            at,
        )


async def _seed_helpline(seed: HelplineSeed, at: datetime) -> Row | None:
    """Load one helpline unless it is loaded already, or an admin changed it (which empties its hash).

    Of one that was loaded, return its id and whether its text line or chat is another now, or gone; None for a new one.
    """
    return await fetch_one(
        """INSERT INTO helpline (slug, name, organisation, country, needs, languages, hours, always_open, phone, text,
                                 chat_url, website, cost, description, state, source_name, source_url, read_on,
                                 read_note, opening, zone, seed_hash, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                   $23)
           ON CONFLICT (slug) DO UPDATE SET
               name = excluded.name, organisation = excluded.organisation, country = excluded.country,
               needs = excluded.needs, languages = excluded.languages, hours = excluded.hours,
               always_open = excluded.always_open, phone = excluded.phone, text = excluded.text,
               chat_url = excluded.chat_url, website = excluded.website, cost = excluded.cost,
               description = excluded.description, state = excluded.state, source_name = excluded.source_name,
               source_url = excluded.source_url, read_on = excluded.read_on, read_note = excluded.read_note,
               opening = excluded.opening, zone = excluded.zone, seed_hash = excluded.seed_hash,
               updated_at = excluded.updated_at
           WHERE helpline.seed_hash <> '' AND helpline.seed_hash <> excluded.seed_hash
           RETURNING id, (SELECT (before.text IS NOT NULL AND before.text IS DISTINCT FROM helpline.text)
                                 OR (before.chat_url IS NOT NULL AND before.chat_url IS DISTINCT FROM helpline.chat_url)
                          FROM helpline AS before WHERE before.id = helpline.id) AS lost_a_way""",
        seed.slug,
        seed.name,
        seed.organisation,
        seed.country,
        seed.needs,
        seed.languages,
        seed.hours,
        seed.always_open,
        seed.phone,
        seed.text,
        seed.chat_url,
        seed.website,
        seed.cost,
        seed.description,
        seed.state.value,
        seed.source_name,
        seed.source_url,
        seed.read_on,
        seed.read_note,
        seed.opening,
        seed.zone,
        seed.hash,
        at,
    )
