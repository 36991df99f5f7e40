"""Many cases at once: near-duplicates and raids. Each is a decision of its own: told, appealed and undone by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one, transaction
from server.errors import KithError
from server.forum.own_words import OWN_TITLE
from server.moderation.deciding import decide, lock_post
from server.moderation.queue import FlaggedPost
from server.moderation.repeats import find_decision
from server.moderation.seen import IN_WORDS, WHAT_IS_SAID, Seen
from triage.queue import claims
from triage.queue.cases import reasons_from
from triage.queue.handing import ANOTHER_DECIDES, WRITER
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from server.moderation.forms import DecisionForm

ALIKE = 0.5
"""Trigram similarity from which on two posts count as near-duplicates."""
MOST_AT_ONCE = 50
WORDS = f"concat_ws(' ', {OWN_TITLE}, post.body)"
"""SQL: all that a post says; with the title of its thread where it opens one."""

SOMEBODY_WROTE = f"""(moderation_case.escalated_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM jsonb_array_elements(moderation_case.reasons) AS reason
               WHERE reason ->> 'kind' IN {ANOTHER_DECIDES})
    OR EXISTS (SELECT 1 FROM report WHERE report.post = post.id AND report.decided_at IS NULL
               AND {IN_WORDS}))"""
"""SQL, of an open case and its ``post``: somebody objects, asks, is worried or told something in words, which is read
and answered by itself."""


class Beside(StrEnum):
    """Which open cases are shown beside one."""

    ALIKE = "alike"
    AUTHOR = "author"
    NEW = "new"


_WHICH = {
    Beside.ALIKE: f"similarity({WORDS}, this.words) >= {ALIKE}",
    Beside.AUTHOR: "post.author = this.author",
    # Kith keeps the day on which somebody joined, no hour: 24 hours are that day and the next.
    Beside.NEW: """thread.board = this.board
                   AND member.joined_on >= (post.created_at AT TIME ZONE 'UTC')::date - 1""",
}


@dataclass(frozen=True)
class Alike(FlaggedPost):
    """An open case whose post is much like another's."""

    id: int
    author: str | None
    by_moderator: bool
    title: str
    """Its thread's, where the post opens it: part of it; else empty."""
    reports: list[str]
    """Of which broken rules members told, without a word of their own."""
    revision: int
    said: str
    """Why it is here, in short: so the form tells what the page showed."""


async def find_beside(case_id: int, moderator_id: int, which: Beside, *, at: datetime) -> list[Alike]:
    """Return the case and the open, free ones beside it; none whose post is the moderator's own, none that is read by
    itself because its author took the post down or because somebody wrote about it.

    Those in the same thread come first among new accounts; then the most alike.
    """
    rows = await fetch(
        f"""SELECT moderation_case.id, member.handle AS author, post.by_moderator, {OWN_TITLE} AS title, post.body,
                   moderation_case.severity, post.revision, moderation_case.is_misinformation, moderation_case.topics,
                   moderation_case.reasons, {WHAT_IS_SAID} AS said
            FROM moderation_case JOIN post ON post.id = moderation_case.post
            JOIN thread ON thread.id = post.thread LEFT JOIN member ON member.id = post.author
            CROSS JOIN (SELECT {WORDS} AS words, post.author, post.thread, thread.board
                        FROM moderation_case JOIN post ON post.id = moderation_case.post
                        JOIN thread ON thread.id = post.thread WHERE moderation_case.id = $1) AS this
            WHERE moderation_case.closed_at IS NULL AND post.state <> 'deleted' AND {WRITER} IS DISTINCT FROM $2
              AND (moderation_case.claimed_by IS NULL OR moderation_case.claimed_by = $2
                   OR moderation_case.claimed_until < $3)
              AND NOT {SOMEBODY_WROTE} AND (moderation_case.id = $1 OR ({_WHICH[which]}))
            ORDER BY moderation_case.id <> $1, $4 AND post.thread <> this.thread,
                     similarity({WORDS}, this.words) DESC LIMIT {MOST_AT_ONCE}""",
        case_id,
        moderator_id,
        at,
        which is Beside.NEW,
    )
    return [
        Alike(
            body=row["body"],
            severity=Severity(row["severity"]),
            is_misinformation=row["is_misinformation"],
            topics=row["topics"],
            id=row["id"],
            author=row["author"],
            by_moderator=row["by_moderator"],
            title=row["title"],
            reports=[reason.explanation for reason in reasons_from(row["reasons"]) if reason.kind == "report"],
            revision=row["revision"],
            said=row["said"],
        )
        for row in rows
    ]


async def decide_all(cases: dict[int, Seen], moderator_id: int, form: DecisionForm, *, at: datetime) -> tuple[int, int]:
    """Decide cases, by id, in the same way; return how many were decided, and how many were not.

    What a colleague has, what was changed or closed meanwhile, is left alone; what this moderator decided in the very
    same way a moment ago counts as decided. An author is paused once, with the first of their posts, however many of
    them are chosen.
    """
    decided = 0
    authors, paused = await _authors_of(cases), set[int]()
    for case_id, seen in list(cases.items())[:MOST_AT_ONCE]:
        with_pause, without = (one.for_case(seen) for one in (form, form.without_pause()))
        is_paused = authors.get(case_id) in paused
        if not (
            await _decide_at_once(case_id, moderator_id, without if is_paused else with_pause, at=at)
            or await find_decision(case_id, moderator_id, with_pause, without, at=at)
        ):
            continue
        decided += 1
        if form.pause.stops and case_id in authors:
            paused.add(authors[case_id])
    return decided, len(cases) - decided


async def _decide_at_once(case_id: int, moderator_id: int, form: DecisionForm, *, at: datetime) -> bool:
    """Take and decide a case in one transaction; where either cannot be, leave everything as it was."""
    try:
        async with transaction():
            case = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", case_id)
            if case is None:
                return False
            await lock_post(case["post"])
            if not await claims.take_to_decide(case_id, moderator_id, at=at):
                return False
            await decide(case_id, moderator_id, form, at=at)
    except KithError:
        return False
    return True


async def _authors_of(case_ids: Iterable[int]) -> dict[int, int]:
    """Return who wrote the posts of cases, as far as they are still here."""
    rows = await fetch(
        """SELECT moderation_case.id, post.author FROM moderation_case JOIN post ON post.id = moderation_case.post
           WHERE moderation_case.id = ANY($1) AND post.author IS NOT NULL""",
        list(case_ids),
    )
    return {row["id"]: row["author"] for row in rows}
