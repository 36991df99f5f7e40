"""After a hard case: how somebody is, a note to themselves, and somebody to talk to.

Nothing of it is required, and nothing of it is in the audit log: it is about the moderator, not about what they did.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from models.database import execute, fetch, fetch_one, transaction
from server.errors import NotFound
from server.notices.service import tell_wish_to_talk
from server.text.cleaning import clean_text
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

NOTES_KEPT = 20
"""The newest ones; older ones are forgotten as new ones come."""
MAX_NOTE = 2000


class Feeling(StrEnum):
    """How somebody is after a hard case."""

    ALL_RIGHT = "all-right"
    SHAKEN = "shaken"
    TALK = "talk"


FEELINGS: dict[Feeling, tuple[str, str]] = {
    Feeling.ALL_RIGHT: ("I am all right", ""),
    Feeling.SHAKEN: ("I am shaken", "That is no failure. A break would be fair."),
    Feeling.TALK: (
        "I would like to talk to somebody",
        "Admins and clinicians are told your name and that you would like to talk; never a word of the post.",
    ),
}
"""What each says beside its button, and a hint."""


class DebriefForm(msgspec.Struct, frozen=True):
    """What a moderator says; all of it may be left out."""

    feeling: Feeling | None = None
    note: str = ""
    wants_break: bool = False


@dataclass(frozen=True)
class OwnNote:
    """What somebody wrote to themselves."""

    id: int
    feeling: str
    body: str
    written_at: datetime

    @property
    def feeling_words(self) -> str:
        """How they were then, or nothing."""
        return FEELINGS[Feeling(self.feeling)][0] if self.feeling else ""


def page_after(decision_id: int | None, *severities: Severity | None) -> str:
    """Return where a moderator goes next: to a debrief after what anybody took for a crisis, else back to the queue.

    ``decision_id`` is ``None`` where they passed the case on.
    """
    if Severity.CRISIS not in severities:
        return "/moderation"
    return "/moderation/debrief" if decision_id is None else f"/moderation/debrief/{decision_id}"


async def crisis_among(cases: Iterable[int], moderator_id: int, *, since: datetime) -> int | None:
    """Return the last decision about a crisis of those that a moderator made about cases since, if there is one."""
    row = await fetch_one(
        """SELECT max(decision.id) AS id FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
           WHERE "case" = ANY($1) AND moderator = $2 AND decided_at > $3 AND undone_at IS NULL AND severity = $4""",
        list(cases),
        moderator_id,
        since,
        Severity.CRISIS,
    )
    return row["id"]


def read_debrief(fields: Mapping[str, str]) -> DebriefForm:
    """Read a form's fields; what is not offered counts as not chosen."""
    feeling = fields.get("feeling", "")
    return DebriefForm(
        feeling=Feeling(feeling) if feeling in set(Feeling) else None,
        note=clean_text(fields.get("words", "")),
        wants_break=fields.get("step") == "break",
    )


def check_debrief(form: DebriefForm) -> dict[str, str]:
    """Return what is wrong, by field."""
    if len(form.note) > MAX_NOTE:
        return {"words": f"Your note has {len(form.note):,} characters; {MAX_NOTE:,} fit."}
    return {}


async def require_own_decision(decision_id: int | None, moderator_id: int) -> None:
    """Let people look back on their own decisions alone, or on none.

    Raises: NotFound.
    """
    if decision_id is None:
        return
    row = await fetch_one("SELECT 1 FROM decision WHERE id = $1 AND moderator = $2", decision_id, moderator_id)
    if row is None:
        raise NotFound


async def keep_debrief(decision_id: int | None, moderator_id: int, form: DebriefForm, *, at: datetime) -> int | None:
    """Keep the note, and call for somebody to talk to; return how many people were told, ``None`` where not asked for.

    How somebody feels is kept beside a note alone.

    Raises: NotFound where the decision is not theirs.
    """
    async with transaction():
        await require_own_decision(decision_id, moderator_id)
        if form.note:
            await execute(
                """INSERT INTO debrief_note (moderator, decision, feeling, body, written_at)
                   VALUES ($1, $2, $3, $4, $5)""",
                moderator_id,
                decision_id,
                form.feeling or "",
                form.note,
                at,
            )
            await execute(
                f"""DELETE FROM debrief_note WHERE moderator = $1 AND id NOT IN (
                      SELECT id FROM debrief_note WHERE moderator = $1 ORDER BY id DESC LIMIT {NOTES_KEPT})""",
                moderator_id,
            )
        return await tell_wish_to_talk(moderator_id, at=at) if form.feeling is Feeling.TALK else None


async def own_notes(moderator_id: int) -> list[OwnNote]:
    """Return what somebody wrote to themselves, the newest first."""
    rows = await fetch(
        f"""SELECT id, feeling, body, written_at FROM debrief_note WHERE moderator = $1
            ORDER BY id DESC LIMIT {NOTES_KEPT}""",
        moderator_id,
    )
    return [OwnNote(**row) for row in rows]


async def forget_note(note_id: int, moderator_id: int) -> None:
    """Delete one's own note.

    Raises: NotFound, also for somebody else's.
    """
    row = await fetch_one(
        "DELETE FROM debrief_note WHERE id = $1 AND moderator = $2 RETURNING id", note_id, moderator_id
    )
    if row is None:
        raise NotFound("This note is gone.")
