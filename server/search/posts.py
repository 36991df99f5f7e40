"""Finding posts, newest first, at a cost that does not grow with the table (docs/decisions/0004-search.md).

Common words are found among the newest posts, read backwards from the primary key. Words that are not common there
are rare enough for the full-text index, which is asked for the next older posts first and then for all. PostgreSQL
cannot tell the two apart by itself: it hardly knows how common a word is, and would walk through the whole table for
a rare one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from models.database import fetch, fetch_one
from server.forum.notes import COVERED_WITHOUT_NOTE, OWN_WORDS, ContentNote, NoteChoice
from server.forum.visibility import OPENING_IS_UP
from server.search.limits import LOOKING_BACK_MS, PATIENCE_MS, patience

if TYPE_CHECKING:
    from datetime import datetime

PAGE_SIZE = 20
NEWEST_POSTS = 10_000
"""So many ids are read backwards before the full-text index is asked."""

NEXT_POSTS = 100_000
"""So many ids the full-text index is asked for before it is asked for all."""


@dataclass(frozen=True)
class Reader:
    """Who searches, where, and which content notes they want open or left out."""

    id: int | None
    choices: dict[str, NoteChoice]
    board_id: int | None = None

    @property
    def left_out(self) -> list[str]:
        """Topics that this reader does not want to see at all."""
        return [topic for topic, choice in self.choices.items() if choice is NoteChoice.HIDDEN]


@dataclass(frozen=True)
class FoundPost:
    """A post that was found, with its text still whole."""

    id: int
    title: str
    board_slug: str
    board_name: str
    author_id: int | None
    author: str | None
    by_moderator: bool
    created_at: datetime
    body: str
    state: str
    note_topic: str
    note_text: str
    can_open: bool

    def cover(self, reader: Reader) -> str:
        """Return what stands in place of the text for this reader, or nothing."""
        note = ContentNote(self.note_topic, self.note_text)
        if reader.id is not None and self.author_id == reader.id:
            return ""
        if self.state == "covered":
            return note.label or COVERED_WITHOUT_NOTE
        return note.label if note.choice(reader.choices) is not NoteChoice.OPEN else ""


@dataclass(frozen=True)
class FoundPosts:
    """One page; ``next_id`` begins the next one, 0 at the end."""

    posts: list[FoundPost]
    next_id: int = 0
    gave_up: bool = False
    """The older posts took too long: going on from ``next_id`` looks further back."""


NOTE_KIND = f"""CASE WHEN post.note_topic <> '' THEN post.note_topic::text
                     WHEN post.note_text <> '' THEN '{OWN_WORDS}' END"""
"""SQL for what a reader's choice goes by: the topic, or that the note is in own words; null without a note."""

# Whether a post can be opened depends on its thread and the thread's opening post. That is looked up for the found
# ones alone: joining the thread to every candidate would read the whole table of threads for a handful of posts.
POSTS = f"""
    SELECT post.id, thread.title, board.slug AS board_slug, board.name AS board_name, post.author AS author_id,
           member.handle AS author, post.by_moderator, post.created_at, post.body, post.state, post.note_topic,
           post.note_text,
           thread.deleted_at IS NULL AND (
             SELECT {OPENING_IS_UP} FROM post AS opening WHERE opening.thread = post.thread
             ORDER BY opening.branch, opening.id LIMIT 1) AS can_open
    FROM (
      SELECT post.id FROM %(source)s
      WHERE post.search @@ websearch_to_tsquery('english', $1) AND post.id < $2 AND post.id >= $3
        AND post.state IN ('published', 'covered')
        AND NOT EXISTS (SELECT 1 FROM avoidance WHERE avoidance.member = $5 AND avoidance.other = post.author)
        AND (post.author = $5 OR NOT ($6::text[] && ARRAY[{NOTE_KIND}]))
      ORDER BY %(order)s DESC LIMIT $7
    ) AS found
    JOIN post ON post.id = found.id JOIN thread ON thread.id = post.thread JOIN board ON board.id = thread.board
    LEFT JOIN member ON member.id = post.author
    ORDER BY post.id DESC
"""
EVERYWHERE = "(SELECT * FROM post WHERE $4::integer IS NULL) AS post"
IN_A_BOARD = "post JOIN thread ON thread.id = post.thread AND thread.board = $4"
NEWEST_FIRST = "post.id"
BY_THE_INDEX = "(post.id + 0)"
"""The same order, as an expression that no index has: what is left is the full-text index."""


async def find_posts(words: str, reader: Reader, *, after: int) -> FoundPosts:
    """Return a page of the posts that have these words, from ``after`` (an id) backwards.

    Raises: asyncpg.QueryCanceledError where even the newest posts took too long.
    """
    newest = await fetch_one("SELECT coalesce(max(id), 0) AS id FROM post")
    start = min(after, newest["id"] + 1)
    seen_to = max(start - NEWEST_POSTS, 0)
    async with patience(PATIENCE_MS):
        rows = await _fetch(NEWEST_FIRST, words, reader, before=start, from_id=seen_to, limit=PAGE_SIZE + 1)
    try:
        for from_id in (max(seen_to - NEXT_POSTS, 0), 0):
            if len(rows) > PAGE_SIZE or seen_to == 0:
                break
            limit = PAGE_SIZE + 1 - len(rows)
            async with patience(LOOKING_BACK_MS):
                rows += await _fetch(BY_THE_INDEX, words, reader, before=seen_to, from_id=from_id, limit=limit)
            seen_to = from_id
    except asyncpg.QueryCanceledError:
        return FoundPosts(_as_page(rows).posts, next_id=seen_to, gave_up=True)
    return _as_page(rows)


async def _fetch(order: str, words: str, reader: Reader, *, before: int, from_id: int, limit: int) -> list[FoundPost]:
    query = POSTS % {"source": EVERYWHERE if reader.board_id is None else IN_A_BOARD, "order": order}
    rows = await fetch(query, words, before, from_id, reader.board_id, reader.id, reader.left_out, limit)
    return [FoundPost(**row) for row in rows]


def _as_page(rows: list[FoundPost]) -> FoundPosts:
    shown = rows[:PAGE_SIZE]
    next_id = shown[-1].id if len(rows) > PAGE_SIZE else 0
    return FoundPosts([post for post in shown if post.can_open], next_id)
