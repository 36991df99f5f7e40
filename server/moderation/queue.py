"""The list of open cases: what waits, in which order, and with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import fetch, fetch_one
from server.moderation.alerting import IS_CALLED_OUT, IS_OVERDUE
from server.moderation.opinion import OPINION_KINDS
from server.moderation.passing_on import OnCallFor, escalated_for
from server.text.numbers import COUNT_DIGITS, whole_number
from triage.queue.cases import KEPT_TEXT, reasons_from
from triage.queue.handing import FOR_ANOTHER, SECOND_OPINION, WRITER
from triage.queue.priority import FIRST_COMES_FIRST
from triage.scales import Severity, severity_of
from triage.summary import summarise
from triage.topics import HEAVY_TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from triage.assessment import Reason

PAGE_SIZE = 30
REASON_KINDS = {
    "model": "classifier", "rule": "rule", "myth": "known myth", "deadly": "may be deadly",
    "worried": "somebody is worried", "report": "reported", "language": "other language",
    "unreadable": "cannot be read", "near-threshold": "in doubt", "failure": "not read",
    "appeal": "appeal", "second-opinion": "second opinion", "changed": "changed by its author",
    "taken-down": "taken down by its author",
}  # fmt: skip
"""Kinds of reasons, in a word or two."""
KINDS_WITHOUT_OPINION = {kind: words for kind, words in REASON_KINDS.items() if kind not in OPINION_KINDS}
"""The same without those that come from the classifier."""


class QueueFilter(msgspec.Struct, frozen=True):
    """What of the queue somebody wants to see."""

    severity: Severity | None = None
    board: str = ""
    kind: str = ""
    topic: str = ""
    """A name of ``triage.topics``."""
    whose: str = ""
    """``mine``, ``free`` or ``escalated``; anything else is everything."""
    age: str = ""
    """``hour`` or ``day``: waiting for longer; ``overdue``: past its deadline, and with nobody."""
    page: int = 1

    @property
    def choices(self) -> str:
        """What was chosen, as it stands in an address."""
        parts = {
            "severity": self.severity.label if self.severity is not None else "",
            "board": self.board,
            "kind": self.kind,
            "topic": self.topic,
            "whose": self.whose,
            "age": self.age,
        }
        return "&".join(f"{name}={value}" for name, value in parts.items() if value)

    def without_opinion(self) -> QueueFilter:
        """Return the same without what asks for the classifier's opinion."""
        kind = "" if self.kind in OPINION_KINDS else self.kind
        return msgspec.structs.replace(self, severity=None, kind=kind)

    def query(self, page: int) -> str:
        """One page of what was chosen, as it stands in an address."""
        return "&".join(filter(None, (self.choices, f"page={page}" if page > 1 else "")))


@dataclass(frozen=True)
class FlaggedPost:
    """A post of a case in a list: told in one line, its text covered."""

    body: str
    severity: Severity
    is_misinformation: bool
    topics: list[str]
    """The heavy ones, by name."""

    @property
    def summary(self) -> str:
        """One neutral line about it."""
        return summarise(self.body, self.severity, heavy=self.topics, is_misinformation=self.is_misinformation)

    @property
    def about(self) -> str:
        """The same without what the classifier says."""
        return summarise(self.body)


@dataclass(frozen=True)
class CaseLine(FlaggedPost):
    """An open case in the list."""

    id: int
    post_id: int
    reasons: tuple[Reason, ...]
    opened_at: datetime
    deadline: datetime
    is_overdue: bool
    """Its deadline is past, and nobody has it."""
    board: str
    author: str | None
    by_moderator: bool
    holder: str | None
    is_mine: bool
    is_for_another: bool
    """Somebody else than the viewer is to decide it."""
    given_to: str | None
    """A colleague gave it to them by name."""
    is_given_to_me: bool
    is_spared: bool
    """It touches a topic that the viewer asked not to be handed."""
    escalated_for: OnCallFor | None
    escalation: str
    is_called_out: bool
    """People were called to it, and nobody has come."""

    @property
    def questions(self) -> list[str]:
        """What colleagues ask who want a second opinion."""
        return [reason.explanation for reason in self.reasons if reason.kind == SECOND_OPINION]

    @property
    def kinds(self) -> list[str]:
        """Why it is here, in words."""
        return _in_words(self.reasons)

    @property
    def kinds_without_opinion(self) -> list[str]:
        """The same without what the classifier says."""
        return _in_words(reason for reason in self.reasons if reason.kind not in OPINION_KINDS)


def _in_words(reasons: Iterable[Reason]) -> list[str]:
    return list(dict.fromkeys(REASON_KINDS.get(reason.kind, reason.kind) for reason in reasons))


@dataclass(frozen=True)
class QueueState:
    """How the queue stands, for its head."""

    open: int
    overdue: int
    urgent: int
    unread: int
    """Posts that the classifier has not read yet."""
    unread_since: datetime | None


def read_filter(parameters: Any) -> QueueFilter:  # Any: Litestar's query parameters
    """Read a filter from an address; what is unknown filters nothing."""
    label, whose, kind = (parameters.get(name, "") for name in ("severity", "whose", "kind"))
    board, topic, age = (parameters.get(name, "") for name in ("board", "topic", "age"))
    return QueueFilter(
        severity=severity_of(label) if label in {one.label for one in Severity} else None,
        board=board if len(board) <= 60 else "",
        kind=kind if kind in REASON_KINDS else "",
        topic=topic if topic in HEAVY_TOPICS else "",
        whose=whose if whose in ("mine", "free", "escalated") else "",
        age=age if age in ("hour", "day", "overdue") else "",
        page=max(1, whole_number(parameters.get("page", ""), digits=COUNT_DIGITS) or 1),
    )


async def list_cases(moderator_id: int, wanted: QueueFilter, *, at: datetime) -> tuple[list[CaseLine], bool]:
    """Return one page of the open cases that fit, the most urgent first, and whether there is another one.

    A moderator's own posts are left out.
    """
    rows = await fetch(
        f"""SELECT moderation_case.*, board.name AS board_name, member.handle AS author,
                   post.by_moderator, coalesce(kept.body, post.body) AS body,
                   CASE WHEN claimed_until >= $2 THEN holder.handle END AS holder,
                   named.handle AS given_to, coalesce(assigned_to = $1, false) AS is_given_to_me,
                   coalesce(claimed_by = $1 AND claimed_until >= $2, false) AS is_mine, {FOR_ANOTHER} AS is_for_another,
                   moderation_case.topics && ARRAY(SELECT topic FROM spared_topic WHERE moderator = $1) AS is_spared,
                   {IS_OVERDUE.format(now="$2")} AS is_overdue, {IS_CALLED_OUT.format(now="$2")} AS is_called_out
            FROM moderation_case JOIN post ON post.id = moderation_case.post
            JOIN thread ON thread.id = post.thread JOIN board ON board.id = thread.board
            LEFT JOIN member ON member.id = post.author LEFT JOIN member AS holder ON holder.id = claimed_by
            LEFT JOIN member AS named ON named.id = assigned_to {KEPT_TEXT}
            WHERE moderation_case.closed_at IS NULL AND {WRITER} IS DISTINCT FROM $1
              AND ($3::smallint IS NULL OR moderation_case.severity = $3)
              AND ($4 = '' OR board.slug = $4)
              AND ($5 = '' OR moderation_case.reasons @> jsonb_build_array(jsonb_build_object('kind', $5::text)))
              AND CASE $6 WHEN 'mine' THEN (claimed_by = $1 AND claimed_until >= $2) OR assigned_to = $1
                          WHEN 'free' THEN claimed_by IS NULL OR claimed_until < $2
                          WHEN 'escalated' THEN escalated_at IS NOT NULL ELSE true END
              AND CASE $8 WHEN 'hour' THEN opened_at < $2::timestamptz - interval '1 hour'
                          WHEN 'day' THEN opened_at < $2::timestamptz - interval '24 hours'
                          WHEN 'overdue' THEN {IS_OVERDUE.format(now="$2")} ELSE true END
              AND ($7 = '' OR $7 = ANY(moderation_case.topics))
            ORDER BY {FIRST_COMES_FIRST.format(now="$2")} LIMIT {PAGE_SIZE + 1} OFFSET $9""",
        moderator_id, at, wanted.severity, wanted.board, wanted.kind, wanted.whose, wanted.topic, wanted.age,
        (wanted.page - 1) * PAGE_SIZE,
    )  # fmt: skip
    return [_line_of(row) for row in rows[:PAGE_SIZE]], len(rows) > PAGE_SIZE


def _line_of(row: Any) -> CaseLine:  # Any: a row's columns are known to its query alone
    severity = Severity(row["severity"])
    return CaseLine(
        id=row["id"],
        post_id=row["post"],
        severity=severity,
        is_misinformation=row["is_misinformation"],
        topics=row["topics"],
        reasons=reasons_from(row["reasons"]),
        opened_at=row["opened_at"],
        deadline=row["on_call_by"] or row["deadline"],
        is_overdue=row["is_overdue"],
        board=row["board_name"],
        author=row["author"],
        by_moderator=row["by_moderator"],
        body=row["body"],
        holder=row["holder"],
        is_mine=row["is_mine"],
        is_for_another=row["is_for_another"],
        given_to=row["given_to"],
        is_given_to_me=row["is_given_to_me"],
        is_spared=row["is_spared"],
        escalated_for=escalated_for(row["escalated_at"], row["on_call_by"]),
        escalation=row["escalation"],
        is_called_out=row["is_called_out"],
    )


async def queue_fingerprint(*, at: datetime) -> str:
    """Return what is another whenever the list looks different, passing minutes apart."""
    row = await fetch_one(
        """SELECT md5(string_agg(concat_ws(' ', id, severity, reasons::text,
                                           CASE WHEN claimed_until >= $1 THEN claimed_by END,
                                           escalated_at), ',' ORDER BY id)) AS looks
           FROM moderation_case WHERE closed_at IS NULL""",
        at,
    )
    return str(row["looks"])


async def queue_state(*, at: datetime) -> QueueState:
    """Count what waits."""
    row = await fetch_one(
        f"""SELECT count(*) AS open, count(*) FILTER (WHERE {IS_OVERDUE.format(now="$1")}) AS overdue,
                  count(*) FILTER (WHERE severity >= 2) AS urgent,
                  (SELECT count(*) FROM triage_task WHERE done_at IS NULL) AS unread,
                  (SELECT min(created_at) FROM triage_task WHERE done_at IS NULL) AS unread_since
           FROM moderation_case WHERE closed_at IS NULL""",
        at,
    )
    return QueueState(**row)
