"""Opening cases. Whatever flags a post (the model, a rule, a report) raises the one open case that it can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from models.database import execute, fetch_one
from triage.assessment import Reason
from triage.policy import parse_policy
from triage.queue.audit import record
from triage.queue.calls import withdraw_all
from triage.queue.claims import UNCLAIMED
from triage.queue.priority import deadline_of
from triage.scales import Severity
from triage.topics import heavy_topics_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from triage.policy import TriagePolicy

OWN_READING = frozenset({"model", "rule", "myth", "deadly", "language", "unreadable", "near-threshold", "failure"})
"""Kinds of reasons that come from reading the text: a new reading takes the place of the one before. A failure is none,
and takes nothing away."""

TAKEN_DOWN = "taken-down"
"""How the case of a post ends that its author took down, and the kind of reason where it stays open."""
MAY_NEED_SOMEBODY = Reason(TAKEN_DOWN, "author", "Its author took it down. They may still need somebody.")

KEPT_TEXT = """LEFT JOIN LATERAL (
    SELECT title, body, note_text, revision FROM post_revision
    WHERE post_revision.post = post.id AND post.state = 'deleted' ORDER BY revision DESC LIMIT 1) AS kept ON true"""
"""SQL, after a ``post``: what it said before its author took it down, as long as that is kept."""


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """What flagged a post."""

    post_id: int
    revision: int
    severity: Severity
    reasons: tuple[Reason, ...]
    is_misinformation: bool = False
    myth: str = ""
    as_soon_as_red: bool = False
    """It endangers whoever reads it, or nobody knows yet how urgent it is: somebody looks as soon as at a red one."""
    weight: float = 1.0
    """What the word of whoever flagged it weighs: above one, somebody looks sooner."""


_WAITS_ANEW = "($3 >= 2 AND $3 > severity AND (severity < 2 OR first_look_at IS NOT NULL))"


async def raise_case(flag: Flag, policy: TriagePolicy, *, at: datetime) -> int:
    """Open the post's case, or add to the one that is open; return its id.

    Severity and deadline only ever become more urgent while a case is open. Where it becomes urgent, or a crisis after
    somebody had looked, it waits anew for its first look, unless somebody has it. The caller's transaction holds the
    post.
    """
    deadline = deadline_of(
        flag.severity,
        policy,
        at=at,
        is_misinformation=flag.is_misinformation,
        as_soon_as_red=flag.as_soon_as_red,
        weight=flag.weight,
    )
    case = await fetch_one(
        "SELECT id, reasons FROM moderation_case WHERE post = $1 AND closed_at IS NULL FOR UPDATE", flag.post_id
    )
    reasons = flag.reasons if case is None else _joined(reasons_from(case["reasons"]), flag.reasons)
    topics = heavy_topics_of(await _text_of(flag.post_id), reasons)
    if case is None:
        row = await fetch_one(
            """INSERT INTO moderation_case (post, revision, severity, is_misinformation, myth, reasons, topics,
                                            opened_at, deadline, escalation, outcome)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '') RETURNING id""",
            flag.post_id, flag.revision, flag.severity, flag.is_misinformation, flag.myth,
            _as_json(reasons), topics, at, deadline,
        )  # fmt: skip
        return int(row["id"])
    await execute(
        f"""UPDATE moderation_case SET revision = greatest(revision, $2), severity = greatest(severity, $3),
                  is_misinformation = is_misinformation OR $4, myth = CASE WHEN $5 = '' THEN myth ELSE $5 END,
                  reasons = $6, topics = $7, deadline = least(deadline, $8),
                  urgent_since = CASE WHEN {_WAITS_ANEW} THEN $9 ELSE urgent_since END,
                  urgent_by = CASE WHEN {_WAITS_ANEW} OR urgent_by > $8 THEN $8 ELSE urgent_by END,
                  first_look_at = CASE WHEN $3 < 2 OR $3 <= severity THEN first_look_at
                                       WHEN claimed_until >= $9 THEN $9 END,
                  on_call_by = CASE WHEN on_call_by > $8 THEN $8 ELSE on_call_by END WHERE id = $1""",
        case["id"], flag.revision, flag.severity, flag.is_misinformation, flag.myth,
        _as_json(reasons), topics, deadline, at,
    )  # fmt: skip
    return int(case["id"])


async def hold_cases_of(*post_ids: int) -> None:
    """Lock the open cases of posts; before their thread, whose row comes after them everywhere."""
    await execute(
        "SELECT 1 FROM moderation_case WHERE post = ANY($1) AND closed_at IS NULL ORDER BY id FOR UPDATE", post_ids
    )


async def policy_of(post_id: int) -> TriagePolicy:
    """Return the policy of the board that a post is on."""
    row = await fetch_one(
        """SELECT board.triage_policy FROM post JOIN thread ON thread.id = post.thread
           JOIN board ON board.id = thread.board WHERE post.id = $1""",
        post_id,
    )
    return parse_policy(row["triage_policy"])


async def close_case(case_id: int, outcome: str, *, by: int | None, at: datetime) -> None:
    """Close a case, which is with nobody from then on; the caller's transaction holds it, and writes that down.

    ``by`` is the moderator who decided, ``None`` where there is nothing to decide about any more.
    """
    await execute(
        f"""UPDATE moderation_case SET closed_at = $4, closed_by = $3, outcome = $2, {UNCLAIMED}, assigned_to = NULL
            WHERE id = $1""",
        case_id,
        outcome,
        by,
        at,
    )
    await withdraw_all([case_id])


async def end_case_of(post_id: int, *, at: datetime) -> int | None:
    """Close the open case of a post that its author took down, and return its id.

    The caller writes that down with ``record_end``, after every lock on a row.
    """
    case = await fetch_one("SELECT id FROM moderation_case WHERE post = $1 AND closed_at IS NULL FOR UPDATE", post_id)
    if case is None:
        return None
    await close_case(case["id"], TAKEN_DOWN, by=None, at=at)
    return int(case["id"])


async def record_end(case_id: int, *, at: datetime) -> None:
    """Write down that a case was closed; last in the transaction, as every entry."""
    await record("close", f"case:{case_id}", actor=None, at=at, detail={"why": TAKEN_DOWN})


def reasons_from(column: str) -> tuple[Reason, ...]:
    """Read the reasons of a case or an assessment."""
    return msgspec.json.decode(column, type=tuple[Reason, ...])


async def _text_of(post_id: int) -> str:
    """Return a post as its case shows it: below its content note and the title of its thread."""
    row = await fetch_one(
        f"""SELECT coalesce(nullif(kept.title, ''), thread.title) AS title, coalesce(kept.body, post.body) AS body,
                   coalesce(kept.note_text, post.note_text) AS note_text
            FROM post JOIN thread ON thread.id = post.thread {KEPT_TEXT} WHERE post.id = $1""",
        post_id,
    )
    return f"{row['note_text']}\n{row['title']}\n{row['body']}"


def _as_json(reasons: Sequence[Reason]) -> str:
    return msgspec.json.encode(reasons).decode()


def _joined(before: Sequence[Reason], now: Sequence[Reason]) -> list[Reason]:
    """Put new reasons beside those that still hold, each once."""
    is_new_reading = any(reason.kind in OWN_READING - {"failure"} for reason in now)
    kept = [reason for reason in before if not (is_new_reading and reason.kind in OWN_READING)]
    return list({(reason.kind, reason.detail): reason for reason in (*kept, *now)}.values())
