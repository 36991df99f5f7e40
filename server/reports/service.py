"""Speaking up about a post. Who did is never shown to anybody, and a worry is never limited by what came before.

A worry outlasts the post: moderators can still read what its author took down, or what stands in a thread that closed,
and reach out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from models.database import execute, fetch, fetch_one, transaction
from models.forum import ReportKind
from server.errors import KithError, NotAllowed, NotFound, TooMany
from server.forum.visibility import open_to
from server.reports.outcomes import REASONS, Outcome
from server.reports.record import DOUBTFUL_BELOW, weight_of_reporter
from server.text.limits import MAX_REASON_CHARACTERS
from triage.assessment import Reason
from triage.queue.cases import KEPT_TEXT, MAY_NEED_SOMEBODY, Flag, policy_of, raise_case
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
    "day. That is about the rules alone: if you are worried about somebody, you can tell us as before."
)
TOLD_ONCE = (
    "You told us before that this post breaks the rules, and that can be told once. What you wrote now was not sent: "
    "it is below, for you to keep. If you are worried about the person, you can tell us that as well."
)

GONE = "This post is gone."


class NotAdded(KithError):
    """Words that cannot be kept beside what was told before."""

    status = 422
    title = "You told us before"


@dataclass(frozen=True)
class ReportedPost:
    """The post that somebody wants to speak up about, and whether they already did."""

    id: int
    thread_id: int
    title: str
    """Empty where this viewer cannot open it any more: they are not told what it was about."""
    can_be_opened: bool
    is_taken_down: bool
    author_id: int | None
    author: str | None
    by_moderator: bool
    told_at: datetime | None
    decided_at: datetime | None
    """When moderators decided on what this viewer told them."""


async def find_post(post_id: int, viewer: Viewer | None, kind: ReportKind) -> ReportedPost:
    """Return a post that a viewer can read, or may worry about after its author took it down or its thread closed.

    Raises: NotFound.
    """
    row = await fetch_one(
        f"""SELECT post.id, post.thread AS thread_id, post.state = 'deleted' AS is_taken_down, reach.can_be_opened,
                  CASE WHEN reach.can_be_opened THEN thread.title ELSE '' END AS title,
                  post.author AS author_id, member.handle AS author,
                  post.by_moderator, report.created_at AS told_at, report.decided_at
           FROM post JOIN thread ON thread.id = post.thread
           LEFT JOIN member ON member.id = post.author
           LEFT JOIN report ON report.post = post.id AND report.reporter = $2 AND report.kind = $3 {KEPT_TEXT}
           CROSS JOIN LATERAL (
             SELECT (post.state <> 'deleted' AND ({open_to("$2")} OR $4)) IS TRUE AS can_be_opened) AS reach
           WHERE post.id = $1 AND (
             (reach.can_be_opened
              AND (post.state IN ('published', 'covered') OR (post.state = 'held' AND (post.author = $2 OR $4))))
             OR ($3 = '{ReportKind.WORRIED.value}'
                 AND (post.state IN ('published', 'covered')
                      OR (kept.revision IS NOT NULL AND (NOT post.left_hidden OR post.author = $2)))))""",
        post_id,
        viewer.id if viewer else None,
        kind.value,
        viewer is not None and viewer.may_moderate,
    )
    if row is None:
        raise NotFound(GONE)
    return ReportedPost(**row)


def require_other_author(post: ReportedPost, member_id: int) -> None:
    """Let nobody report their own post.

    Raises: NotAllowed.
    """
    if post.author_id == member_id:
        raise NotAllowed("This post is your own: you can change it, or take it down.")


async def tell_worry(post_id: int, member_id: int, form: ReportForm, *, at: datetime) -> None:
    """Tell the moderators that somebody may need help; told again, it is added, or opened again where they had looked.

    Raises: NotFound where the post went meanwhile, and its text with it; NotAdded.
    """
    async with transaction():
        post = await _hold_post(post_id)
        # Before it is opened again: what came of it still counts.
        weight = await weight_of_reporter(member_id)
        await _keep_worry(post_id, member_id, form.details, at=at)
        why = "A member is worried about the person."
        if post.author_id == member_id:
            why = "The author asks for a hand."
        reason = Reason("worried", "worried", why)
        reasons = (reason, MAY_NEED_SOMEBODY) if post.is_taken_down else (reason,)
        flag = Flag(post_id=post_id, revision=post.revision, severity=Severity.RED, reasons=reasons, weight=weight)
        await raise_case(flag, await policy_of(post_id), at=at)


async def _keep_worry(post_id: int, member_id: int, details: str, *, at: datetime) -> None:
    waiting = await fetch_one(
        """SELECT details FROM report
           WHERE post = $1 AND reporter = $2 AND kind = 'worried' AND decided_at IS NULL""",
        post_id,
        member_id,
    )
    await execute(
        """INSERT INTO report (post, reporter, kind, details, created_at) VALUES ($1, $2, 'worried', $3, $4)
           ON CONFLICT (post, reporter, kind) DO UPDATE
           SET details = excluded.details, outcome = NULL, decided_at = NULL, decided_by = NULL,
               created_at = CASE WHEN report.decided_at IS NULL THEN report.created_at ELSE excluded.created_at END""",
        post_id,
        member_id,
        _added(waiting["details"], details) if waiting else details,
        at,
    )


def _added(before: str, details: str) -> str:
    """Put what is told now below what was told before; the same sent twice is there once.

    Raises: NotAdded where both together are too long.
    """
    if not details or f"\n\n{before}".endswith(f"\n\n{details}"):
        return before
    both = "\n\n".join(filter(None, (before, details)))
    if len(both) > MAX_REASON_CHARACTERS:
        raise NotAdded(
            f"With what you told us before, your note has {len(both):,} characters; {MAX_REASON_CHARACTERS:,} fit."
        )
    return both


async def report_rules(post_id: int, member_id: int, form: ReportForm, *, at: datetime) -> None:
    """Tell the moderators that a post breaks the rules; the same sent twice changes nothing.

    Raises: NotFound where the post went meanwhile; NotAdded where something else was told before; TooMany for somebody
        whose last reports were groundless and who already made one today.
    """
    async with transaction():
        # Two reports sent at once must not both find that there was none today.
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", member_id)
        told = await fetch_one(
            """SELECT reason, details, decided_at FROM report
               WHERE post = $1 AND reporter = $2 AND kind = 'rules'""",
            post_id,
            member_id,
        )
        if told is None:
            await _require_fair_use(member_id, at=at)
            await _write_rules_report(post_id, member_id, form, at=at)
        elif tuple(told) != (form.breaks, form.details, None):
            raise NotAdded(TOLD_ONCE)


async def _require_fair_use(member_id: int, *, at: datetime) -> None:
    decided = await fetch(
        f"""SELECT outcome FROM report WHERE reporter = $1 AND kind = 'rules' AND decided_at > $2
              AND outcome <> '{Outcome.TAKEN_DOWN.value}'
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


async def _write_rules_report(post_id: int, member_id: int, form: ReportForm, *, at: datetime) -> None:
    """Keep the report and raise the post's case."""
    post = await _hold_post(post_id)
    if post.is_taken_down:
        raise NotFound(GONE)
    await execute(
        """INSERT INTO report (post, reporter, kind, reason, details, created_at)
           VALUES ($1, $2, 'rules', $3, $4, $5)""",
        post_id,
        member_id,
        form.breaks,
        form.details,
        at,
    )
    weight = await weight_of_reporter(member_id)
    reason = Reason("report", form.breaks, f"A member reports: {REASONS[form.breaks][0]}.")
    severity = _severity_of(form, weight)
    flag = Flag(post_id=post_id, revision=post.revision, severity=severity, reasons=(reason,), weight=weight)
    await raise_case(flag, await policy_of(post_id), at=at)


class _HeldPost(NamedTuple):
    revision: int
    author_id: int | None
    is_taken_down: bool


async def _hold_post(post_id: int) -> _HeldPost:
    """Hold a post until the end of the transaction.

    Raises: NotFound where nobody can read it any more, nor what it said before its author took it down.
    """
    await execute("SELECT 1 FROM post WHERE id = $1 FOR NO KEY UPDATE", post_id)
    # Only now, so that it sees what an author kept who held the post until then.
    post = await fetch_one(
        f"""SELECT post.revision, post.author AS author_id, post.state = 'deleted' AS is_taken_down
            FROM post {KEPT_TEXT} WHERE post.id = $1 AND post.state <> 'removed'
              AND (post.state <> 'deleted' OR kept.revision IS NOT NULL)""",
        post_id,
    )
    if post is None:
        raise NotFound(GONE)
    return _HeldPost(**post)


def _severity_of(form: ReportForm, weight: float) -> Severity:
    """Weigh a report of a broken rule by what it says; who was groundless of late raises no alarm."""
    return Severity.RED if form.breaks in SOON and weight >= DOUBTFUL_BELOW else Severity.AMBER
