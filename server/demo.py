"""The demo: an invented community in which a newcomer can click around. Its texts lie in ``demo_community.json``."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import msgspec

from models.database import fetch_one, transaction
from models.members import Role
from server.clock import now
from server.forum.notes import ContentNote
from server.forum.posts import Writing, write_reply, write_thread
from server.members.hashing import hash_secret
from server.members.phrase import new_phrase, normalise_phrase
from server.members.totp import encrypt_secret, new_secret, secret_uri
from server.reports.forms import ReportForm
from server.reports.service import report_rules, tell_worry
from server.support.service import toggle_reaction

if TYPE_CHECKING:
    from server.settings import Settings

COMMUNITY = Path(__file__).parent / "demo_community.json"
JOINED_BEFORE = timedelta(days=21)


class DemoReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer; ``to`` counts the thread's answers from 0, and without it the thread itself is answered."""

    author: str
    hours_ago: float
    body: str
    to: int | None = None
    note: str = ""
    reactions: dict[str, list[str]] = {}


class DemoThread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A thread with its answers, oldest first."""

    board: str
    author: str
    hours_ago: float
    title: str
    body: str
    note: str = ""
    reactions: dict[str, list[str]] = {}
    replies: list[DemoReply] = []


class DemoReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report of a thread's opening post; ``thread`` counts from 0."""

    thread: int
    reporter: str
    kind: Literal["worried", "rules"]
    reason: str
    details: str


class DemoCommunity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody, and all that they wrote."""

    members: list[str]
    moderator: str
    admin: str
    threads: list[DemoThread]
    reports: list[DemoReport]


def read_demo() -> DemoCommunity:
    """Read the invented community."""
    return msgspec.json.decode(COMMUNITY.read_bytes(), type=DemoCommunity)


async def load_demo(settings: Settings, at: datetime | None = None) -> str:
    """Load the demo into a seeded Kith and return its logins to be printed; where it is loaded already, say so."""
    moment = at or now()
    demo = read_demo()
    if await fetch_one("SELECT 1 FROM member WHERE handle_key = $1", demo.admin):
        return "The demo community is there already; its logins were printed when it was loaded."
    async with transaction():
        logins = [await _add_member(handle, Role.MEMBER, settings, at=moment) for handle in demo.members]
        logins.append(await _add_member(demo.moderator, Role.MODERATOR, settings, at=moment))
        logins.append(await _add_member(demo.admin, Role.ADMIN, settings, at=moment))
        ids = {login.handle: login.member_id for login in logins}
        openings = [await _write_thread(thread, ids, at=moment) for thread in demo.threads]
        for report in demo.reports:
            tell = tell_worry if report.kind == "worried" else report_rules
            form = ReportForm(report.reason, report.details)
            await tell(openings[report.thread], ids[report.reporter], form, at=moment)
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
            line += f"\n  {'':<18} {self.role.value}; second factor: {secret_uri(self.totp_secret, self.handle)}"
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


async def _write_thread(thread: DemoThread, ids: dict[str, int], *, at: datetime) -> int:
    board = await fetch_one("SELECT id FROM board WHERE slug = $1", thread.board)
    if board is None:
        raise LookupError(f"The demo writes in the board {thread.board}, which does not exist here.")
    written = await write_thread(
        board_id=board["id"],
        author_id=ids[thread.author],
        title=thread.title,
        writing=Writing(thread.body, ContentNote(thread.note), uuid4()),
        at=at - timedelta(hours=thread.hours_ago),
    )
    await _react(written.post_id, thread.reactions, ids, at=at)
    replies: list[int] = []
    for reply in thread.replies:
        answer = await write_reply(
            thread_id=written.thread_id,
            author_id=ids[reply.author],
            answering=None if reply.to is None else replies[reply.to],
            writing=Writing(reply.body, ContentNote(reply.note), uuid4()),
            at=at - timedelta(hours=reply.hours_ago),
        )
        replies.append(answer.post_id)
        await _react(answer.post_id, reply.reactions, ids, at=at)
    return written.post_id


async def _react(post_id: int, reactions: dict[str, list[str]], ids: dict[str, int], *, at: datetime) -> None:
    for kind, handles in reactions.items():
        for handle in handles:
            await toggle_reaction(post_id, ids[handle], kind, at=at)
