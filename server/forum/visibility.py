"""Which threads a member may open: those whose opening post is up, and their own. Moderators may open all."""

from __future__ import annotations

from triage.queue.handing import WRITER

HIDDEN = "post.state IN ('held', 'removed')"
"""Condition in SQL for a ``post`` that a moderator or triage keeps from others."""
OPENING_IS_UP = "(opening.state IN ('published', 'covered') OR (opening.state = 'deleted' AND NOT opening.left_hidden))"
"""Condition in SQL for the opening post of a thread, under the name ``opening``.

Taken down by its author it leaves its answers up, unless it was kept from others before.
"""


def open_to(member: str) -> str:
    """Return the condition in SQL for a row of ``thread``; ``member`` is an expression for the id of who reads."""
    return f"""(thread.deleted_at IS NULL AND (
        SELECT {OPENING_IS_UP} OR opening.author = {member}
        FROM post AS opening WHERE opening.thread = thread.id ORDER BY opening.branch, opening.id LIMIT 1))"""


OPEN_TO_WRITER = f"EXISTS (SELECT 1 FROM thread WHERE thread.id = post.thread AND {open_to(WRITER)})"
"""SQL, of a ``post``: whoever wrote it can open its thread, and read what is added there."""
