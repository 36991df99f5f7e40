"""Drafts: unsent text lies on the server, so that it outlives a session, a battery and a closed tab."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from models.database import execute, fetch, fetch_one
from server.forum.notes import ContentNote

KEPT_FOR = timedelta(days=30)
PLACE = re.compile(r"board:\d{1,9}|thread:\d{1,18}(:\d{1,18})?|post:\d{1,18}")
"""A new thread of a board, an answer to a thread or to one of its posts, or a change of a post."""


@dataclass(frozen=True)
class DraftText:
    """What was typed so far."""

    title: str
    body: str
    note: ContentNote
    revision: int = 0
    """Of the post that it changes, as its author saw it; 0 for a new post."""
    key: UUID = field(default_factory=uuid4)
    """Of the form that it was typed in: what is sent with the same takes no draft of another tab along."""


@dataclass(frozen=True)
class DraftLine:
    """A draft in the member's list."""

    place: str
    title: str
    body: str
    submission_key: UUID
    updated_at: datetime

    @property
    def address(self) -> str:
        """The page on which the draft goes on."""
        kind, *ids = self.place.split(":")
        if kind == "board":
            return f"/boards/by-id/{ids[0]}/new"
        if kind == "post":
            return f"/posts/{ids[0]}/edit"
        return f"/threads/{ids[0]}/reply" + (f"?to={ids[1]}" if len(ids) > 1 else "")


async def save_draft(member_id: int, place: str, text: DraftText, *, at: datetime) -> None:
    """Keep what was typed for a place; nothing typed means no draft."""
    if not (text.title.strip() or text.body.strip()):
        await drop_draft(member_id, text.key)
        return
    await execute(
        """INSERT INTO draft (member, place, title, body, note_topic, note_text, updated_at, revision, submission_key)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (member, place) DO UPDATE SET title = excluded.title, body = excluded.body,
               note_topic = excluded.note_topic, note_text = excluded.note_text, updated_at = excluded.updated_at,
               revision = excluded.revision, submission_key = excluded.submission_key""",
        member_id,
        place,
        text.title,
        text.body,
        text.note.topic,
        text.note.text,
        at,
        text.revision,
        text.key,
    )


async def is_posted(member_id: int, place: str, text: DraftText) -> bool:
    """Tell whether a post says this already: the one that the form made, or the one that it changes.

    What is typed is saved by itself, and on a slow network that can arrive after the post that it became. A change
    that changes nothing makes no revision.
    """
    kind, _, post_id = place.partition(":")
    row = await fetch_one(
        """SELECT 1 FROM post JOIN thread ON thread.id = post.thread
           WHERE post.author = $1 AND (post.submission_key = $2
               OR (post.id = $3 AND (post.revision > $4 OR (post.note_topic = $7 AND post.note_text = $8))))
             AND post.body = $5 AND $6 IN (thread.title, '') LIMIT 1""",
        member_id,
        text.key,
        int(post_id) if kind == "post" else None,
        text.revision,
        text.body,
        text.title,
        text.note.topic,
        text.note.text,
    )
    return row is not None


async def find_draft(member_id: int, place: str) -> DraftText | None:
    """Return the draft for a place, or ``None``."""
    row = await fetch_one(
        """SELECT title, body, note_topic, note_text, revision, submission_key
           FROM draft WHERE member = $1 AND place = $2""",
        member_id,
        place,
    )
    if row is None:
        return None
    note = ContentNote(row["note_topic"], row["note_text"])
    return DraftText(row["title"], row["body"], note, row["revision"], row["submission_key"])


async def list_drafts(member_id: int) -> list[DraftLine]:
    """Return a member's drafts, newest first."""
    rows = await fetch(
        """SELECT place, title, body, submission_key, updated_at
           FROM draft WHERE member = $1 ORDER BY updated_at DESC LIMIT 100""",
        member_id,
    )
    return [DraftLine(**row) for row in rows]


async def drop_draft(member_id: int, key: UUID) -> None:
    """Forget what was typed in one form; what another tab saved since in its place stays."""
    await execute("DELETE FROM draft WHERE member = $1 AND submission_key = $2", member_id, key)


async def drop_old_drafts(*, now: datetime) -> None:
    """Forget drafts that nobody touched for 30 days."""
    await execute("DELETE FROM draft WHERE updated_at < $1", now - KEPT_FOR)
