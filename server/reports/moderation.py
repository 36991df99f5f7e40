"""What moderators see of members' reports, and how they are answered: with the decision about the post's case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import execute, fetch
from models.forum import ReportKind
from server.notices.service import notify
from server.reports.outcomes import REASONS, Outcome, outcome_detail

if TYPE_CHECKING:
    from datetime import datetime

NOTES_SHOWN = 50
"""Of one post; a storm of reports must not make the page endless."""


@dataclass(frozen=True)
class ReportNote:
    """What one person wrote, without who."""

    kind: ReportKind
    reason: str
    details: str
    is_own: bool
    """The author asks for a hand with their post."""

    @property
    def label(self) -> str:
        """Why they spoke up."""
        if self.is_own:
            return "The author asks for a hand"
        return "Worried about the person" if self.kind is ReportKind.WORRIED else REASONS.get(self.reason, ("",))[0]


async def open_reports_of(post_id: int) -> list[ReportNote]:
    """Return what people said of a post that nobody has answered yet: what has words first, worries, the newest."""
    rows = await fetch(
        f"""SELECT report.kind, report.reason, report.details, coalesce(report.reporter = post.author, false) AS is_own
            FROM report JOIN post ON post.id = report.post WHERE report.post = $1 AND report.decided_at IS NULL
            ORDER BY report.details = '', report.kind = 'rules', report.id DESC LIMIT {NOTES_SHOWN}""",
        post_id,
    )
    return [ReportNote(ReportKind(row["kind"]), row["reason"], row["details"], row["is_own"]) for row in rows]


async def close_reports(post_id: int, outcome: Outcome, *, moderator_id: int | None, at: datetime) -> int:
    """Answer the open reports about a post, tell everybody who spoke up, and return how many that were.

    ``moderator_id`` is who answers, ``None`` where nobody decides any more. The caller's transaction holds the post, as
    a report does while it is written.
    """
    closed = await fetch(
        """UPDATE report SET outcome = $2, decided_at = $3, decided_by = $4 FROM post
           WHERE post.id = $1 AND report.post = $1 AND report.decided_at IS NULL
           RETURNING report.reporter, report.kind, report.reporter = post.author AS is_own""",
        post_id,
        outcome.value,
        at,
        moderator_id,
    )
    for report in closed:
        if report["reporter"] is not None:
            detail = outcome_detail(ReportKind(report["kind"]), outcome, own=bool(report["is_own"]))
            await notify(report["reporter"], "report-outcome", post_id=post_id, detail=detail, at=at)
    return len(closed)


async def reopen_reports(post_id: int, *, decided_by: int, decided_at: datetime) -> None:
    """Open the reports again that a decision answered, now that it is taken back, and withdraw its unread notices."""
    await execute(
        """UPDATE report SET outcome = NULL, decided_at = NULL, decided_by = NULL
           WHERE post = $1 AND decided_by = $2 AND decided_at = $3""",
        post_id,
        decided_by,
        decided_at,
    )
    await execute(
        """DELETE FROM notice WHERE post = $1 AND kind = 'report-outcome' AND created_at = $2 AND read_at IS NULL""",
        post_id,
        decided_at,
    )
