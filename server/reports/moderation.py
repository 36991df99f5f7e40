"""What moderators do with reports: see them by post, and decide once for everybody who spoke up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one, transaction
from models.forum import ReportKind
from server.errors import NotAllowed, NotFound
from server.forum.keyset import Page, cut_page
from server.forum.notes import ContentNote
from server.notices.service import notify
from server.reports.outcomes import REASONS, Outcome, outcome_detail

if TYPE_CHECKING:
    from datetime import datetime

PAGE_SIZE = 20
NOTES_SHOWN = 20
"""Of one post; a storm of reports must not make the page endless."""


@dataclass(frozen=True)
class ReportNote:
    """What one person wrote, without who."""

    kind: ReportKind
    reason: str
    details: str

    @property
    def label(self) -> str:
        """Why they spoke up."""
        return "Worried about the person" if self.kind is ReportKind.WORRIED else REASONS.get(self.reason, ("",))[0]


@dataclass(frozen=True)
class OpenReports:
    """The open reports about one post."""

    post_id: int
    oldest: int
    newest: int
    """Highest id among the reports: a decision is about these, not about one that comes in meanwhile."""
    worried: int
    rules: int
    since: datetime
    title: str
    author: str | None
    body: str
    state: str
    note: ContentNote
    notes: list[ReportNote]


# Groups the open reports alone (index report_open); their number is what waits for moderators, not the table.
GROUPS = f"""
    WITH waiting AS (
      SELECT report.post, min(report.id) AS oldest, max(report.id) AS newest, min(report.created_at) AS since,
             count(*) FILTER (WHERE kind = 'worried') AS worried, count(*) FILTER (WHERE kind = 'rules') AS rules
      FROM report WHERE decided_at IS NULL GROUP BY report.post
    )
    SELECT post.id AS post_id, oldest, newest, worried, rules, since, thread.title, member.handle AS author,
           post.body, post.state, post.note_topic, post.note_text
    FROM waiting JOIN post ON post.id = waiting.post JOIN thread ON thread.id = post.thread
    LEFT JOIN member ON member.id = post.author
    WHERE post.author IS DISTINCT FROM $1 AND (worried = 0, oldest) > ($2, $3)
    ORDER BY worried = 0, oldest LIMIT {PAGE_SIZE + 1}
"""


async def list_open_reports(moderator_id: int, *, after: str = "") -> Page[OpenReports]:
    """Return posts with open reports: where somebody is worried first, then those that wait longest.

    Reports about a moderator's own posts are for others to decide.
    """
    calm, oldest = _read_cursor(after)
    rows = await fetch(GROUPS, moderator_id, calm, oldest)
    notes = await _read_notes([row["post_id"] for row in rows])
    groups = [
        OpenReports(
            **{name: row[name] for name in OpenReports.__dataclass_fields__ if name not in ("note", "notes")},
            note=ContentNote(row["note_topic"], row["note_text"]),
            notes=notes.get(row["post_id"], []),
        )
        for row in rows
    ]
    return cut_page(groups, PAGE_SIZE, cursor=lambda group: f"{int(group.worried == 0)}-{group.oldest}")


async def decide(post_id: int, outcome: Outcome, *, seen: int, moderator_id: int, at: datetime) -> int:
    """Close the open reports about a post up to the newest one seen, and tell everybody who spoke up what came of it.

    Returns how many were closed: 0 where somebody else was faster.

    Raises: NotFound; NotAllowed for a moderator's own post.
    """
    async with transaction():
        post = await fetch_one("SELECT author FROM post WHERE id = $1", post_id)
        if post is None:
            raise NotFound("This post is gone.")
        if post["author"] == moderator_id:
            raise NotAllowed("Reports about your own posts are for another moderator.")
        closed = await fetch(
            """UPDATE report SET outcome = $3, decided_at = $4, decided_by = $5
               WHERE post = $1 AND decided_at IS NULL AND id <= $2 RETURNING reporter, kind""",
            post_id,
            seen,
            outcome.value,
            at,
            moderator_id,
        )
        for report in closed:
            if report["reporter"] is not None:
                detail = outcome_detail(ReportKind(report["kind"]), outcome)
                await notify(report["reporter"], "report-outcome", post_id=post_id, detail=detail, at=at)
    return len(closed)


async def _read_notes(post_ids: list[int]) -> dict[int, list[ReportNote]]:
    rows = await fetch(
        f"""SELECT asked.post, note.* FROM unnest($1::bigint[]) AS asked (post), LATERAL (
              SELECT kind, reason, details FROM report WHERE report.post = asked.post AND decided_at IS NULL
              ORDER BY kind = 'rules', id LIMIT {NOTES_SHOWN}) AS note""",
        post_ids,
    )
    notes: dict[int, list[ReportNote]] = {}
    for row in rows:
        note = ReportNote(ReportKind(row["kind"]), row["reason"], row["details"])
        notes.setdefault(row["post"], []).append(note)
    return notes


def _read_cursor(text: str) -> tuple[bool, int]:
    """Read a cursor such as ``1-42``; anything else means the first page."""
    calm, _, oldest = text.partition("-")
    if calm in ("0", "1") and oldest.isascii() and oldest.isdecimal() and len(oldest) < 19:
        return calm == "1", int(oldest)
    return False, 0
