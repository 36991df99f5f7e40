"""Taking down one's own posts. Somebody who wrote a goodbye and took it down is still looked for."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from models.database import execute, fetch, fetch_one, transaction
from server.forum.changes import OwnPost, hold_own_post, keep_revision
from server.forum.visibility import HIDDEN
from server.moderation.restrictions import TAKES_WRITING
from triage.queue.cases import MAY_NEED_SOMEBODY, TAKEN_DOWN, close_case_of, end_case_of, record_end
from triage.queue.threads import settle_thread

DELETED_TEXT_KEPT_FOR = timedelta(days=30)
"""How long moderators can still read what its author took down."""

TITLE_WITHOUT_OPENING = "A thread whose opening post was taken down"

OBJECTS_ABOUT_WRITING = f"""EXISTS (
    SELECT 1 FROM appeal JOIN decision ON decision.id = appeal.decision
    JOIN moderation_case AS own ON own.id = decision."case"
    WHERE own.post = post.id AND appeal.created_at >= moderation_case.opened_at AND {TAKES_WRITING})"""
"""SQL, of an open case and its ``post``: its author objects to what was done to them, which outlasts the post."""


async def delete_post(post_id: int, member_id: int, *, at: datetime) -> int | None:
    """Take a post down; return its thread's id, or ``None`` where the whole thread went with it.

    Where triage has not read it yet it still will: what is urgent in it comes to people all the same.

    Raises: NotFound, NotAllowed.
    """
    async with transaction():
        own = await hold_own_post(post_id, member_id)
        await keep_revision(post_id)
        await execute(
            f"""UPDATE post SET body = '', note_topic = '', note_text = '', left_hidden = {HIDDEN}, state = 'deleted',
                                edited_at = $2, revision = revision + 1 WHERE id = $1""",
            post_id,
            at,
        )
        await execute("UPDATE assessment SET meaning = NULL WHERE post = $1", post_id)
        ended = await _let_case_go(post_id, at=at)
        thread_id = await _leave_thread(own, at=at)
        if ended is not None:
            await record_end(ended, TAKEN_DOWN, at=at)
        return thread_id


async def forget_deleted_text(*, now: datetime) -> None:
    """Forget what posts said that their authors took down more than 30 days ago, and close what was open about it."""
    before = now - DELETED_TEXT_KEPT_FOR
    open_yet = await fetch(
        f"""SELECT post.id FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE moderation_case.closed_at IS NULL AND post.state = 'deleted' AND post.edited_at < $1
              AND NOT {OBJECTS_ABOUT_WRITING}""",
        before,
    )
    for post in open_yet:
        async with transaction():
            await close_case_of(post["id"], TAKEN_DOWN, at=now)
    await execute(
        """DELETE FROM post_revision USING post
           WHERE post.id = post_revision.post AND post.state = 'deleted' AND post.edited_at < $1""",
        before,
    )


async def _leave_thread(own: OwnPost, *, at: datetime) -> int | None:
    """Take the title along with an opening post, and the thread where nothing of it is left."""
    if own.is_opening:
        await execute("UPDATE thread SET title = $2 WHERE id = $1", own.thread_id, TITLE_WITHOUT_OPENING)
    if await settle_thread(own.thread_id):
        return own.thread_id
    await execute("UPDATE thread SET deleted_at = $2 WHERE id = $1", own.thread_id, at)
    return None


async def _let_case_go(post_id: int, *, at: datetime) -> int | None:
    """Close the open case of a post that was taken down, unless somebody is to look at it all the same; return it."""
    case = await fetch_one(
        f"""SELECT moderation_case.id, moderation_case.severity >= 2 AS is_urgent, {OBJECTS_ABOUT_WRITING} AS objects
            FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE post.id = $1 AND moderation_case.closed_at IS NULL FOR UPDATE OF moderation_case""",
        post_id,
    )
    if case is None:
        return None
    if case["is_urgent"]:
        await execute(
            "UPDATE moderation_case SET reasons = reasons || $2::jsonb WHERE id = $1",
            case["id"],
            msgspec.json.encode([MAY_NEED_SOMEBODY]).decode(),
        )
    elif not case["objects"]:
        return await end_case_of(post_id, TAKEN_DOWN, at=at)
    return None
