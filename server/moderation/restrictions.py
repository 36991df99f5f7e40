"""Which decisions still take something from the author of a post: those can be appealed."""

from __future__ import annotations

from server.forum.changes import BLACKED_OUT, OWN_TITLE
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
"""SQL, of a ``decision`` and its ``post``: its author may not write, or was warned; it outlasts the post."""
HAS_BLACKOUT = f"""EXISTS (SELECT 1 FROM thread WHERE thread.id = post.thread
    AND position('{BLACKED_OUT}' IN concat_ws(chr(10), {OWN_TITLE}, post.note_text, post.body)) > 0)"""
"""SQL, of a ``post``: a moderator took a passage out of it, out of its title or out of its note."""
RESTRICTS = f"""decision.undone_at IS NULL AND (
    (decision.detail ->> 'post' IN ('cover', 'hold', 'remove') AND post.state IN ('covered', 'held', 'removed'))
    OR (decision.detail ->> 'cuts' <> '0' AND {HAS_BLACKOUT})
    OR {TAKES_WRITING})"""
"""SQL, of a ``decision`` and its ``post``."""
