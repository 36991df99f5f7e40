"""Writing notices, listing them, and marking them read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, execute_lightly, fetch, fetch_one, transaction
from server.clock import now, to_the_hour
from server.errors import NotFound
from server.forum.keyset import Page, cut_page
from server.forum.visibility import open_to
from server.moderation.restrictions import RESTRICTS
from server.notices.sentences import (
    ABOUT_CASES,
    ABOUT_CRISIS_LINES,
    APPEALABLE,
    EDIT_ASKED,
    NO_CRISIS_LINE,
    OUTLASTS_POST,
    PHRASE_FIRST,
    WISH_TO_TALK,
    sentence_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PAGE_SIZE = 25
MANY = 99
"""Unread notices are counted up to here."""

NEWEST = 2**62
CAN_ALWAYS_OPEN = (*ABOUT_CASES, *ABOUT_CRISIS_LINES, PHRASE_FIRST, "support")
"""Kinds that lead somewhere without a post."""


@dataclass(frozen=True)
class NoticeLine:
    """A notice in the member's list."""

    id: int
    kind: str
    detail: str
    created_at: datetime
    is_unread: bool
    title: str | None
    """Of the thread it is about; ``None`` where there is none to see any more."""
    can_open: bool
    who: str | None
    """The handle of whom it is about, where it is about a colleague."""
    post_id: int | None
    """Of the post that it is about, unless that was taken down and took what is told here with it."""
    decision_id: int | None
    """Of the moderator's decision that it tells of, where it takes something from this member or was objected to."""
    may_change: bool
    """The post is this member's own, and can still be changed."""

    @property
    def sentence(self) -> str:
        """What happened."""
        return sentence_of(self.kind, self.detail, self.who)

    @property
    def can_appeal(self) -> bool:
        """Tell whether another moderator can be asked to look at it again, or was."""
        return self.decision_id is not None and self.post_id is not None

    @property
    def asks_to_edit(self) -> bool:
        """Tell whether this is a moderator's request for a change that can still be made."""
        return self.kind == EDIT_ASKED and self.may_change

    @property
    def words(self) -> str:
        """What a moderator wrote about it, or nothing."""
        return words_of(self.kind, self.detail)


async def notify(member_id: int, kind: str, *, post_id: int | None = None, detail: str = "", at: datetime) -> None:
    """Tell a member that something happened; the caller may be inside a transaction."""
    await execute(
        "INSERT INTO notice (member, kind, post, detail, created_at) VALUES ($1, $2, $3, $4, $5)",
        member_id,
        kind,
        post_id,
        detail,
        at,
    )


async def tell_of_case(member_ids: Sequence[int], kind: str, case_id: int, *, at: datetime) -> None:
    """Tell staff something of a case; of several unread notices of one kind each keeps only the newest."""
    await execute(
        """WITH replaced AS (
             DELETE FROM notice WHERE member = ANY($1::bigint[]) AND read_at IS NULL AND kind = $2 AND detail = $3
           )
           INSERT INTO notice (member, kind, detail, created_at) SELECT unnest($1::bigint[]), $2, $3, $4""",
        member_ids,
        kind,
        str(case_id),
        at,
    )


async def tell_wish_to_talk(member_id: int, *, at: datetime) -> int:
    """Tell the other admins and clinicians that somebody would like to talk, and nothing else; return how many.

    Each keeps only the newest of several unread ones.
    """
    rows = await fetch(
        f"""WITH listener AS (SELECT id FROM member WHERE role IN ('admin', 'clinician') AND id <> $1),
            replaced AS (DELETE FROM notice USING listener WHERE notice.member = listener.id
                           AND notice.read_at IS NULL AND notice.kind = '{WISH_TO_TALK}' AND notice.detail = $2)
            INSERT INTO notice (member, kind, detail, created_at)
            SELECT id, '{WISH_TO_TALK}', $2, $3 FROM listener RETURNING member""",
        member_id,
        str(member_id),
        at,
    )
    return len(rows)


async def keep_admins_told(kinds: Sequence[str], kind: str, detail: str = "", *, at: datetime) -> None:
    """Have every admin hear once what is true now: of ``kinds`` the one that ``kind`` names, or nothing if empty.

    What is not so any more is withdrawn, so that it can be told again.
    """
    async with transaction():
        # Held, so that two workers do not both tell them.
        await execute("SELECT 1 FROM member WHERE role = 'admin' ORDER BY id FOR NO KEY UPDATE")
        await execute(
            "DELETE FROM notice WHERE kind = ANY($1::varchar[]) AND (kind <> $2 OR detail <> $3)", kinds, kind, detail
        )
        await execute(
            """INSERT INTO notice (member, kind, detail, created_at)
               SELECT id, $1::varchar, $2::text, $3 FROM member WHERE role = 'admin' AND $1 <> '' AND NOT EXISTS (
                 SELECT 1 FROM notice WHERE notice.member = member.id AND kind = $1::varchar AND detail = $2::text)""",
            kind,
            detail,
            at,
        )


async def forget_wishes_of(member_id: int) -> None:
    """Withdraw every notice that says that somebody would like to talk: they leave."""
    await execute(f"DELETE FROM notice WHERE kind = '{WISH_TO_TALK}' AND detail = $1", str(member_id))


async def take_back(member_id: int, kind: str, *, post_id: int, detail: str, written_after: datetime | None) -> None:
    """Withdraw an unread notice that is no longer true; with ``written_after`` only one written since."""
    await execute(
        """DELETE FROM notice WHERE member = $1 AND read_at IS NULL AND kind = $2 AND post = $3 AND detail = $4
             AND ($5::timestamptz IS NULL OR created_at > $5)""",
        member_id,
        kind,
        post_id,
        detail,
        written_after,
    )


async def notify_followers(post_id: int, *, at: datetime) -> None:
    """Tell those who follow a thread of its new post; the one whom it answers hears that they were answered.

    Nobody hears of a member whom they mute or block, or who blocks them. A post without an author is a moderator's:
    whoever is answered by one always hears of it. Of several new posts in a thread a follower keeps only the newest
    notice. Call it inside the transaction that writes the post, after its thread was changed: the thread's row lock
    keeps two posts at once from both seeing no older notice.
    """
    await execute(
        """WITH new AS (
             SELECT post.thread, post.author,
                    CASE WHEN quoted.id IS NULL THEN thread.author ELSE quoted.author END AS answered
             FROM post JOIN thread ON thread.id = post.thread LEFT JOIN post AS quoted ON quoted.id = post.quoted
             WHERE post.id = $1
           ), concerned AS (
             SELECT follow.member AS id FROM follow JOIN new ON follow.thread = new.thread
             WHERE follow.member IS DISTINCT FROM new.author AND NOT EXISTS (
               SELECT 1 FROM avoidance WHERE (avoidance.member = follow.member AND avoidance.other = new.author)
                  OR (avoidance.member = new.author AND avoidance.other = follow.member AND avoidance.kind = 'block'))
             UNION SELECT answered FROM new WHERE author IS NULL AND answered IS NOT NULL
           ), listener AS (
             SELECT id, id IS NOT DISTINCT FROM (SELECT answered FROM new) AS is_answered FROM concerned
           ), replaced AS (
             DELETE FROM notice USING listener, post
             WHERE notice.member = listener.id AND NOT is_answered AND notice.read_at IS NULL
               AND notice.kind = 'followed' AND post.id = notice.post AND post.thread = (SELECT thread FROM new)
           )
           INSERT INTO notice (member, kind, post, detail, created_at)
           SELECT id, CASE WHEN is_answered THEN 'reply' ELSE 'followed' END, $1, '', $2 FROM listener""",
        post_id,
        at,
    )


@dataclass(frozen=True)
class Unread:
    """What a page's head says of a member's notices."""

    number: int
    """Without the offer of help: its panel stands on every page until it is closed."""
    offers_support: bool
    """Help was offered after something they wrote, and the panel was not closed yet."""


async def unread_of(member_id: int) -> Unread:
    """Count a member's unread notices, up to 99, and tell whether help is offered."""
    row = await fetch_one(
        """SELECT (SELECT count(*) FROM (SELECT 1 FROM notice WHERE member = $1 AND read_at IS NULL
                                           AND kind <> 'support' LIMIT $2) AS unread) AS number,
                  EXISTS (SELECT 1 FROM notice WHERE member = $1 AND read_at IS NULL
                            AND kind = 'support') AS offers_support""",
        member_id,
        MANY,
    )
    return Unread(**row)


async def list_notices(member_id: int, *, after: int = NEWEST) -> Page[NoticeLine]:
    """Return one page of a member's notices, newest first; ``after`` is the last id of the page before."""
    rows = await fetch(
        f"""SELECT notice.id, notice.kind, notice.detail, notice.created_at,
                   notice.read_at IS NULL AND notice.kind <> 'support' AS is_unread, thread.title,
                   coalesce(post.state IN ('published', 'covered')
                            OR (post.state IN ('held', 'removed') AND post.author = $1), false)
                     AND thread.id IS NOT NULL OR notice.kind IN {CAN_ALWAYS_OPEN} AS can_open,
                   CASE WHEN notice.kind = '{WISH_TO_TALK}' THEN (
                     SELECT handle FROM member WHERE member.id = notice.detail::bigint) END AS who,
                   CASE WHEN post.state <> 'deleted' OR notice.kind IN {OUTLASTS_POST} THEN post.id END AS post_id,
                   CASE WHEN notice.kind IN {tuple(sorted(APPEALABLE))} THEN (
                     SELECT decision.id FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
                     WHERE moderation_case.post = notice.post AND decision.decided_at = notice.created_at
                       AND post.author = $1 AND ({RESTRICTS.format(now="$3")} OR EXISTS (
                         SELECT 1 FROM appeal WHERE appeal.decision = decision.id))
                     ORDER BY decision.id DESC LIMIT 1) END AS decision_id,
                   coalesce(post.author = $1 AND post.state IN ('published', 'covered', 'held'), false)
                     AND thread.id IS NOT NULL AS may_change
            FROM notice LEFT JOIN post ON post.id = notice.post
            LEFT JOIN thread ON thread.id = post.thread AND {open_to("$1")}
            WHERE notice.member = $1 AND notice.id < $2 ORDER BY notice.id DESC LIMIT {PAGE_SIZE + 1}""",
        member_id,
        after,
        now(),
    )
    return cut_page([NoticeLine(**row) for row in rows], PAGE_SIZE, cursor=lambda line: str(line.id))


async def open_notice(notice_id: int, member_id: int, *, at: datetime) -> str:
    """Mark one notice read and return the path of what it is about, or of the list of notices.

    An offer of help leads to help and stays open: only its panel's own button closes it.

    Raises: NotFound where it is not this member's.
    """
    row = await fetch_one(
        """UPDATE notice SET read_at = CASE WHEN kind = 'support' THEN read_at ELSE coalesce(read_at, $3) END
           WHERE id = $1 AND member = $2 RETURNING kind, post, detail""",
        notice_id,
        member_id,
        to_the_hour(at),
    )
    if row is None:
        raise NotFound("This notice is gone.")
    if row["kind"] in ABOUT_CASES:
        return f"/moderation/cases/{row['detail']}"
    if row["kind"] in ABOUT_CRISIS_LINES:
        library = "/moderation/resources"
        return f"{library}?region={row['detail']}" if row["kind"] == NO_CRISIS_LINE else library
    if row["kind"] == PHRASE_FIRST:
        return "/join/phrase"
    if row["kind"] == "support":
        return "/help"
    return f"/posts/{row['post']}" if row["post"] else "/notices"


async def mark_all_read(member_id: int, *, up_to: int = NEWEST, at: datetime) -> None:
    """Mark a member's notices read, up to the newest that was on their page; an offer of help stays open."""
    await execute(
        """UPDATE notice SET read_at = $3
           WHERE member = $1 AND read_at IS NULL AND id <= $2 AND kind <> 'support'""",
        member_id,
        up_to,
        to_the_hour(at),
    )


async def mark_posts_read(member_id: int, thread_id: int, post_ids: Sequence[int], *, at: datetime) -> None:
    """Mark read what notices said of posts that the member has on screen, and of those of the thread that are gone."""
    await execute_lightly(
        """UPDATE notice SET read_at = $4 FROM post
           WHERE notice.member = $1 AND notice.read_at IS NULL AND notice.kind IN ('reply', 'followed')
             AND post.id = notice.post AND post.thread = $2
             AND (post.id = ANY($3::bigint[]) OR post.state IN ('deleted', 'removed'))""",
        member_id,
        thread_id,
        post_ids,
        to_the_hour(at),
    )
