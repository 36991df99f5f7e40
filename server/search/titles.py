"""Finding threads by their titles: the words first, then titles that are only spelt like them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.forum.notes import ContentNote
from server.search.posts import NOTE_KIND

if TYPE_CHECKING:
    from datetime import datetime

    from server.search.posts import Reader

SHOWN = 5
NEWEST_THREADS = 5_000
"""As for posts: so many are read backwards before the index is asked."""

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
    has_words: bool
    """The title has the words themselves; otherwise it is only like them."""

    @property
    def note(self) -> str:
        """The content note of the opening post, if any."""
        return ContentNote(self.note_topic, self.note_text).label


VISIBLE = """
    thread.deleted_at IS NULL AND ($2::integer IS NULL OR thread.board = $2)
    AND NOT EXISTS (SELECT 1 FROM avoidance WHERE avoidance.member = $3 AND avoidance.other = thread.author)
"""
HAS_WORDS = f"""
    SELECT thread.id, true AS has_words, 1.0::real AS likeness FROM thread
    WHERE thread.search @@ websearch_to_tsquery('english', $1) AND thread.id >= $5 AND thread.id < $6 AND {VISIBLE}
"""
RECENT = f"({HAS_WORDS} ORDER BY thread.id DESC LIMIT {SHOWN})"
# As for posts: an order that no index has, so that the full-text index is left.
OLDER = f"({HAS_WORDS} ORDER BY (thread.id + 0) DESC LIMIT {SHOWN})"
SIMILAR = f"""
    (SELECT thread.id, false AS has_words, word_similarity($1, thread.title) AS likeness FROM thread
     WHERE $1 <% thread.title AND NOT thread.search @@ websearch_to_tsquery('english', $1) AND {VISIBLE}
       AND $5::bigint <= $6::bigint
     ORDER BY likeness DESC, thread.id DESC LIMIT {SHOWN})
"""
THREADS = f"""
    SELECT thread.id, thread.title, board.slug AS board_slug, board.name AS board_name, member.handle AS author,
           thread.last_post_at, thread.reply_count, post.note_topic, post.note_text, found.has_words
    FROM %s AS found
    JOIN thread ON thread.id = found.id JOIN board ON board.id = thread.board
    LEFT JOIN member ON member.id = thread.author
    JOIN LATERAL (SELECT note_topic, note_text, state FROM post WHERE post.thread = thread.id
                  ORDER BY branch, id LIMIT 1) AS post ON post.state IN ('published', 'covered', 'deleted')
    WHERE thread.author = $3 OR NOT ($4::text[] && ARRAY[{NOTE_KIND}])
    ORDER BY found.likeness DESC, thread.id DESC
"""


async def find_threads(words: str, reader: Reader) -> list[FoundThread]:
    """Return up to five threads: newest first by their words, then those with similar titles."""
    newest = await fetch_one("SELECT coalesce(max(id), 0) AS id FROM thread")
    middle = max(newest["id"] - NEWEST_THREADS, 0)
    found = await _fetch(RECENT, words, reader, from_id=middle, before=newest["id"] + 1)
    if len(found) < SHOWN and middle > 0:
        found += await _fetch(OLDER, words, reader, from_id=0, before=middle)
    if len(found) < SHOWN and len(words) >= SHORTEST_FOR_SIMILAR:
        found += await _fetch(SIMILAR, words, reader, from_id=0, before=0)
    return found[:SHOWN]


async def _fetch(source: str, words: str, reader: Reader, *, from_id: int, before: int) -> list[FoundThread]:
    rows = await fetch(THREADS % source, words, reader.board_id, reader.id, reader.left_out, from_id, before)
    return [FoundThread(**row) for row in rows]
