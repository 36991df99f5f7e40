"""Finding threads by their titles: by the words in them, or by being spelt like them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.forum.notes import ContentNote
from server.forum.visibility import OPENING_IS_UP
from server.search.limits import LOOKING_BACK_MS, patience
from server.search.posts import NOTE_KIND

if TYPE_CHECKING:
    from datetime import datetime

    from server.search.posts import Reader

SHOWN = 5
NEWEST_THREADS = 5_000
"""As for posts: so many are read backwards before the index is asked."""

SIMILAR_AMONG = 20_000
"""Newest threads; how many titles are like a word has no other bound."""

SHORTEST_FOR_SIMILAR = 4
"""Characters; shorter words are like too many others."""


@dataclass(frozen=True)
class FoundThread:
    """A thread whose title was found."""

    id: int
    title: str
    board_slug: str
    board_name: str
    author: str | None
    last_post_at: datetime
    reply_count: int
    note_topic: str
    note_text: str

    @property
    def note(self) -> str:
        """The content note of the opening post, if any."""
        return ContentNote(self.note_topic, self.note_text).label


VISIBLE = """
    thread.deleted_at IS NULL AND ($2::integer IS NULL OR thread.board = $2)
    AND thread.id >= $5 AND thread.id < $6
    AND NOT EXISTS (SELECT 1 FROM avoidance WHERE avoidance.member = $3 AND avoidance.other = thread.author)
"""
WITH_THE_WORDS = f"""
    (SELECT thread.id, 1::real AS likeness FROM thread
     WHERE thread.search @@ websearch_to_tsquery('english', $1) AND {VISIBLE} ORDER BY %s DESC LIMIT {SHOWN})
"""
RECENT = WITH_THE_WORDS % "thread.id"
# As for posts: an order that no index has, so that the full-text index is left.
OLDER = WITH_THE_WORDS % "(thread.id + 0)"
SIMILAR = f"""
    (SELECT thread.id, word_similarity($1, thread.title) AS likeness FROM thread
     WHERE $1 <% thread.title AND {VISIBLE} ORDER BY likeness DESC, thread.id DESC LIMIT {SHOWN})
"""
THREADS = f"""
    SELECT thread.id, thread.title, board.slug AS board_slug, board.name AS board_name, member.handle AS author,
           thread.last_post_at, thread.reply_count, post.note_topic, post.note_text
    FROM %s AS found
    JOIN thread ON thread.id = found.id JOIN board ON board.id = thread.board
    LEFT JOIN member ON member.id = thread.author
    JOIN LATERAL (SELECT note_topic, note_text, {OPENING_IS_UP} AS is_up FROM post AS opening
                  WHERE opening.thread = thread.id ORDER BY branch, id LIMIT 1) AS post ON post.is_up
    WHERE thread.author = $3 OR NOT ($4::text[] && ARRAY[{NOTE_KIND}])
    ORDER BY found.likeness DESC, thread.id DESC
"""


async def find_threads(words: str, reader: Reader) -> list[FoundThread]:
    """Return up to five threads whose titles have these words, newest first."""
    end = await _next_id()
    middle = max(end - NEWEST_THREADS, 0)
    found = await _fetch(RECENT, words, reader, from_id=middle, before=end)
    if len(found) < SHOWN and middle > 0:
        found += await _fetch(OLDER, words, reader, from_id=0, before=middle)
    return found[:SHOWN]


async def find_similar_threads(words: str, reader: Reader) -> list[FoundThread]:
    """Return up to five of the newest 20,000 threads whose titles are most like these words.

    Raises: asyncpg.QueryCanceledError.
    """
    if len(words) < SHORTEST_FOR_SIMILAR:
        return []
    end = await _next_id()
    async with patience(LOOKING_BACK_MS):
        return await _fetch(SIMILAR, words, reader, from_id=end - SIMILAR_AMONG, before=end)


async def _next_id() -> int:
    row = await fetch_one("SELECT coalesce(max(id), 0) + 1 AS id FROM thread")
    return int(row["id"])


async def _fetch(source: str, words: str, reader: Reader, *, from_id: int, before: int) -> list[FoundThread]:
    rows = await fetch(THREADS % source, words, reader.board_id, reader.id, reader.left_out, from_id, before)
    return [FoundThread(**row) for row in rows]
