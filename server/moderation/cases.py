"""The page of one case: the post in its thread, why it is here, who wrote it, and what was decided before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from models.database import fetch, fetch_one, transaction
from server.errors import NotFound
from server.forum.notes import COVERED_WITHOUT_NOTE, ContentNote
from server.forum.own_words import BLACKED_OUT, OWN_TITLE
from server.forum.visibility import OPEN_TO_WRITER
from server.moderation.alerting import IS_CALLED_OUT
from server.moderation.passages import Passage, find_passages
from server.moderation.passing_on import OnCallFor, escalated_for
from server.moderation.past import (
    Note,
    PastDecision,
    PastPost,
    appealed_decisions,
    earlier_decisions,
    notes_on,
    recent_posts,
)
from server.moderation.restrictions import STANDS_WARNED
from server.moderation.seen import WHAT_IS_SAID
from server.myths.service import CaseMyth, find_for_case
from server.reports.moderation import ReportNote, open_reports_of
from server.resources.meanings import Meaning
from triage.queue.audit import record
from triage.queue.cases import KEPT_TEXT, reasons_from
from triage.queue.handing import APPEAL, WRITER
from triage.queue.limits import who_had_enough
from triage.scales import Severity
from triage.sentences import Span
from triage.summary import summarise
from triage.why import TITLE

if TYPE_CHECKING:
    from datetime import datetime

    from server.web.viewer import Viewer
    from triage.assessment import Reason

THREAD_AROUND = 3


@dataclass(frozen=True)
class Marked:
    """A piece of the post; ``weighed`` where it spoke most for the flag."""

    text: str
    weighed: bool


@dataclass(frozen=True)
class Colleague:
    """Somebody whom a case can be given to."""

    handle: str
    had_enough: bool
    """For now: how much they had is for their own eyes."""


@dataclass(frozen=True)
class NearbyPost:
    """A post of the thread, for context."""

    id: int
    author: str | None
    body: str
    is_by_moderator: bool
    state: str
    note: ContentNote

    @property
    def cover_label(self) -> str:
        """What the cover says before the post is opened; empty where it lies open."""
        return self.note.label or ("" if self.state == "published" else COVERED_WITHOUT_NOTE)


@dataclass(frozen=True)
class CaseView:
    """Everything that the page shows."""

    id: int
    post_id: int
    thread_id: int
    title: str
    own_title: str
    """The same where the post opens its thread: part of it; else empty."""
    board: str
    author_id: int | None
    author: str | None
    by_moderator: bool
    author_region: str | None
    is_paused: bool
    """The author may not write now."""
    is_warned: bool
    """The author was asked to mind the rules because of this post."""
    body: str
    state: str
    is_open_to_author: bool
    """They can open its thread, and read what is added there."""
    note: ContentNote
    revision: int
    was_changed: bool
    severity: Severity
    is_intense: bool
    """It is urgent, or the post was read so, whatever brought it here."""
    is_misinformation: bool
    reasons: tuple[Reason, ...]
    said: str
    """Why it is here, in short: so a form tells what its page showed."""
    scores: tuple[float, float, float] | None
    """At least amber, at least red, crisis."""
    model: str
    meaning: Meaning | None
    pieces: list[Marked]
    is_title_weighed: bool
    is_note_weighed: bool
    topics: list[str]
    """Heavy ones, by name."""
    summary: str
    myth: CaseMyth | None
    details: list[Passage]
    """What could be blacked out."""
    reports: list[ReportNote]
    report_count: int
    """Of all, shown or not."""
    around: list[NearbyPost]
    author_posts: list[PastPost]
    appealed: list[PastDecision]
    """What the author objects to, where the case is here for that."""
    decisions: list[PastDecision]
    notes: list[Note]
    opened_at: datetime
    deadline: datetime
    escalated_for: OnCallFor | None
    escalation: str
    is_called_out: bool
    """People were called to it, and nobody has said that they are on it."""
    closed_at: datetime | None
    outcome: str
    holder_id: int | None
    holder: str | None
    claimed_until: datetime | None

    @property
    def has_blackout(self) -> bool:
        """Tell whether a moderator took a passage out of the post, its title or its note, and could put it back."""
        return not self.is_taken_down and any(BLACKED_OUT in text for text in self.texts)

    @property
    def texts(self) -> tuple[str, str, str]:
        """Everything in the author's own words: the title where it is theirs, the note, and the post."""
        return self.own_title, self.note.text, self.body

    @property
    def is_taken_down(self) -> bool:
        """Tell whether its author took it down; the text is what it said until then, while that is kept."""
        return self.state == "deleted"

    @property
    def is_for_author_alone(self) -> bool:
        """Tell whether words to its author alone are all that reaches them: nothing in the thread would."""
        return self.is_taken_down or not self.is_open_to_author


CASE = f"""
    SELECT moderation_case.*, {WHAT_IS_SAID} AS said, {IS_CALLED_OUT.format(now="$2")} AS is_called_out,
           post.thread AS thread_id, coalesce(nullif(kept.title, ''), thread.title) AS title,
           coalesce(kept.title, {OWN_TITLE}) AS own_title, board.name AS board_name,
           post.author AS author_id, {WRITER} AS writer, member.handle AS author_handle, member.region AS author_region,
           post.by_moderator,
           coalesce(member.may_write_from > $2, false) AS is_paused,
           EXISTS (SELECT 1 FROM decision JOIN moderation_case AS own ON own.id = decision."case"
                   WHERE own.post = post.id AND {STANDS_WARNED}) AS is_warned,
           coalesce(kept.body, post.body) AS body, post.state, post.note_topic,
           {OPEN_TO_WRITER} AS is_open_to_author,
           (SELECT count(*) FROM report WHERE report.post = post.id AND report.decided_at IS NULL) AS report_count,
           coalesce(kept.note_text, post.note_text) AS note_text, post.revision AS post_revision, post.branch,
           assessment.at_least_amber, assessment.at_least_red, assessment.crisis, assessment.model,
           coalesce((SELECT max(severity) FROM assessment WHERE assessment.post = post.id), 0) AS read_as,
           assessment.meaning, assessment.sentences, holder.handle AS holder_handle
    FROM moderation_case JOIN post ON post.id = moderation_case.post JOIN thread ON thread.id = post.thread
    JOIN board ON board.id = thread.board LEFT JOIN member ON member.id = post.author {KEPT_TEXT}
    LEFT JOIN member AS holder ON holder.id = moderation_case.claimed_by AND moderation_case.claimed_until >= $2
    LEFT JOIN assessment ON assessment.post = post.id AND assessment.revision = coalesce(kept.revision, post.revision)
    WHERE moderation_case.id = $1
"""


async def find_case(case_id: int, viewer: Viewer, *, at: datetime) -> CaseView:
    """Return a case for its page.

    Raises: NotFound, also for a moderator's own post.
    """
    row = await fetch_one(CASE, case_id, at)
    if row is None or row["writer"] == viewer.id:
        raise NotFound
    severity = Severity(row["severity"])
    body, reasons = row["body"], reasons_from(row["reasons"])
    spans = _weighed(row["sentences"])
    is_appeal = any(reason.kind == APPEAL for reason in reasons)
    return CaseView(
        id=row["id"],
        post_id=row["post"],
        thread_id=row["thread_id"],
        title=row["title"],
        own_title=row["own_title"],
        board=row["board_name"],
        author_id=row["author_id"],
        author=row["author_handle"],
        by_moderator=row["by_moderator"],
        author_region=row["author_region"],
        is_paused=row["is_paused"],
        is_warned=row["is_warned"],
        body=body,
        state=row["state"],
        is_open_to_author=row["is_open_to_author"],
        note=ContentNote(row["note_topic"], row["note_text"]),
        revision=row["post_revision"],
        was_changed=row["post_revision"] > 1,
        severity=severity,
        is_intense=severity.is_urgent or Severity(row["read_as"]).is_urgent,
        is_misinformation=row["is_misinformation"],
        reasons=reasons,
        said=row["said"],
        scores=(row["at_least_amber"], row["at_least_red"], row["crisis"]) if row["model"] else None,
        model=row["model"] or "",
        meaning=Meaning(row["model"], row["meaning"]) if row["meaning"] else None,
        pieces=_mark(body, spans),
        is_title_weighed=bool(row["own_title"]) and TITLE in spans,
        is_note_weighed=bool(row["note_text"]) and TITLE in spans,
        topics=row["topics"],
        summary=summarise(body, severity, heavy=row["topics"], is_misinformation=row["is_misinformation"]),
        myth=await find_for_case(row["myth"], today=at.date()),
        details=await find_passages(row["own_title"], row["note_text"], body, region=row["author_region"]),
        reports=await open_reports_of(row["post"]),
        report_count=row["report_count"],
        around=await _around(row["thread_id"], row["post"]),
        author_posts=await recent_posts(row["author_id"]),
        appealed=await appealed_decisions(row["post"], since=row["opened_at"], until=row["closed_at"] or at)
        if is_appeal
        else [],
        decisions=await earlier_decisions(row["post"], row["author_id"]),
        notes=await notes_on(row["post"]),
        opened_at=row["opened_at"],
        deadline=row["on_call_by"] or row["deadline"],
        escalated_for=escalated_for(row["escalated_at"], row["on_call_by"]),
        escalation=row["escalation"],
        is_called_out=row["is_called_out"],
        closed_at=row["closed_at"],
        outcome=row["outcome"],
        holder_id=row["claimed_by"] if row["holder_handle"] else None,
        holder=row["holder_handle"],
        claimed_until=row["claimed_until"] if row["holder_handle"] else None,
    )


async def add_note(case_id: int, moderator_id: int, body: str, *, at: datetime) -> None:
    """Leave a note for the other moderators; sent again, as a page that is loaded anew sends it, it is still one."""
    async with transaction():
        note = await fetch_one(
            """INSERT INTO case_note ("case", moderator, body, created_at)
               SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM case_note
                   WHERE "case" = $1 AND moderator = $2 AND body = $3
                     AND created_at > $4::timestamptz - interval '10 minutes') RETURNING id""",
            case_id,
            moderator_id,
            body,
            at,
        )
        if note is not None:
            await record("note", f"case:{case_id}", actor=moderator_id, at=at, detail={"note": note["id"]})


async def list_colleagues(moderator_id: int, *, at: datetime) -> list[Colleague]:
    """Return the other staff, for handing a case to one of them."""
    rows = await fetch(
        "SELECT id, handle FROM member WHERE role <> 'member' AND id <> $1 ORDER BY handle_key", moderator_id
    )
    had_enough = await who_had_enough(moderator_id, at=at)
    return [Colleague(row["handle"], row["id"] in had_enough) for row in rows]


def _weighed(sentences: str | None) -> list[Span]:
    """Return where the sentences stand that weighed most; ``TITLE`` stands for the title."""
    kept: list[tuple[int, int, float]] = msgspec.json.decode(sentences) if sentences else []
    return [Span(start, end) for start, end, _ in kept]


def _mark(body: str, spans: list[Span]) -> list[Marked]:
    """Cut the post where sentences begin and end that weighed most."""
    pieces: list[Marked] = []
    place = 0
    for start, end in sorted(spans):
        if start < place or end > len(body):
            continue
        pieces += [Marked(body[place:start], weighed=False), Marked(body[start:end], weighed=True)]
        place = end
    return [piece for piece in [*pieces, Marked(body[place:], weighed=False)] if piece.text]


async def _around(thread_id: int, post_id: int) -> list[NearbyPost]:
    """Return the opening post, and what was written just before and after, in reading order."""
    rows = await fetch(
        f"""SELECT post.id, member.handle AS author, left(post.body, 1500) AS body, post.by_moderator,
                   post.state, post.note_topic, post.note_text
            FROM post LEFT JOIN member ON member.id = post.author
            WHERE post.thread = $1 AND post.state IN ('published', 'covered', 'held') AND post.id <> $2
              AND (post.id = (SELECT id FROM post AS first WHERE first.thread = $1 ORDER BY branch, id LIMIT 1)
                   OR post.id = (SELECT quoted FROM post AS own WHERE own.id = $2)
                   OR post.id IN (SELECT id FROM post AS near WHERE near.thread = $1 AND near.id < $2
                                  ORDER BY id DESC LIMIT {THREAD_AROUND})
                   OR post.id IN (SELECT id FROM post AS near WHERE near.thread = $1 AND near.id > $2
                                  ORDER BY id LIMIT {THREAD_AROUND}))
            ORDER BY post.id""",
        thread_id,
        post_id,
    )
    return [
        NearbyPost(
            row["id"],
            row["author"],
            row["body"],
            row["by_moderator"],
            row["state"],
            ContentNote(row["note_topic"], row["note_text"]),
        )
        for row in rows
    ]
