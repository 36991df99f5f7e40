"""How far a member has read each thread."""

from __future__ import annotations

from models.database import execute_lightly


async def remember_reading(member_id: int, thread_id: int, last_post: int) -> None:
    """Note that posts up to ``last_post`` were on this member's screen; reading older pages takes nothing back."""
    await execute_lightly(
        """INSERT INTO visit (member, thread, last_post) VALUES ($1, $2, $3)
           ON CONFLICT (member, thread) DO UPDATE SET last_post = excluded.last_post
           WHERE visit.last_post < excluded.last_post""",
        member_id,
        thread_id,
        last_post,
    )
