"""Which decisions still take something from the author of a post: those can be appealed."""

from __future__ import annotations

from server.forum.changes import BLACKED_OUT

RESTRICTS = f"""decision.undone_at IS NULL AND (
    (decision.detail ->> 'post' IN ('cover', 'hold', 'remove') AND post.state IN ('covered', 'held', 'removed'))
    OR (decision.detail ->> 'cuts' <> '0' AND position('{BLACKED_OUT}' IN post.body) > 0)
    OR decision.detail ->> 'pause' NOT IN ('', '0'))"""
"""SQL, of a ``decision`` and its ``post``."""
