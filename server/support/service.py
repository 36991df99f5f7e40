"""Reactions and follows. Kinds of support are shown, people are never counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one, transaction
from server.errors import KithError, NotAllowed, NotFound
from server.members.avoidance import may_answer
from server.notices.service import notify, take_back

if TYPE_CHECKING:
    from datetime import datetime

KINDS: dict[str, str] = {
    "with-you": "With you",
    "thank-you": "Thank you",
    "helped": "This helped",
    "proud": "Proud of you",
}
"""What somebody can send to a post, name to words, in the order of the buttons."""


@dataclass(frozen=True)
class PostReactions:
    """What a post was given by anybody, and what of it by the viewer."""

    given: tuple[str, ...]
    mine: frozenset[str]

    @property
    def kinds(self) -> dict[str, str]:
        """Every kind with its words, for the buttons."""
        return KINDS


@dataclass(frozen=True)
class _Post:
    id: int
    author_id: int | None


class UnknownReaction(KithError):
    """A kind of reaction that no button offers."""

    sentence = "This kind of reaction does not exist. Please use one of the four buttons."


async def reactions_of(post_ids: list[int], viewer_id: int | None) -> dict[int, PostReactions]:
    """Return what each of the posts was given; every id has its entry."""
    rows = await fetch(
        """SELECT post, kind, coalesce(bool_or(member = $2), false) AS is_mine
           FROM reaction WHERE post = ANY($1) GROUP BY post, kind""",
        post_ids,
        viewer_id,
    )
    given = {(row["post"], row["kind"]): row["is_mine"] for row in rows}
    return {
        post_id: PostReactions(
            given=tuple(kind for kind in KINDS if (post_id, kind) in given),
            mine=frozenset(kind for kind in KINDS if given.get((post_id, kind))),
        )
        for post_id in post_ids
    }


async def toggle_reaction(post_id: int, member_id: int, kind: str, *, at: datetime) -> None:
    """Give a post a sign of support, or take it back where this member gave it before.

    Raises: UnknownReaction; NotFound where the post cannot be read; NotAllowed for one's own post, and where one of
    the two blocks the other.
    """
    if kind not in KINDS:
        raise UnknownReaction
    async with transaction():
        post = await _lock_post(post_id)
        if await _take_reaction_back(post, member_id, kind):
            return
        await _require_may_react(post, member_id)
        await execute(
            """INSERT INTO reaction (post, member, kind, created_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (post, member, kind) DO NOTHING""",
            post_id,
            member_id,
            kind,
            at,
        )
        await _tell_author(post, member_id, kind, at=at)


async def follow(member_id: int, thread_id: int, at: datetime) -> None:
    """Let a member hear of new posts in a thread; a second time changes nothing."""
    await execute(
        """INSERT INTO follow (member, thread, created_at) VALUES ($1, $2, $3)
           ON CONFLICT (member, thread) DO NOTHING""",
        member_id,
        thread_id,
        at,
    )


async def unfollow(member_id: int, thread_id: int) -> None:
    """Let a member hear no more of a thread."""
    await execute("DELETE FROM follow WHERE member = $1 AND thread = $2", member_id, thread_id)


async def _lock_post(post_id: int) -> _Post:
    # The lock puts reactions to one post in a row, so that two at once cannot both find "no unread notice yet".
    row = await fetch_one(
        """SELECT post.id, post.author AS author_id FROM post JOIN thread ON thread.id = post.thread
           WHERE post.id = $1 AND post.state IN ('published', 'covered') AND thread.deleted_at IS NULL
           FOR NO KEY UPDATE OF post""",
        post_id,
    )
    if row is None:
        raise NotFound("This post is gone.")
    return _Post(**row)


async def _take_reaction_back(post: _Post, member_id: int, kind: str) -> bool:
    taken = await fetch_one(
        "DELETE FROM reaction WHERE post = $1 AND member = $2 AND kind = $3 RETURNING id", post.id, member_id, kind
    )
    if taken is None:
        return False
    # The notice stays true where somebody else gave the same after it was written.
    others = await fetch_one(
        "SELECT max(created_at) AS newest FROM reaction WHERE post = $1 AND kind = $2", post.id, kind
    )
    if post.author_id is not None:
        await take_back(post.author_id, "reaction", post_id=post.id, detail=kind, written_after=others["newest"])
    return True


async def _require_may_react(post: _Post, member_id: int) -> None:
    if post.author_id == member_id:
        raise NotAllowed("This post is your own. Signs of support are for others.")
    if post.author_id is not None and not await may_answer(member_id, post.author_id):
        raise NotAllowed("You cannot send this to this member.")


async def _tell_author(post: _Post, member_id: int, kind: str, *, at: datetime) -> None:
    if post.author_id is None:
        return
    reason_to_be_quiet = await fetch_one(
        """SELECT 1 WHERE EXISTS (SELECT 1 FROM avoidance WHERE member = $1 AND other = $2)
                       OR EXISTS (SELECT 1 FROM notice WHERE member = $1 AND read_at IS NULL AND kind = 'reaction'
                                  AND post = $3 AND detail = $4)""",
        post.author_id,
        member_id,
        post.id,
        kind,
    )
    if reason_to_be_quiet is None:
        await notify(post.author_id, "reaction", post_id=post.id, detail=kind, at=at)
