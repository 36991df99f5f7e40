"""What Kith holds about a member, section by section, for the export. Secrets and other people's words stay out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.database import fetch, fetch_one
from server.errors import NotFound
from server.forum.visibility import open_to
from server.moderation.appealing import DECIDED_ON_APPEAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROWS_AT_ONCE = 500

Row = dict[str, Any]  # Any: whatever JSON can say


@dataclass(frozen=True)
class Section:
    """One part of an export. ``query`` takes the member's id, the last id read and how many rows; ``id`` leads."""

    name: str
    title: str
    query: str


TITLE = f"CASE WHEN {open_to('$1')} THEN thread.title END"
"""Of a thread that they may open: what others withdrew, or moderators took down, is not theirs to take along."""

ACCOUNT = """
    SELECT handle, role, joined_on, region, phrase_noted AS phrase_written_down, password_hash IS NOT NULL
           AS has_password, totp_secret IS NOT NULL AS has_second_factor, may_write_from,
           note_choices AS content_note_choices, looked_at AS came_to_front_page, looked_before AS came_before_that,
           judges_first_since, keys_off,
           (SELECT count(*) FROM recovery_code WHERE recovery_code.member = member.id) AS recovery_codes_left
    FROM member WHERE id = $1
"""

POSTS = f"""
    SELECT post.id, board.name AS board, {TITLE} AS thread, post.thread AS thread_id, post.quoted AS answers_post,
           post.body, post.state, post.note_topic, post.note_text, post.revision, post.created_at, post.edited_at
    FROM post JOIN thread ON thread.id = post.thread JOIN board ON board.id = thread.board
    WHERE post.author = $1 AND post.id > $2 ORDER BY post.id LIMIT $3
"""

EARLIER = """
    SELECT post_revision.id, post_revision.post AS post_id, post_revision.revision, post_revision.title,
           post_revision.body, post_revision.note_text, post_revision.written_at
    FROM post_revision JOIN post ON post.id = post_revision.post
    WHERE post.author = $1 AND post_revision.id > $2 ORDER BY post_revision.id LIMIT $3
"""

DRAFTS = """
    SELECT id, place, title, body, note_topic, note_text, updated_at
    FROM draft WHERE member = $1 AND id > $2 ORDER BY id LIMIT $3
"""

REACTIONS = f"""
    SELECT reaction.id, reaction.kind, reaction.post AS post_id, {TITLE} AS thread, reaction.created_at
    FROM reaction JOIN post ON post.id = reaction.post JOIN thread ON thread.id = post.thread
    WHERE reaction.member = $1 AND reaction.id > $2 ORDER BY reaction.id LIMIT $3
"""

FOLLOWS = f"""
    SELECT follow.id, {TITLE} AS thread, follow.thread AS thread_id, follow.created_at
    FROM follow JOIN thread ON thread.id = follow.thread
    WHERE follow.member = $1 AND follow.id > $2 ORDER BY follow.id LIMIT $3
"""

VISITS = f"""
    SELECT visit.id, {TITLE} AS thread, visit.thread AS thread_id, visit.last_post AS read_up_to_post
    FROM visit JOIN thread ON thread.id = visit.thread
    WHERE visit.member = $1 AND visit.id > $2 ORDER BY visit.id LIMIT $3
"""

NOTICES = f"""
    SELECT notice.id, notice.kind, notice.detail, notice.post AS post_id, {TITLE} AS thread, notice.created_at,
           notice.read_at
    FROM notice LEFT JOIN post ON post.id = notice.post LEFT JOIN thread ON thread.id = post.thread
    WHERE notice.member = $1 AND notice.id > $2 ORDER BY notice.id LIMIT $3
"""

REPORTS = f"""
    SELECT report.id, report.kind, report.reason, report.details, report.post AS post_id, {TITLE} AS thread,
           report.created_at, report.outcome, report.decided_at
    FROM report JOIN post ON post.id = report.post JOIN thread ON thread.id = post.thread
    WHERE report.reporter = $1 AND report.id > $2 ORDER BY report.id LIMIT $3
"""

DECISIONS = """
    SELECT report.id, report.kind, report.outcome, report.decided_at
    FROM report WHERE report.decided_by = $1 AND report.id > $2 ORDER BY report.id LIMIT $3
"""

ASSESSMENTS = """
    SELECT assessment.id, assessment.post AS post_id, assessment.revision, assessment.model,
           (ARRAY['green', 'amber', 'red', 'crisis'])[assessment.severity + 1] AS severity, assessment.at_least_amber,
           assessment.at_least_red, assessment.crisis, assessment.misinformation, assessment.is_misinformation,
           assessment.route, assessment.created_at
    FROM assessment JOIN post ON post.id = assessment.post
    WHERE post.author = $1 AND assessment.id > $2 ORDER BY assessment.id LIMIT $3
"""

# When a case was opened, that one is open, and that a moderator found nothing to do, stays out: it would tell that, and
# when, somebody spoke up about the post. Of what came of an objection the author was told in any case.
CASES = f"""
    SELECT moderation_case.id, moderation_case.post AS post_id, decision.decided_at, moderation_case.outcome,
           array_to_string(moderation_case.topics, ', ') AS topics_found,
           decision.words AS what_you_were_told, appeal.words AS your_appeal
    FROM moderation_case JOIN post ON post.id = moderation_case.post
    JOIN LATERAL (SELECT id, words, decided_at FROM decision WHERE decision."case" = moderation_case.id
                  AND undone_at IS NULL AND (act <> 'nothing' OR {DECIDED_ON_APPEAL})
                  ORDER BY id DESC LIMIT 1) AS decision ON true
    LEFT JOIN appeal ON appeal.decision = decision.id
    WHERE post.author = $1 AND moderation_case.id > $2 ORDER BY moderation_case.id LIMIT $3
"""

CASE_DECISIONS = """
    SELECT id, act, words, decided_at, undone_at FROM decision
    WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3
"""

CASE_NOTES = "SELECT id, body, created_at FROM case_note WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3"

SHIFTS = "SELECT id, started_at, ended_at FROM shift WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3"

SPARED_TOPICS = "SELECT id, topic FROM spared_topic WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3"

DEBRIEF_NOTES = """
    SELECT id, feeling AS how_you_were, body, written_at FROM debrief_note
    WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3
"""

CASES_SEEN = "SELECT id, seen_at FROM case_seen WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3"

OPINIONS_SHOWN = """
    SELECT id, post AS post_id, shown_at FROM opinion_shown WHERE moderator = $1 AND id > $2 ORDER BY id LIMIT $3
"""

CONFIRMED = """
    SELECT helpline.id, helpline.name, helpline.country, helpline.read_on
    FROM helpline WHERE helpline.confirmed_by = $1 AND helpline.id > $2 ORDER BY helpline.id LIMIT $3
"""

DEVICES = """
    SELECT id, (created_at AT TIME ZONE 'UTC')::date AS registered_on
    FROM push_subscription WHERE member = $1 AND id > $2 ORDER BY id LIMIT $3
"""

RESOURCE_VOICES = """
    SELECT resource_voice.id, resource.title, resource.slug, resource_voice.saved_at, resource_voice.helped
    FROM resource_voice JOIN resource ON resource.id = resource_voice.resource
    WHERE resource_voice.member = $1 AND resource_voice.id > $2 ORDER BY resource_voice.id LIMIT $3
"""

RESOURCES = """
    SELECT resource.id, resource.title, resource.slug, resource.state,
           resource.written_by IS NOT DISTINCT FROM $1 AS you_wrote_it,
           resource.vetted_by IS NOT DISTINCT FROM $1 AS you_vetted_it
    FROM resource WHERE (resource.written_by = $1 OR resource.vetted_by = $1) AND resource.id > $2
    ORDER BY resource.id LIMIT $3
"""

MYTHS = """
    SELECT myth.id, myth.claim, myth.slug, myth.state, myth.written_by IS NOT DISTINCT FROM $1 AS you_wrote_it,
           myth.vetted_by IS NOT DISTINCT FROM $1 AS you_vetted_it
    FROM myth WHERE (myth.written_by = $1 OR myth.vetted_by = $1) AND myth.id > $2 ORDER BY myth.id LIMIT $3
"""

TEMPLATES = """
    SELECT id, label, text, state, written_by IS NOT DISTINCT FROM $1 AS you_wrote_it,
           vetted_by IS NOT DISTINCT FROM $1 AS you_vetted_it
    FROM template WHERE (written_by = $1 OR vetted_by = $1) AND id > $2 ORDER BY id LIMIT $3
"""

AVOIDED = """
    SELECT avoidance.id, other.handle, avoidance.kind, avoidance.created_at
    FROM avoidance JOIN member AS other ON other.id = avoidance.other
    WHERE avoidance.member = $1 AND avoidance.id > $2 ORDER BY avoidance.id LIMIT $3
"""

SESSIONS = """
    SELECT place AS id, created_at, seen_at, expires_at, second_factor, stays
    FROM (SELECT *, row_number() OVER (ORDER BY created_at, id) AS place FROM session WHERE member = $1) AS own
    WHERE place > $2 ORDER BY place LIMIT $3
"""

SECTIONS = (
    Section("posts", "Your posts", POSTS),
    Section("earlier_versions", "What your posts said before you changed them", EARLIER),
    Section("drafts", "Your drafts", DRAFTS),
    Section("reactions", "Your signs of support", REACTIONS),
    Section("follows", "Threads that you follow", FOLLOWS),
    Section("visits", "How far you have read", VISITS),
    Section("notices", "Your notices", NOTICES),
    Section("reports", "What you told moderators", REPORTS),
    Section("decisions", "What you decided as a moderator", DECISIONS),
    Section("assessments", "How the classifier read your posts", ASSESSMENTS),
    Section("cases", "What moderators decided about your posts", CASES),
    Section("case_decisions", "What you decided about posts as a moderator", CASE_DECISIONS),
    Section("case_notes", "Notes that you wrote to moderators", CASE_NOTES),
    Section("shifts", "Your shifts", SHIFTS),
    Section("cases_seen", "When you had cases open as a moderator", CASES_SEEN),
    Section("spared_topics", "Topics that you asked not to be handed as a moderator", SPARED_TOPICS),
    Section("debrief_notes", "Notes to yourself after hard cases", DEBRIEF_NOTES),
    Section("opinions_shown", "Posts of which you looked up the classifier's opinion first", OPINIONS_SHOWN),
    Section("confirmed_helplines", "Helplines that you confirmed", CONFIRMED),
    Section("resource_voices", "What you made of resources", RESOURCE_VOICES),
    Section("resources", "Resources that you wrote or vetted", RESOURCES),
    Section("myths", "Myths that you wrote or vetted", MYTHS),
    Section("templates", "Words to start an answer from that you wrote or vetted", TEMPLATES),
    Section("avoided", "Members whom you mute or block", AVOIDED),
    Section("devices", "Devices on which Kith may call you (the day alone)", DEVICES),
    Section("sessions", "Where you are signed in (times only: nothing else is known)", SESSIONS),
)


async def account_fields(member_id: int) -> Row:
    """Return what Kith knows about the account itself.

    Raises: NotFound.
    """
    row = await fetch_one(ACCOUNT, member_id)
    if row is None:
        raise NotFound
    return {**row, "content_note_choices": json.loads(row["content_note_choices"])}


async def batches_of(section: Section, member_id: int) -> AsyncIterator[list[Row]]:
    """Yield a section's rows in the order of their ids, a few hundred at a time so that memory stays small."""
    last = 0
    while rows := await fetch(section.query, member_id, last, ROWS_AT_ONCE):
        yield [dict(row) for row in rows]
        last = rows[-1]["id"]
