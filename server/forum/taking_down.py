"""Taking down one's own posts. Somebody who wrote a goodbye and took it down is still looked for."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from models.database import execute, fetch, fetch_one, transaction
from server.forum.changes import OwnPost, hold_own_post, keep_revision
from server.forum.visibility import HIDDEN
from server.moderation.restrictions import OBJECTIONS, TAKES_WRITING
from server.reports.moderation import close_reports
from server.reports.outcomes import Outcome
from triage.assessment import NOT_READ
from triage.queue.cases import MAY_NEED_SOMEBODY, OWN_READING, end_case_of, hold_cases_of, record_end
from triage.queue.threads import settle_thread

DELETED_TEXT_KEPT_FOR = timedelta(days=30)
"""How long moderators can still read what its author took down."""

TITLE_WITHOUT_OPENING = "A thread whose opening post was taken down"

_IS_OF_KIND = "reason ->> 'kind' = ANY($2::text[])"
OBJECTS_ABOUT_WRITING = f"EXISTS (SELECT 1 FROM {OBJECTIONS} AND {TAKES_WRITING})"
"""SQL, of an open case and its ``post``: its author objects to what was done to them, which outlasts the post."""

LATE_FOR = timedelta(days=3)
IS_LATE = """(coalesce(moderation_case.opened_at > $2::timestamptz - $3::interval, false)
    OR coalesce(moderation_case.claimed_until >= $2, false)
    OR EXISTS (SELECT 1 FROM report WHERE report.post = post.id AND report.decided_at IS NULL
               AND report.created_at > $2::timestamptz - $3::interval))"""
"""SQL, of a ``post`` whose text goes and its open case, $2 now: it came to people in the last days, and somebody may
reach out yet, or is just doing so."""
_OPEN_CASE = "LEFT JOIN moderation_case ON moderation_case.post = post.id AND moderation_case.closed_at IS NULL"
_IS_OVER = f"""(post.state = 'deleted' AND (post.edited_at < $1 OR post.author IS NULL)
    AND (moderation_case.id IS NULL OR NOT {OBJECTS_ABOUT_WRITING}) AND (post.author IS NULL OR NOT {IS_LATE}))"""
"""SQL, of a ``post`` and its open case, $1 before when texts go, $2 now, $3 ``LATE_FOR``: nobody decides any more."""


async def delete_post(post_id: int, member_id: int, *, at: datetime) -> int | None:
    """Take a post down; return its thread's id, or ``None`` where the whole thread went with it.

    Where triage has not read it yet it still will: what may be urgent in it comes to people all the same.

    Raises: NotFound, NotAllowed.
    """
    async with transaction():
        own = await hold_own_post(post_id, member_id)
        await keep_revision(post_id, at=at)
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
            await close_reports(post_id, Outcome.TAKEN_DOWN, moderator_id=None, at=at)
            await record_end(ended, at=at)
        return thread_id


async def forget_deleted_text(*, now: datetime) -> None:
    """Forget what posts said that their authors took down more than 30 days ago, and close what was open about it.

    How the classifier judged that text goes with it. Whoever spoke up about such a post, or about one by somebody who
    left, is answered.
    """
    before = now - DELETED_TEXT_KEPT_FOR
    open_yet = await fetch(
        f"""SELECT post.id FROM (SELECT post FROM moderation_case WHERE closed_at IS NULL
                                 UNION SELECT post FROM report WHERE decided_at IS NULL) AS waiting
            JOIN post ON post.id = waiting.post {_OPEN_CASE} WHERE {_IS_OVER}""",
        before,
        now,
        LATE_FOR,
    )
    for post in open_yet:
        await _end_undecided(post["id"], before=before, now=now)
    for table in ("post_revision", "assessment"):
        await execute(
            f"""DELETE FROM {table} USING post
                WHERE post.id = {table}.post AND post.state = 'deleted' AND post.edited_at < $1""",
            before,
        )
    await _forget_readings(before=before)


async def _end_undecided(post_id: int, *, before: datetime, now: datetime) -> None:
    """Close what is open about a post, unless somebody took its case or spoke up until it was locked."""
    async with transaction():
        await execute("SELECT 1 FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id)
        await hold_cases_of(post_id)
        is_over = await fetch_one(
            f"SELECT 1 FROM post {_OPEN_CASE} WHERE {_IS_OVER} AND post.id = $4", before, now, LATE_FOR, post_id
        )
        if is_over is None:
            return
        ended = await end_case_of(post_id, at=now)
        await close_reports(post_id, Outcome.TAKEN_DOWN, moderator_id=None, at=now)
        if ended is not None:
            await record_end(ended, at=now)


async def _forget_readings(*, before: datetime) -> None:
    """Forget what a reading of posts that were taken down before then found, from their closed cases."""
    await execute(
        f"""UPDATE moderation_case SET reasons = (
                SELECT coalesce(jsonb_agg(reason ORDER BY place) FILTER (WHERE NOT {_IS_OF_KIND}), '[]')
                FROM jsonb_array_elements(reasons) WITH ORDINALITY AS each (reason, place))
            FROM post WHERE post.id = moderation_case.post AND post.state = 'deleted' AND post.edited_at < $1
              AND moderation_case.closed_at IS NOT NULL
              AND EXISTS (SELECT 1 FROM jsonb_array_elements(reasons) AS reason WHERE {_IS_OF_KIND})""",
        before,
        sorted(OWN_READING),
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
        f"""SELECT moderation_case.id, {OBJECTS_ABOUT_WRITING} AS objects,
                   moderation_case.severity >= 2 OR EXISTS (
                     SELECT 1 FROM jsonb_array_elements(moderation_case.reasons) AS reason
                     WHERE {_IS_OF_KIND}) AS may_be_urgent
            FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE post.id = $1 AND moderation_case.closed_at IS NULL FOR UPDATE OF moderation_case""",
        post_id,
        list(NOT_READ),
    )
    if case is None:
        return None
    if case["may_be_urgent"]:
        await execute(
            "UPDATE moderation_case SET reasons = reasons || $2::jsonb WHERE id = $1",
            case["id"],
            msgspec.json.encode([MAY_NEED_SOMEBODY]).decode(),
        )
    elif not case["objects"]:
        return await end_case_of(post_id, at=at)
    return None
