"""A member's own posts, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch
from server.forum.keyset import NEWEST, Page, cut_page
from server.forum.visibility import open_to

if TYPE_CHECKING:
    from datetime import datetime

PAGE_SIZE = 25


@dataclass(frozen=True)
class OwnPostLine:
    """One post in its author's list."""

    id: int
    thread_title: str | None
    """None where the thread cannot be opened for now."""
    board_name: str
    body: str
    state: str
    created_at: datetime


async def list_own_posts(member_id: int, *, after: str = "") -> Page[OwnPostLine]:
    """Return one page of what a member wrote; ``after`` is the id of the last post of the page before."""
    last_id = int(after) if after.isdecimal() and len(after) < 19 else NEWEST[1]
    rows = await fetch(
        f"""SELECT post.id, CASE WHEN {open_to("$1")} THEN thread.title END AS thread_title,
                   board.name AS board_name, post.body, post.state, post.created_at
            FROM post JOIN thread ON thread.id = post.thread JOIN board ON board.id = thread.board
            WHERE post.author = $1 AND post.id < $2 AND post.state <> 'deleted'
            ORDER BY post.id DESC LIMIT {PAGE_SIZE + 1}""",
        member_id,
        last_id,
    )
    return cut_page([OwnPostLine(**row) for row in rows], PAGE_SIZE, cursor=lambda line: str(line.id))
