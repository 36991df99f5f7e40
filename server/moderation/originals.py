"""What a post, or its title, said before a moderator blacked passages out: sealed, opened or put back if asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch_one, transaction
from server.errors import KithError
from server.moderation.restrictions import HAS_BLACKOUT, SINCE_OWN_CHANGE, WITHOUT_BLACKOUT
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.cases import CaseView

OPENED = "open-original"
"""The act in the audit log."""


class OriginalGone(KithError):
    """Its author changed the text since, or nothing is blacked out any more."""

    status = 409
    title = "The original cannot be put back"
    sentence = (
        "The original cannot be put back: its author changed the text since, or nothing is blacked out any more. "
        "Nothing was done; your words are kept."
    )


@dataclass(frozen=True)
class Original:
    """The newest text of a post without a black-out."""

    title: str
    """Of the thread, where the post opens it; else empty."""
    body: str
    note_text: str
    can_be_restored: bool
    """Its author wrote nothing since that would be lost."""


async def sealed_original(post_id: int) -> Original | None:
    """Return what a post with a black-out said before, or ``None`` where there is no such text."""
    row = await fetch_one(
        f"""SELECT kept.title, kept.body, kept.note_text, {SINCE_OWN_CHANGE} AS can_be_restored
            FROM post JOIN post_revision AS kept ON kept.post = post.id
            WHERE post.id = $1 AND {HAS_BLACKOUT} AND {WITHOUT_BLACKOUT}
            ORDER BY kept.revision DESC LIMIT 1""",
        post_id,
    )
    return Original(**row) if row else None


async def text_to_restore(post_id: int) -> Original:
    """Return the original of a post that the caller's transaction holds.

    Raises: OriginalGone.
    """
    original = await sealed_original(post_id)
    if original is None or not original.can_be_restored:
        raise OriginalGone
    return original


async def open_original(case: CaseView, moderator_id: int, *, at: datetime) -> Original | None:
    """Show the original to a moderator, and note in the audit log that they saw it."""
    async with transaction():
        original = await sealed_original(case.post_id)
        if original is not None:
            await record(OPENED, f"case:{case.id}", actor=moderator_id, at=at)
    return original
