"""Which decisions still take something from the author of a post: those can be appealed."""

from __future__ import annotations

from server.forum.own_words import BLACKED_OUT, OWN_TITLE
from triage.queue.handing import APPEAL, ONLY_OBJECTIONS, has_reason
from triage.queue.tasks import REVISION_LEFT

STANDS_WARNED = """(decision.undone_at IS NULL AND decision.detail ->> 'warn' = 'warn' AND NOT EXISTS (
    SELECT 1 FROM decision AS back JOIN moderation_case AS its ON its.id = back."case"
    WHERE its.post = post.id AND back.id > decision.id AND back.undone_at IS NULL
      AND back.detail ->> 'warn' = 'take-back'))"""
"""SQL, of a ``decision`` and its ``post``: its author was asked to mind the rules, and nobody took that back."""
ASKS_FOR_A_CHANGE = f"""(decision.undone_at IS NULL AND decision.detail ->> 'asks_to_edit' = 'true'
    AND post.revision = {REVISION_LEFT})"""
"""SQL, of a ``decision`` and its ``post``: a moderator asked its author to change it, and it still stands as it was."""
TAKES_WRITING = f"""(decision.undone_at IS NULL
    AND ({STANDS_WARNED} OR decision.detail ->> 'pause' NOT IN ('', '0')))"""
"""SQL, of a ``decision`` and its ``post``: its author was paused, be that over or not, or warned; it outlasts the
post."""
IS_PAUSED_BY = """(
    decision.decided_at + make_interval(hours => 24 * nullif(decision.detail ->> 'pause', '')::int) > {now}
    AND EXISTS (SELECT 1 FROM member AS paused WHERE paused.id = post.author AND paused.may_write_from > {now})
    AND NOT EXISTS (
      SELECT 1 FROM decision AS lifting JOIN moderation_case AS its ON its.id = lifting."case"
      JOIN post AS other ON other.id = its.post
      WHERE other.author = post.author AND lifting.id > decision.id AND lifting.undone_at IS NULL
        AND lifting.detail ->> 'pause' = '0'))"""
"""SQL, of a ``decision`` and its ``post``: its author may not write because of it: that lasts, and nobody ended it."""
HAS_BLACKOUT = f"""EXISTS (SELECT 1 FROM thread WHERE thread.id = post.thread
    AND position('{BLACKED_OUT}' IN concat_ws(chr(10), {OWN_TITLE}, post.note_text, post.body)) > 0)"""
"""SQL, of a ``post``: a moderator took a passage out of it, out of its title or out of its note."""
WITHOUT_BLACKOUT = f"position('{BLACKED_OUT}' IN concat_ws(chr(10), kept.title, kept.note_text, kept.body)) = 0"
"""SQL, of an earlier version ``kept`` of a post."""
SINCE_OWN_CHANGE = "kept.written_at = coalesce(post.edited_at, post.created_at)"
"""SQL, likewise: its author wrote nothing since, so that nothing of theirs is lost where it comes back."""


def _restricts(blackout: str, state: str = "post.state") -> str:
    return f"""(decision.undone_at IS NULL AND (
    (decision.detail ->> 'post' IN ('cover', 'hold', 'remove') AND {state} IN ('covered', 'held', 'removed'))
    OR (decision.detail ->> 'cuts' <> '0' AND {blackout})
    OR {STANDS_WARNED} OR {IS_PAUSED_BY}))"""


RESTRICTS = _restricts(HAS_BLACKOUT)
"""SQL, of a ``decision`` and its ``post``."""
_COULD_BE_GIVEN_BACK = _restricts(f"""{HAS_BLACKOUT} AND EXISTS (
    SELECT 1 FROM post_revision AS kept WHERE kept.post = post.id AND {WITHOUT_BLACKOUT} AND {SINCE_OWN_CHANGE})""")
HAS_TAKEN = """(decision.detail ->> 'post' IN ('cover', 'hold', 'remove') OR decision.detail ->> 'cuts' <> '0'
    OR decision.detail ->> 'warn' = 'warn' OR decision.detail ->> 'pause' NOT IN ('', '0'))"""
"""SQL, of a ``decision``: it took something from the author, be that over or not."""
OBJECTIONS = """appeal JOIN decision ON decision.id = appeal.decision
    JOIN moderation_case AS had ON had.id = decision."case"
    WHERE had.post = post.id AND appeal.created_at >= moderation_case.opened_at"""
"""SQL, of a case and its ``post``, after ``FROM``: what its author objected to since the case was opened."""
OBJECTION_STANDS = f"EXISTS (SELECT 1 FROM {OBJECTIONS} AND {_restricts(HAS_BLACKOUT, '$2::text')})".format(now="$1")
"""SQL, likewise, $1 now, $2 the post's state unless it was just changed: what its author objected to holds yet, or a
part of it."""
OWN_OBJECTIONS = f"""{OBJECTIONS} AND decision.moderator = $1 AND {has_reason(APPEAL, "$1")}
    AND {_COULD_BE_GIVEN_BACK.format(now="$2")}"""
"""SQL, likewise, $1 a moderator, $2 now: what they took of it, could give back yet, and the case is there for."""
OWN_STANDS = f"({ONLY_OBJECTIONS} AND EXISTS (SELECT 1 FROM {OWN_OBJECTIONS}))"
"""SQL, likewise: there is such an objection, and nothing else to decide about."""
