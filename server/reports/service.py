"""Speaking up about a post. Who did is never shown to anybody, and a worry is never limited by what came before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one, transaction
from models.forum import ReportKind
from server.errors import NotAllowed, NotFound, TooMany
from server.reports.outcomes import REASONS, Outcome
from server.reports.record import DOUBTFUL_BELOW, weight_of_reporter
from triage.assessment import Reason
from triage.queue.cases import Flag, policy_of, raise_case
from triage.scales import Severity

if TYPE_CHECKING:
    from server.reports.forms import ReportForm
    from server.web.viewer import Viewer

GROUNDLESS_IN_A_ROW = 3
RECORD_COUNTS_FOR = timedelta(days=30)
LIMITED_TO_ONE_IN = timedelta(days=1)
SOON = frozenset({"encourages-harm", "dangerous-claim"})
"""Reasons for which a moderator should look within half an hour."""
LIMITED = (
    "A moderator found that the last three posts you reported keep the rules, so for now you can report one post a "
    "day. If you are worried about somebody, you can always tell us: that has no limit."
)


@dataclass(frozen=True)
class ReportedPost:
    """The post that somebody wants to speak up about, and whether they already did."""

    id: int
    thread_id: int
    title: str
    author_id: int | None
    author: str | None
    told_at: datetime | None
    decided_at: datetime | None
    """When moderators decided on what this viewer told them."""


async def find_post(post_id: int, viewer: Viewer | None, kind: ReportKind) -> ReportedPost:
    """Return a post that a viewer can read.

    Raises: NotFound.
    """
    row = await fetch_one(
        """SELECT post.id, post.thread AS thread_id, thread.title, post.author AS author_id, member.handle AS author,
                  report.created_at AS told_at, report.decided_at
           FROM post JOIN thread ON thread.id = post.thread
           LEFT JOIN member ON member.id = post.author
           LEFT JOIN report ON report.post = post.id AND report.reporter = $2 AND report.kind = $3
           WHERE post.id = $1 AND thread.deleted_at IS NULL
             AND (post.state IN ('published', 'covered') OR (post.state = 'held' AND (post.author = $2 OR $4)))""",
        post_id,
        viewer.id if viewer else None,
        kind.value,
        viewer is not None and viewer.may_moderate,
    )
    if row is None:
        raise NotFound("This post is gone.")
    return ReportedPost(**row)


def require_other_author(post: ReportedPost, member_id: int) -> None:
    """Let nobody report their own post.

    Raises: NotAllowed.
    """
    if post.author_id == member_id:
        raise NotAllowed("This post is your own: you can change it, or take it down.")


async def tell_worry(post_id: int, member_id: int, form: ReportForm, *, at: datetime) -> None:
    """Tell the moderators that somebody may need help; a second time changes nothing.

    Raises: NotFound where the post went meanwhile.
    """
    await _write_report(post_id, member_id, ReportKind.WORRIED, form, at=at)


async def report_rules(post_id: int, member_id: int, form: ReportForm, *, at: datetime) -> None:
    """Tell the moderators that a post breaks the rules; a second time changes nothing.

    Raises: NotFound where the post went meanwhile; TooMany for somebody whose last reports were groundless and who
        already made one today.
    """
    async with transaction():
        # Two reports sent at once must not both find that there was none today.
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", member_id)
        told = await fetch_one(
            "SELECT 1 FROM report WHERE post = $1 AND reporter = $2 AND kind = 'rules'", post_id, member_id
        )
        if told is None:
            await _require_fair_use(member_id, at=at)
            await _write_report(post_id, member_id, ReportKind.RULES, form, at=at)


async def _require_fair_use(member_id: int, *, at: datetime) -> None:
    decided = await fetch(
        f"""SELECT outcome FROM report WHERE reporter = $1 AND kind = 'rules' AND decided_at > $2
            ORDER BY decided_at DESC, id DESC LIMIT {GROUNDLESS_IN_A_ROW}""",
        member_id,
        at - RECORD_COUNTS_FOR,
    )
    if [row["outcome"] for row in decided] != [Outcome.GROUNDLESS.value] * GROUNDLESS_IN_A_ROW:
        return
    newest = await fetch_one(
        "SELECT max(created_at) AS at FROM report WHERE reporter = $1 AND kind = 'rules' AND created_at > $2",
        member_id,
        at - LIMITED_TO_ONE_IN,
    )
    if newest["at"] is not None:
        raise TooMany(max(1, round((newest["at"] + LIMITED_TO_ONE_IN - at).total_seconds())), LIMITED)


async def _write_report(post_id: int, member_id: int, kind: ReportKind, form: ReportForm, *, at: datetime) -> None:
    """Keep the report and raise the post's case."""
    async with transaction():
        post = await fetch_one("SELECT revision, state FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id)
        if post is None or post["state"] in ("deleted", "removed"):
            raise NotFound("This post is gone.")
        written = await fetch_one(
            """INSERT INTO report (post, reporter, kind, reason, details, created_at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (post, reporter, kind) DO NOTHING RETURNING id""",
            post_id,
            member_id,
            kind.value,
            form.breaks,
            form.details,
            at,
        )
        if written is None:
            return
        weight = await weight_of_reporter(member_id)
        reason = Reason("worried", "worried", "A member is worried about the person.")
        if kind is ReportKind.RULES:
            reason = Reason("report", form.breaks, f"A member reports: {REASONS[form.breaks][0]}.")
        flag = Flag(
            post_id=post_id,
            revision=post["revision"],
            severity=_severity_of(kind, form, weight),
            reasons=(reason,),
            weight=weight,
        )
        await raise_case(flag, await policy_of(post_id), at=at)


def _severity_of(kind: ReportKind, form: ReportForm, weight: float) -> Severity:
    """Weigh a report by what it says; who was groundless of late raises no alarm, but by a worry."""
    if kind is ReportKind.WORRIED:
        return Severity.RED
    return Severity.RED if form.breaks in SOON and weight >= DOUBTFUL_BELOW else Severity.AMBER
