"""The demo: an invented community in which a newcomer can click around. Its texts lie in ``demo_community.json``.

Everything is written by the same services as a member's own posts, in the order in which it happened, so that triage
tasks, follows and notices are those of a community that lived for two weeks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import msgspec

from models.database import execute, fetch_one, transaction
from models.members import Role
from server.clock import now
from server.errors import KithError
from server.forum.notes import ContentNote
from server.forum.posts import Writing, Written, write_reply, write_thread
from server.forum.visits import remember_reading
from server.members.hashing import hash_secret
from server.members.phrase import new_phrase, normalise_phrase
from server.members.totp import encrypt_secret, new_secret, secret_uri
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from server.support.service import follow, toggle_reaction

if TYPE_CHECKING:
    from server.settings import Settings

COMMUNITY = Path(__file__).parent / "demo_community.json"
JOINED_BEFORE = timedelta(days=21)
READ_AFTER = timedelta(days=2)
"""Notices older than this count as read."""

REACTIONS_APART = timedelta(minutes=11)
LOADING_LOCK = 2_026_1103
"""Key of the advisory lock under which one process loads while others wait."""


class CommunityIsReal(KithError):
    """Somebody lives here already, and would find invented people among them."""

    status = 409
    title = "This community has members"
    sentence = (
        "This Kith has members of its own, so the invented demo community was not loaded. "
        "Please load it into an empty one."
    )


class DemoPost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What openings and answers share; ``reactions`` are handles by kind."""

    author: str
    hours_ago: float
    body: str
    note: str = ""
    note_text: str = ""
    reactions: dict[str, list[str]] = {}

    def writing(self) -> Writing:
        """Return it as a form would send it."""
        return Writing(self.body, ContentNote(self.note, self.note_text), uuid4())


class DemoReply(DemoPost, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer; ``to`` counts the thread's answers from 0, and without it the thread itself is answered."""

    to: int | None = None


class DemoThread(DemoPost, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A thread with its answers, oldest first; ``followers`` read along without writing."""

    board: str
    title: str
    followers: list[str] = []
    replies: list[DemoReply] = []


class DemoReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report of the opening post of the thread with this title; moderators have not decided on it yet."""

    title: str
    reporter: str
    kind: Literal["worried", "rules"]
    hours_ago: float
    reason: str
    details: str


class DemoCommunity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody, and all that they wrote."""

    members: list[str]
    moderator: str
    admin: str
    threads: list[DemoThread]
    reports: list[DemoReport]

    @property
    def handles(self) -> list[str]:
        """Everybody's handle."""
        return [*self.members, self.moderator, self.admin]

    def in_order(self) -> list[tuple[DemoThread, DemoReply | None]]:
        """Return all posts, oldest first; without a reply it is the thread's opening."""
        posts = [(thread, reply) for thread in self.threads for reply in (None, *thread.replies)]
        return sorted(posts, key=lambda post: -(post[1] or post[0]).hours_ago)


def read_demo() -> DemoCommunity:
    """Read the invented community."""
    return msgspec.json.decode(COMMUNITY.read_bytes(), type=DemoCommunity)


async def load_demo(settings: Settings, at: datetime | None = None) -> str:
    """Load the demo into a seeded Kith and return its logins to be printed; where it is loaded already, say so.

    Raises: CommunityIsReal where anybody but admins is a member.
    """
    moment = at or now()
    demo = read_demo()
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", LOADING_LOCK)
        if await fetch_one("SELECT 1 FROM member WHERE handle_key = ANY($1) LIMIT 1", demo.handles):
            return "The demo community is there already; its logins were printed when it was loaded."
        if await fetch_one("SELECT 1 FROM member WHERE role <> 'admin' LIMIT 1"):
            raise CommunityIsReal
        logins = [await _add_member(handle, Role.MEMBER, settings, at=moment) for handle in demo.members]
        logins.append(await _add_member(demo.moderator, Role.MODERATOR, settings, at=moment))
        logins.append(await _add_member(demo.admin, Role.ADMIN, settings, at=moment))
        ids = {login.handle: login.member_id for login in logins}
        loading = _Loading(moment, ids)
        for thread, reply in demo.in_order():
            await loading.write(thread, reply)
        for report in demo.reports:
            await loading.report(report)
        # Their posts were written before, and wait to be read from now on.
        await execute(
            """UPDATE triage_task SET created_at = $1 FROM post
               WHERE post.id = triage_task.post AND post.author = ANY($2::bigint[])""",
            moment,
            list(ids.values()),
        )
        await execute(
            "UPDATE notice SET read_at = $1 WHERE created_at < $2 AND member = ANY($3::bigint[])",
            moment,
            moment - READ_AFTER,
            list(ids.values()),
        )
    return "\n".join(("Demo logins (invented people; never on a real community):", *(str(login) for login in logins)))


class _Login(msgspec.Struct, frozen=True):
    member_id: int
    handle: str
    role: Role
    phrase: str
    totp_secret: str

    def __str__(self) -> str:
        line = f"  {self.handle:<18} {self.phrase}"
        if self.totp_secret:
            line += f"\n  {'':<18} {self.role.value}; second factor for an authenticator app: {self.totp_secret}"
            line += f"\n  {'':<18} {secret_uri(self.totp_secret, self.handle)}"
        return line


async def _add_member(handle: str, role: Role, settings: Settings, *, at: datetime) -> _Login:
    phrase = new_phrase()
    totp_secret = "" if role is Role.MEMBER else new_secret()
    row = await fetch_one(
        """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices,
                               totp_secret, totp_last_step)
           VALUES ($1::varchar, $1::varchar, $2, $3, $4, true, '{}', $5, 0) RETURNING id""",
        handle,
        await hash_secret(normalise_phrase(phrase)),
        role.value,
        (at - JOINED_BEFORE).date(),
        encrypt_secret(totp_secret, secret_key=settings.secret_key) if totp_secret else None,
    )
    return _Login(row["id"], handle, role, phrase, totp_secret)


class _Loading:
    """The loading under way: who is who, and what is written so far."""

    def __init__(self, moment: datetime, ids: dict[str, int]) -> None:
        self._moment = moment
        self._ids = ids
        self._written: dict[str, list[Written]] = {}
        """By title: the opening, then the answers."""

    async def write(self, thread: DemoThread, reply: DemoReply | None) -> None:
        """Write one post, and what others sent to it."""
        written = await self._answer(thread, reply) if reply else await self._open(thread)
        self._written.setdefault(thread.title, []).append(written)
        post = reply or thread
        # Who writes has the thread on screen up to there: what comes later is marked as new to them.
        await remember_reading(self._ids[post.author], written.thread_id, [written.post_id])
        await self._react(written.post_id, post)

    async def report(self, report: DemoReport) -> None:
        """Speak up about a thread's opening."""
        tell = tell_worry if report.kind == "worried" else report_rules
        form = ReportForm(report.reason, report.details)
        opening = self._written[report.title][0]
        await tell(opening.post_id, self._ids[report.reporter], form, at=self._time(report.hours_ago))

    def _time(self, hours_ago: float) -> datetime:
        return self._moment - timedelta(hours=hours_ago)

    async def _open(self, thread: DemoThread) -> Written:
        board = await fetch_one("SELECT id FROM board WHERE slug = $1", thread.board)
        if board is None:
            raise LookupError(f"The demo writes in the board {thread.board}, which does not exist here.")
        written = await write_thread(
            board_id=board["id"],
            author_id=self._ids[thread.author],
            title=thread.title,
            writing=thread.writing(),
            at=self._time(thread.hours_ago),
        )
        for handle in thread.followers:
            await follow(self._ids[handle], written.thread_id, self._time(thread.hours_ago))
        return written

    async def _answer(self, thread: DemoThread, reply: DemoReply) -> Written:
        opening, *answers = self._written[thread.title]
        return await write_reply(
            thread_id=opening.thread_id,
            author_id=self._ids[reply.author],
            answering=None if reply.to is None else answers[reply.to].post_id,
            writing=reply.writing(),
            at=self._time(reply.hours_ago),
        )

    async def _react(self, post_id: int, post: DemoPost) -> None:
        given = [(kind, handle) for kind, handles in post.reactions.items() for handle in handles]
        for number, (kind, handle) in enumerate(given, start=1):
            at = min(self._time(post.hours_ago) + REACTIONS_APART * number, self._moment)
            await toggle_reaction(post_id, self._ids[handle], kind, at=at)
