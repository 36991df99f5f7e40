"""Lists of threads, newest activity first, in keyset pages: each is read in the order of one index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute_lightly, fetch
from server.clock import to_the_hour
from server.forum.keyset import Page, cut_page, decode_cursor, encode_cursor
from server.forum.notes import ContentNote
from server.forum.visibility import OPENING_IS_UP

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE_SIZE = 25
SAME_LOOK = timedelta(minutes=10)
"""A reload so long after the hour of a look is still the same: "new since you last looked" stays where it was."""


@dataclass(frozen=True)
class ThreadLine:
    """A thread in a list."""

    id: int
    title: str
    board_slug: str
    board_name: str
    author: str | None
    last_post_at: datetime
    reply_count: int
    is_unread: bool
    note_topic: str
    note_text: str

    @property
    def note(self) -> ContentNote:
        """The content note of the opening post."""
        return ContentNote(self.note_topic, self.note_text)


# The opening post is the first entry of the thread in the index post_of_thread.
LINES = f"""
    SELECT thread.id, thread.title, board.slug AS board_slug, board.name AS board_name, member.handle AS author,
           thread.last_post_at, thread.reply_count, opening.note_topic, opening.note_text,
           coalesce(visit.last_post < thread.last_post, false) AS is_unread
    FROM thread
    JOIN board ON board.id = thread.board
    LEFT JOIN member ON member.id = thread.author
    LEFT JOIN visit ON visit.member = $1 AND visit.thread = thread.id
    JOIN LATERAL (SELECT note_topic, note_text, state, left_hidden, author FROM post WHERE post.thread = thread.id
                  ORDER BY branch, id LIMIT 1) AS opening ON true
    WHERE thread.deleted_at IS NULL
      AND ({OPENING_IS_UP} OR opening.author = $1)
      AND NOT EXISTS (SELECT 1 FROM avoidance WHERE avoidance.member = $1 AND avoidance.other = thread.author)
"""


async def list_board_threads(board_id: int, viewer_id: int | None, *, after: str = "") -> Page[ThreadLine]:
    """Return one page of a board's threads; ``after`` is the cursor of the page before."""
    last_at, last_id = decode_cursor(after)
    rows = await fetch(
        f"""{LINES} AND thread.board = $2 AND (thread.last_post_at, thread.id) < ($3, $4)
            ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT {PAGE_SIZE + 1}""",
        viewer_id,
        board_id,
        last_at,
        last_id,
    )
    return _as_page(rows)


async def list_latest_threads(viewer_id: int | None, *, limit: int) -> list[ThreadLine]:
    """Return the threads with the newest posts in all boards."""
    # The index thread_latest is kept for this query by a condition that holds for every thread.
    rows = await fetch(
        f"""{LINES} AND thread.last_post IS NOT NULL
            ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT {int(limit)}""",
        viewer_id,
    )
    return [ThreadLine(**row) for row in rows]


async def list_followed_threads(viewer_id: int, *, limit: int = 50) -> list[ThreadLine]:
    """Return the threads that a member follows, newest activity first."""
    rows = await fetch(
        f"""{LINES} AND EXISTS (SELECT 1 FROM follow WHERE follow.member = $1 AND follow.thread = thread.id)
            ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT {int(limit)}""",
        viewer_id,
    )
    return [ThreadLine(**row) for row in rows]


async def look_at_front_page(member_id: int, *, at: datetime) -> datetime | None:
    """Remember that the member looks now, and return when they looked before; ``None`` for the first time.

    Of a look the hour alone is kept, rounded down, and it lasts until ten minutes into the next: what came meanwhile
    may be called new again, and is never missed.
    """
    row = await execute_lightly(
        """UPDATE member SET looked_before = CASE WHEN looked_at < $2 THEN looked_at ELSE looked_before END,
                             looked_at = CASE WHEN looked_at >= $2 THEN looked_at ELSE $3 END
           WHERE id = $1 RETURNING looked_before""",
        member_id,
        to_the_hour(at - SAME_LOOK),
        to_the_hour(at),
    )
    return row["looked_before"] if row else None  # type: ignore[no-any-return]


def _as_page(rows: Sequence[dict[str, object]]) -> Page[ThreadLine]:
    lines = [ThreadLine(**row) for row in rows]  # type: ignore[arg-type]
    return cut_page(lines, PAGE_SIZE, cursor=lambda line: encode_cursor(line.last_post_at, line.id))
