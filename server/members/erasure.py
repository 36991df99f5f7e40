"""Erasing an account: everything of a member goes, and what others wrote to them stays readable.

One transaction. It holds what it will change in the order in which writing a reply takes it (threads, posts, notices,
members), so that an answer that somebody is just sending is neither lost nor in the way, and nothing new of the
member can be written meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import structlog

from models.database import execute, fetch, fetch_one, transaction
from models.members import Role
from server.errors import KithError
from server.forum.visibility import HIDDEN
from server.members.addressed import rename_in_answers
from server.notices.service import forget_wishes_of
from server.reports.moderation import close_reports
from server.reports.outcomes import Outcome
from server.web.sessions import forget_copies
from triage.queue.calls import withdraw_all
from triage.queue.threads import settle_thread

if TYPE_CHECKING:
    from datetime import datetime

    from redis.asyncio import Redis

ATTEMPTS = 3
NOBODY, TITLE_OF_NOBODY = "a member who left", "A thread by a member who left"

log = structlog.get_logger(__name__)


class LastAdmin(KithError):
    """Nobody could look after this Kith any more."""

    status = 409
    title = "You are the only admin"
    sentence = "Without you nobody could look after this community. Please make somebody else an admin first."


@dataclass(frozen=True)
class Footprint:
    """What an erasure would touch, for the page that explains it."""

    posts: int
    threads_that_stay: int
    threads_that_go: int
    drafts: int


_OTHERS = """SELECT 1 FROM post AS others WHERE others.thread = thread.id AND others.author IS NOT NULL
             AND others.author <> $1"""
# For readers a thread stays where somebody who is still here wrote in it.
OTHERS_WROTE = f"EXISTS ({_OTHERS} AND others.state <> 'deleted')"
# What somebody who is still here took down may have a case yet: it needs its thread, which nobody can open.
OTHERS_EVER_WROTE = f"EXISTS ({_OTHERS})"
# Their posts, and what moderators answered in a thread that goes for good.
_GOES = f"""post.id IN (
    SELECT id FROM post WHERE author = $1 UNION
    SELECT post.id FROM post JOIN thread ON thread.id = post.thread
    WHERE thread.author = $1 AND NOT {OTHERS_EVER_WROTE})"""


async def footprint_of(member_id: int) -> Footprint:
    """Count what an erasure would touch."""
    row = await fetch_one(
        f"""SELECT (SELECT count(*) FROM post WHERE author = $1 AND state <> 'deleted') AS posts,
                   (SELECT count(*) FROM draft WHERE member = $1) AS drafts,
                   (SELECT count(*) FROM thread WHERE author = $1 AND deleted_at IS NULL AND {OTHERS_WROTE})
                       AS threads_that_stay,
                   (SELECT count(*) FROM thread WHERE author = $1 AND deleted_at IS NULL AND NOT {OTHERS_WROTE})
                       AS threads_that_go""",
        member_id,
    )
    return Footprint(**row)


async def lock_member(member_id: int) -> Role | None:
    """Hold a member's row until the end of the transaction and return the role; an admin's together with all admins'.

    All in one order, so that two admins who remove each other do not wait for each other for ever.
    """
    rows = await fetch(
        """SELECT id, role FROM member
           WHERE id = $1 OR (role = 'admin' AND (SELECT role FROM member WHERE id = $1) = 'admin')
           ORDER BY id FOR UPDATE""",
        member_id,
    )
    return next((Role(row["role"]) for row in rows if row["id"] == member_id), None)


async def require_another_admin(member_id: int) -> None:
    """Make sure that somebody can look after this Kith without this member, whose row is held.

    Raises: LastAdmin.
    """
    if await fetch_one("SELECT 1 FROM member WHERE role = 'admin' AND id <> $1 LIMIT 1", member_id) is None:
        raise LastAdmin


async def erase_member(redis: Redis, member_id: int, *, at: datetime) -> None:
    """Erase a member; where it was done already, do nothing.

    Raises: LastAdmin.
    """
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            await _erase_member(redis, member_id, at=at)
            break
        except asyncpg.DeadlockDetectedError:
            if not attempts_left:
                raise
            log.info("erasure_begins_again")


async def _erase_member(redis: Redis, member_id: int, *, at: datetime) -> None:
    async with transaction():
        await _hold_writing(member_id)
        role = await lock_member(member_id)
        if role is None:
            return
        if role is Role.ADMIN:
            await require_another_admin(member_id)
        sessions = await fetch("SELECT id FROM session WHERE member = $1", member_id)
        member = await fetch_one("SELECT handle FROM member WHERE id = $1", member_id)
        await rename_in_answers(member_id, member["handle"], NOBODY)
        await _settle_reports_about(member_id, at=at)
        await _call_nobody_to(member_id)
        await _erase_threads(member_id, at=at)
        await _erase_posts(member_id, at=at)
        await _erase_reports(member_id)
        await forget_wishes_of(member_id)
        # Sessions, recovery codes, drafts, reactions, follows, visits, notices, avoidances, and what a moderator kept
        # for themselves (topics, notes after hard cases) go with the row.
        await execute("DELETE FROM member WHERE id = $1", member_id)
    await forget_copies(redis, [row["id"] for row in sessions])


async def forget_orphaned_reports() -> None:
    """Forget the words of settled reports whose reporters have left, or that are about somebody who left."""
    await execute(
        """UPDATE report SET details = '' FROM post
           WHERE post.id = report.post AND report.decided_at IS NOT NULL AND report.details <> ''
             AND (report.reporter IS NULL OR (post.author IS NULL AND NOT post.by_moderator))"""
    )


async def _hold_writing(member_id: int) -> None:
    """Wait for replies, reactions and notices that are just being written, and keep new ones waiting."""
    await execute(
        """SELECT id FROM thread WHERE author = $1 OR id IN (SELECT thread FROM post WHERE author = $1)
           ORDER BY id FOR UPDATE""",
        member_id,
    )
    await execute(
        """SELECT id FROM post WHERE author = $1 OR thread IN (SELECT id FROM thread WHERE author = $1)
           ORDER BY id FOR UPDATE""",
        member_id,
    )
    await execute("SELECT id FROM notice WHERE member = $1 ORDER BY id FOR UPDATE", member_id)


async def _settle_reports_about(member_id: int, *, at: datetime) -> None:
    """Answer what is open about their posts and others that go with their threads; forget what was told of theirs."""
    posts = await fetch(
        f"""SELECT DISTINCT post.id FROM post JOIN report ON report.post = post.id
            WHERE {_GOES} AND report.decided_at IS NULL ORDER BY post.id""",
        member_id,
    )
    for post in posts:
        await close_reports(post["id"], Outcome.TAKEN_DOWN, moderator_id=None, at=at)
    await execute(
        "UPDATE report SET details = '' FROM post WHERE post.id = report.post AND post.author = $1 AND details <> ''",
        member_id,
    )
    # A post may go for good with its thread, and what was told of it should not.
    await execute(
        f"""UPDATE notice SET post = NULL FROM post
            WHERE post.id = notice.post AND {_GOES} AND notice.kind = 'report-outcome'
              AND notice.created_at = $2""",
        member_id,
        at,
    )


async def _call_nobody_to(member_id: int) -> None:
    """Withdraw what asks staff to come to the cases of posts that go with them."""
    cases = await fetch(
        f"SELECT moderation_case.id FROM moderation_case JOIN post ON post.id = moderation_case.post WHERE {_GOES}",
        member_id,
    )
    await withdraw_all([case["id"] for case in cases])


async def _erase_threads(member_id: int, *, at: datetime) -> None:
    await execute(f"DELETE FROM thread WHERE author = $1 AND NOT {OTHERS_EVER_WROTE}", member_id)
    await execute(
        f"""UPDATE thread SET title = $2, author = NULL,
                   deleted_at = CASE WHEN {OTHERS_WROTE} THEN deleted_at ELSE coalesce(deleted_at, $3) END
            WHERE author = $1""",
        member_id,
        TITLE_OF_NOBODY,
        at,
    )


async def _erase_posts(member_id: int, *, at: datetime) -> None:
    for table in ("post_revision", "triage_task", "reaction", "assessment", "moderation_case"):
        await execute(f"DELETE FROM {table} USING post WHERE post.id = {table}.post AND post.author = $1", member_id)
    # Others were told of these posts; there is nothing left to go and read.
    await execute(
        """DELETE FROM notice USING post
           WHERE post.id = notice.post AND post.author = $1 AND notice.kind IN ('reply', 'followed')""",
        member_id,
    )
    emptied = await fetch(
        f"""WITH emptied AS (
             UPDATE post SET body = '', note_topic = '', note_text = '', left_hidden = left_hidden OR {HIDDEN},
                             state = 'deleted', author = NULL, submission_key = NULL
             WHERE author = $1 RETURNING thread)
           SELECT DISTINCT thread FROM emptied ORDER BY thread""",
        member_id,
    )
    for row in emptied:
        if not await settle_thread(row["thread"]):
            await execute("UPDATE thread SET deleted_at = coalesce(deleted_at, $2) WHERE id = $1", row["thread"], at)


async def _erase_reports(member_id: int) -> None:
    """Settled reports lose their words; open ones keep them, unsigned, until a moderator has looked."""
    await execute("UPDATE report SET details = '' WHERE reporter = $1 AND decided_at IS NOT NULL", member_id)
