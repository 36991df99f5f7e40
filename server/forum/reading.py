"""Reading a thread: one page of posts in the order of one index, each as this viewer is to see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.database import fetch, fetch_one
from server.clock import now
from server.errors import NotFound
from server.forum.notes import ContentNote, NoteChoice
from server.forum.visibility import OPENING_IS_UP
from server.moderation.restrictions import ASKS_FOR_A_CHANGE, RESTRICTS

if TYPE_CHECKING:
    from datetime import datetime

    from server.web.viewer import Viewer

PAGE_SIZE = 25
QUOTED_CHARACTERS = 400
"""How much of a quoted post is read from the database; the page shows an excerpt of it."""


@dataclass(frozen=True)
class ThreadHead:
    """What stands above the posts."""

    id: int
    title: str
    board_id: int
    board_slug: str
    board_name: str
    board_archived: bool
    author_id: int | None
    opening_id: int
    last_read: int
    is_following: bool


@dataclass(frozen=True)
class PostRow:
    """One post as the database has it."""

    id: int
    branch: int
    author_id: int | None
    author: str | None
    body: str
    state: str
    note_topic: str
    note_text: str
    revision: int
    created_at: datetime
    edited_at: datetime | None
    quoted_id: int | None
    quoted_author: str | None
    quoted_text: str
    avoided: str | None
    by_moderator: bool
    """Written by a moderator as such: nobody's name stands there."""
    awaits_moderator: bool
    """For the author alone, as the next: a moderator is still to look at it."""
    can_appeal: bool
    """A moderator took something from its author that another one can look at again."""
    is_to_change: bool
    """A moderator asked for a change that has not come yet."""

    @property
    def note(self) -> ContentNote:
        """The content note of the author."""
        return ContentNote(self.note_topic, self.note_text)

    @property
    def is_nested(self) -> bool:
        """Tell whether this post answers another one of the thread."""
        return self.branch != self.id


@dataclass(frozen=True)
class PostsPage:
    """Some posts in reading order; the cursors are empty at the ends of the thread."""

    posts: list[PostRow]
    earlier: str = ""
    later: str = ""


async def find_thread(thread_id: int, viewer: Viewer | None) -> ThreadHead:
    """Return a thread's head.

    Raises: NotFound where it is gone or not for this viewer.
    """
    row = await fetch_one(
        f"""SELECT thread.id, thread.title, board.id AS board_id, board.slug AS board_slug, board.name AS board_name,
                  board.archived AS board_archived, thread.author AS author_id, opening.id AS opening_id,
                  coalesce(visit.last_post, 0) AS last_read, follow.id IS NOT NULL AS is_following
           FROM thread JOIN board ON board.id = thread.board
           JOIN LATERAL (SELECT id, state, left_hidden, author FROM post WHERE thread = $1
                         ORDER BY branch, id LIMIT 1) AS opening ON true
           LEFT JOIN visit ON visit.member = $2 AND visit.thread = $1
           LEFT JOIN follow ON follow.member = $2 AND follow.thread = $1
           WHERE thread.id = $1 AND thread.deleted_at IS NULL
             AND ({OPENING_IS_UP} OR opening.author = $2 OR $3)""",
        thread_id,
        viewer.id if viewer else None,
        viewer is not None and viewer.may_moderate,
    )
    if row is None:
        raise NotFound
    return ThreadHead(**row)


# A deleted or removed post is left out unless it opens the thread or its branch hangs on it. Held posts are their
# author's and staff's, removed ones still their author's.
# The texts of quoted posts come along only where this viewer may read them without a note between.
POSTS = f"""
    SELECT post.id, post.branch, post.author AS author_id, member.handle AS author, post.body, post.state,
           post.note_topic, post.note_text, post.revision, post.created_at, post.edited_at,
           quoted.id AS quoted_id,
           CASE WHEN quoted.by_moderator THEN 'a moderator' ELSE quoted_member.handle END AS quoted_author,
           CASE WHEN quoted.state = 'published' AND quoted.note_topic = '' AND quoted.note_text = ''
                     AND quoted_avoidance.id IS NULL
                THEN left(quoted.body, {QUOTED_CHARACTERS}) ELSE '' END AS quoted_text,
           avoidance.kind AS avoided, post.by_moderator,
           CASE WHEN post.author = $2 THEN EXISTS (
             SELECT 1 FROM moderation_case WHERE moderation_case.post = post.id AND moderation_case.closed_at IS NULL
           ) ELSE false END AS awaits_moderator,
           CASE WHEN post.author = $2 THEN EXISTS (
             SELECT 1 FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
             WHERE moderation_case.post = post.id AND {RESTRICTS.format(now="$4")}) ELSE false END AS can_appeal,
           CASE WHEN post.author = $2 THEN EXISTS (
             SELECT 1 FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
             WHERE moderation_case.post = post.id AND {ASKS_FOR_A_CHANGE}) ELSE false END AS is_to_change
    FROM post
    LEFT JOIN member ON member.id = post.author
    LEFT JOIN avoidance ON avoidance.member = $2 AND avoidance.other = post.author
    LEFT JOIN post AS quoted ON quoted.id = post.quoted
    LEFT JOIN member AS quoted_member ON quoted_member.id = quoted.author
    LEFT JOIN avoidance AS quoted_avoidance
           ON quoted_avoidance.member = $2 AND quoted_avoidance.other = quoted.author
    WHERE post.thread = $1
      AND (post.state IN ('published', 'covered')
           OR (post.state = 'held' AND (post.author = $2 OR $3))
           OR (post.state = 'removed' AND post.author = $2)
           OR (post.state IN ('deleted', 'removed', 'held') AND post.branch = post.id
               AND (EXISTS (SELECT 1 FROM post AS answer WHERE answer.branch = post.id AND answer.id <> post.id)
                    OR NOT EXISTS (SELECT 1 FROM post AS earlier
                                   WHERE earlier.thread = $1 AND earlier.branch < post.branch))))
"""


async def read_posts(
    thread_id: int, viewer: Viewer | None, *, start: tuple[int, int] = (0, 0), before: tuple[int, int] | None = None
) -> PostsPage:
    """Return up to 25 posts from ``start`` (branch, id) on, or, with ``before``, the 25 that come before it."""
    arguments = (thread_id, viewer.id if viewer else None, viewer is not None and viewer.may_moderate, now())
    if before is not None:
        rows = await fetch(
            f"""{POSTS} AND (post.branch, post.id) < ($5, $6)
                ORDER BY post.branch DESC, post.id DESC LIMIT {PAGE_SIZE + 1}""",
            *arguments,
            *before,
        )
        posts = [PostRow(**row) for row in reversed(rows[:PAGE_SIZE])]
        earlier = position(posts[0]) if len(rows) > PAGE_SIZE else ""
        return PostsPage(posts, earlier=earlier, later=f"{before[0]}-{before[1]}" if posts else "")
    rows = await fetch(
        f"""{POSTS} AND (post.branch, post.id) >= ($5, $6)
            ORDER BY post.branch, post.id LIMIT {PAGE_SIZE + 1}""",
        *arguments,
        *start,
    )
    posts = [PostRow(**row) for row in rows]
    later = position(posts[PAGE_SIZE]) if len(posts) > PAGE_SIZE else ""
    has_earlier = start > (0, 0) and posts and await _has_post_before(thread_id, start)
    return PostsPage(posts[:PAGE_SIZE], earlier=position(posts[0]) if has_earlier else "", later=later)


async def read_one_post(thread_id: int, post_id: int, viewer: Viewer) -> PostRow | None:
    """Return one post of a thread as a viewer may see it, or ``None``."""
    rows = await _rows_of(thread_id, post_id, viewer)
    return PostRow(**rows[0]) if rows else None


async def _rows_of(thread_id: int, post_id: int, viewer: Viewer | None) -> list[dict[str, Any]]:
    viewer_id, may_moderate = (viewer.id, viewer.may_moderate) if viewer else (None, False)
    return await fetch(f"{POSTS} AND post.id = $5", thread_id, viewer_id, may_moderate, now(), post_id)


async def _has_post_before(thread_id: int, place: tuple[int, int]) -> bool:
    row = await fetch_one("SELECT 1 FROM post WHERE thread = $1 AND (branch, id) < ($2, $3) LIMIT 1", thread_id, *place)
    return row is not None


async def locate_post(post_id: int, viewer: Viewer | None) -> tuple[int, str]:
    """Return the thread of a post, and where a page must start so that the post is on it.

    Raises: NotFound, also where this viewer would not see that there is such a post.
    """
    row = await fetch_one(
        """SELECT post.thread, post.branch, post.id,
                  (SELECT count(*) FROM (SELECT 1 FROM post AS before WHERE before.thread = post.thread
                   AND (before.branch, before.id) < (post.branch, post.id) LIMIT 25) AS capped) AS before_in_thread,
                  (SELECT count(*) FROM (SELECT 1 FROM post AS before WHERE before.branch = post.branch
                   AND before.id < post.id LIMIT 25) AS capped) AS before_in_branch
           FROM post JOIN thread ON thread.id = post.thread
           WHERE post.id = $1 AND thread.deleted_at IS NULL""",
        post_id,
    )
    if row is None:
        raise NotFound
    if viewer is None or not viewer.may_moderate:
        await find_thread(row["thread"], viewer)
        if not await _rows_of(row["thread"], post_id, viewer):
            raise NotFound
    if row["before_in_thread"] < PAGE_SIZE:
        return row["thread"], ""
    start = row["branch"] if row["before_in_branch"] < PAGE_SIZE else row["id"]
    return row["thread"], f"{row['branch']}-{start}"


def position(post: PostRow) -> str:
    """Write where a post stands in its thread, such as ``17-42``: branch and id."""
    return f"{post.branch}-{post.id}"


def parse_position(text: str) -> tuple[int, int] | None:
    """Read a position; anything else is ``None``."""
    branch, _, post_id = text.partition("-")
    if not (branch.isdecimal() and post_id.isdecimal() and len(branch) < 19 and len(post_id) < 19):
        return None
    return int(branch), int(post_id)


def cover_of(post: PostRow, viewer: Viewer | None, choices: dict[str, NoteChoice]) -> NoteChoice:
    """Decide whether a post lies open, under its note, or is left out for this viewer."""
    if viewer is not None and post.author_id == viewer.id:
        return NoteChoice.OPEN
    if post.avoided is not None:
        return NoteChoice.HIDDEN
    choice = post.note.choice(choices)
    return NoteChoice.COVERED if choice is NoteChoice.OPEN and post.state == "covered" else choice
