"""Muting and blocking: whom a member does not want to read, or be answered by. The other person is never told."""

from __future__ import annotations

from datetime import datetime

import msgspec

from models.database import execute, fetch, fetch_one
from models.members import AvoidanceKind
from server.errors import NotAllowed, NotFound


class Avoided(msgspec.Struct, frozen=True):
    """One entry in the member's own list."""

    id: int
    handle: str
    kind: AvoidanceKind
    created_at: datetime


class PostAuthor(msgspec.Struct, frozen=True):
    """Who wrote a post, for the page that asks what to do about them."""

    post_id: int
    thread_id: int
    member_id: int
    handle: str
    now: AvoidanceKind | None
    """What the asking member already does."""


async def may_answer(member_id: int, author_id: int) -> bool:
    """Tell whether a member may answer an author: not where either blocks the other."""
    row = await fetch_one(
        """SELECT 1 FROM avoidance
           WHERE kind = 'block' AND ((member = $1 AND other = $2) OR (member = $2 AND other = $1)) LIMIT 1""",
        member_id,
        author_id,
    )
    return row is None


async def author_to_avoid(post_id: int, member_id: int) -> PostAuthor:
    """Return the author of a post that ``member_id`` can see.

    Raises: NotFound where there is no such post or author to see, NotAllowed for one's own post.
    """
    row = await fetch_one(
        """SELECT post.id AS post_id, post.thread AS thread_id, author.id AS member_id, author.handle,
                  avoidance.kind AS now
           FROM post JOIN thread ON thread.id = post.thread JOIN member AS author ON author.id = post.author
           LEFT JOIN avoidance ON avoidance.member = $2 AND avoidance.other = author.id
           WHERE post.id = $1 AND thread.deleted_at IS NULL
             AND (post.state IN ('published', 'covered') OR author.id = $2)""",
        post_id,
        member_id,
    )
    if row is None:
        raise NotFound
    if row["member_id"] == member_id:
        raise NotAllowed("This post is your own.")
    return msgspec.convert(dict(row), PostAuthor)


async def avoid(member_id: int, other_id: int, kind: AvoidanceKind, *, at: datetime) -> None:
    """Mute or block somebody; the later choice replaces the earlier one."""
    await execute(
        """INSERT INTO avoidance (member, other, kind, created_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (member, other) DO UPDATE SET kind = excluded.kind, created_at = excluded.created_at
           WHERE avoidance.kind <> excluded.kind""",
        member_id,
        other_id,
        kind.value,
        at,
    )


async def list_avoided(member_id: int) -> list[Avoided]:
    """Return a member's list, newest first."""
    rows = await fetch(
        """SELECT avoidance.id, other.handle, avoidance.kind, avoidance.created_at
           FROM avoidance JOIN member AS other ON other.id = avoidance.other
           WHERE avoidance.member = $1 ORDER BY avoidance.id DESC""",
        member_id,
    )
    return [msgspec.convert(dict(row), Avoided) for row in rows]


async def stop_avoiding(member_id: int, avoidance_id: int) -> None:
    """Undo one entry of the member's own list; one that is gone already needs no undoing."""
    await execute("DELETE FROM avoidance WHERE id = $1 AND member = $2", avoidance_id, member_id)
