"""Writing: new threads and replies. Each is one transaction with its triage task, and each can be sent twice safely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch_one, transaction
from server.errors import KithError, NotAllowed, NotFound
from server.forum.drafts import drop_draft
from server.forum.outbox import queue_triage
from server.members.avoidance import may_answer
from server.notices.service import notify_followers
from server.support.service import follow

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from server.forum.notes import ContentNote


A_YEAR = 365


@dataclass(frozen=True)
class Writing:
    """What a member sends: cleaned text within the limits, and the key of the form it came from."""

    body: str
    note: ContentNote
    submission_key: UUID


@dataclass(frozen=True)
class Written:
    """A post that is there now, whether this request wrote it or an earlier one with the same key."""

    post_id: int
    thread_id: int


class ThreadGone(NotFound):
    """The thread that somebody answers is not there for them any more."""

    title = "This thread is gone"
    sentence = (
        "It was taken down, or a moderator is looking at it. What you wrote is below; you could post it elsewhere."
    )


class AnsweredGone(NotFound):
    """The post that somebody answers is not there any more, but its thread is."""

    title = "The post you answer is gone"
    sentence = "It was taken down, or a moderator is looking at it. You can send what you wrote to the thread instead."


class NotToBeAnswered(NotAllowed):
    """The author does not want to be answered by this member, or the other way round."""

    title = "You cannot answer here"
    sentence = "You cannot answer this member. What you wrote is below, so that you can keep it."


class BoardClosed(NotAllowed):
    """The board is archived."""

    title = "This board is closed"
    sentence = "This board is closed for new posts. You can still read it."


class WritingPaused(NotAllowed):
    """A moderator paused this member's writing."""

    title = "Your writing is paused"


class SentBefore(KithError):
    """The form was sent before, with other words: from a page that somebody went back to, or after a slow answer."""

    status = 409
    title = "This form was sent before"
    sentence = (
        "You sent this form before, with other words, and that post has arrived. What you wrote now is below: post it "
        "as well, or change the first one, which is on your page."
    )


class _AlreadyWrittenError(Exception):
    """Another request with the same key was faster: this transaction must leave nothing behind."""


async def write_thread(*, board_id: int, author_id: int, title: str, writing: Writing, at: datetime) -> Written:
    """Open a thread with its first post.

    Raises: NotFound for an unknown board, BoardClosed, WritingPaused, SentBefore.
    """
    try:
        async with transaction():
            await require_may_write(author_id, at=at)
            await _require_open_board(board_id)
            thread = await fetch_one(
                """INSERT INTO thread (board, author, title, created_at, last_post_at, reply_count)
                   VALUES ($1, $2, $3, $4, $4, 0) RETURNING id""",
                board_id,
                author_id,
                title,
                at,
            )
            post_id = await _insert_post(thread["id"], author_id, writing, at=at)
            await execute("UPDATE thread SET last_post = $2 WHERE id = $1", thread["id"], post_id)
            await _after_writing(post_id, thread["id"], author_id, writing, at=at)
    except _AlreadyWrittenError:
        return await _find_written(author_id, writing, title=title)
    return Written(post_id, thread["id"])


async def write_reply(
    *, thread_id: int, author_id: int, answering: int | None, writing: Writing, at: datetime
) -> Written:
    """Answer a thread, or one post in it (``answering``).

    Raises: ThreadGone, AnsweredGone, NotToBeAnswered by the author of either, BoardClosed, WritingPaused, SentBefore.
    """
    try:
        async with transaction():
            await require_may_write(author_id, at=at)
            await _require_open_thread(thread_id, author_id)
            branch = await _branch_of(thread_id, answering, author_id)
            post_id = await _insert_post(thread_id, author_id, writing, branch=branch, quoted=answering, at=at)
            counted = await fetch_one(
                """UPDATE thread SET reply_count = reply_count + 1, last_post_at = greatest(last_post_at, $2),
                                     last_post = greatest(last_post, $3)
                   WHERE id = $1 AND deleted_at IS NULL RETURNING id""",
                thread_id,
                at,
                post_id,
            )
            if counted is None:  # its last post was taken down meanwhile
                raise ThreadGone
            await _after_writing(post_id, thread_id, author_id, writing, at=at)
    except _AlreadyWrittenError:
        return await _find_written(author_id, writing)
    return Written(post_id, thread_id)


async def _after_writing(post_id: int, thread_id: int, author_id: int, writing: Writing, *, at: datetime) -> None:
    await queue_triage(post_id, revision=1, at=at)
    await drop_draft(author_id, writing.submission_key)
    await notify_followers(post_id, at=at)
    await follow(author_id, thread_id, at)


async def _insert_post(
    thread_id: int,
    author_id: int,
    writing: Writing,
    *,
    branch: int | None = None,
    quoted: int | None = None,
    at: datetime,
) -> int:
    # A top-level post is the head of its own branch, so its id must be known before the row is.
    row = await fetch_one(
        """WITH new AS (SELECT nextval('post_id_seq') AS id)
           INSERT INTO post (id, branch, thread, author, quoted, body, revision, state, note_topic, note_text,
                             submission_key, created_at)
           SELECT new.id, coalesce($1, new.id), $2, $3, $4, $5, 1, 'published', $6, $7, $8, $9 FROM new
           ON CONFLICT (author, submission_key) WHERE submission_key IS NOT NULL DO NOTHING
           RETURNING id""",
        branch,
        thread_id,
        author_id,
        quoted,
        writing.body,
        writing.note.topic,
        writing.note.text,
        writing.submission_key,
        at,
    )
    if row is None:
        raise _AlreadyWrittenError
    return int(row["id"])


async def _find_written(author_id: int, writing: Writing, *, title: str = "") -> Written:
    """Return the post that this form made before.

    Raises: SentBefore where it says something else.
    """
    row = await fetch_one(
        """SELECT post.id, post.thread, post.body, post.note_topic, post.note_text, thread.title
           FROM post JOIN thread ON thread.id = post.thread WHERE post.author = $1 AND post.submission_key = $2""",
        author_id,
        writing.submission_key,
    )
    if row is None:
        raise NotFound
    was = (row["body"], row["note_topic"], row["note_text"], row["title"] if title else "")
    if was != (writing.body, writing.note.topic, writing.note.text, title):
        raise SentBefore
    return Written(row["id"], row["thread"])


async def require_may_write(author_id: int, *, at: datetime) -> None:
    """Refuse somebody whose writing a moderator paused.

    Raises: WritingPaused.
    """
    if paused := await pause_of(author_id, at=at):
        raise WritingPaused(paused)


async def pause_of(member_id: int, *, at: datetime) -> str:
    """Return what somebody is told whose writing a moderator paused; empty where they may write."""
    row = await fetch_one("SELECT may_write_from FROM member WHERE id = $1", member_id)
    if row is None or row["may_write_from"] is None or row["may_write_from"] <= at:
        return ""
    days = (row["may_write_from"] - at).days
    until = "until further notice" if days > A_YEAR else f"until {row['may_write_from']:%d %B, %H:%M} UTC"
    return (
        f"A moderator paused your writing {until}; your notices say why, and let you ask for another look. You can "
        "still read everything, and the lines under “Help now” are open to you at any hour."
    )


async def _require_open_board(board_id: int) -> None:
    board = await fetch_one("SELECT archived FROM board WHERE id = $1", board_id)
    if board is None:
        raise NotFound
    if board["archived"]:
        raise BoardClosed


async def _require_open_thread(thread_id: int, author_id: int) -> None:
    thread = await fetch_one("SELECT board, author FROM thread WHERE id = $1 AND deleted_at IS NULL", thread_id)
    if thread is None:
        raise ThreadGone
    await _require_open_board(thread["board"])
    await _require_may_answer(author_id, thread["author"])


async def _branch_of(thread_id: int, answering: int | None, author_id: int) -> int | None:
    """Return the branch that an answer joins; ``None`` starts one of its own."""
    if answering is None:
        return None
    post = await fetch_one(
        """SELECT post.branch, post.author, opening.branch AS opening FROM post,
                  (SELECT branch FROM post WHERE thread = $2 ORDER BY branch LIMIT 1) AS opening
           WHERE post.id = $1 AND post.thread = $2 AND post.state IN ('published', 'covered')""",
        answering,
        thread_id,
    )
    if post is None:
        raise AnsweredGone
    await _require_may_answer(author_id, post["author"])
    return None if post["branch"] == post["opening"] else int(post["branch"])


async def _require_may_answer(member_id: int, author_id: int | None) -> None:
    if author_id is not None and author_id != member_id and not await may_answer(member_id, author_id):
        raise NotToBeAnswered
