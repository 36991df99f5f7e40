"""Which threads somebody may open: those whose opening post is up, and their own."""

from __future__ import annotations


def open_to(member: str) -> str:
    """Return the condition in SQL for a row of ``thread``; ``member`` is an expression for the id of who reads."""
    return f"""(thread.deleted_at IS NULL AND (
        SELECT opening.state IN ('published', 'covered', 'deleted') OR opening.author = {member}
        FROM post AS opening WHERE opening.thread = thread.id ORDER BY opening.branch, opening.id LIMIT 1))"""
