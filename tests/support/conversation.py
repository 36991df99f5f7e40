"""Boards, threads and posts in tests, written through the same services as a member's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from models.database import execute, fetch_one
from server.clock import now
from server.forum.notes import ContentNote
from server.forum.posts import Writing, Written, write_reply, write_thread

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.people import Person


@dataclass(frozen=True)
class BoardInTest:
    """A board that a test set up."""

    id: int
    slug: str


async def a_board(slug: str = "low-days", *, archived: bool = False) -> BoardInTest:
    """Set a board up."""
    row = await fetch_one(
        """INSERT INTO board (slug, name, purpose, rules, triage_policy, position, archived, created_at)
           VALUES ($1, $2, 'For days on which little works.', 'Be *kind*.', '{}', 0, $3, $4) RETURNING id""",
        slug,
        slug.replace("-", " ").capitalize(),
        archived,
        now(),
    )
    return BoardInTest(row["id"], slug)


def a_writing(body: str, *, topic: str = "", text: str = "") -> Writing:
    """Return a writing with a key of its own."""
    return Writing(body, ContentNote(topic, text), uuid4())


async def a_thread(
    board: BoardInTest, author: Person, *, title: str = "A long night", body: str = "I cannot sleep.", topic: str = "",
    at: datetime | None = None,
) -> Written:  # fmt: skip
    """Open a thread."""
    return await write_thread(
        board_id=board.id, author_id=author.id, title=title, writing=a_writing(body, topic=topic), at=at or now()
    )


async def a_reply(
    thread: Written, author: Person, body: str = "I hear you.", *, to: int | None = None, topic: str = ""
) -> int:
    """Answer a thread, and return the post's id."""
    written = await write_reply(
        thread_id=thread.thread_id,
        author_id=author.id,
        answering=to,
        writing=a_writing(body, topic=topic),
        at=now(),
    )
    return written.post_id


async def set_state(post_id: int, state: str) -> None:
    """Give a post a state, as triage or a moderator will."""
    await execute("UPDATE post SET state = $2 WHERE id = $1", post_id, state)
