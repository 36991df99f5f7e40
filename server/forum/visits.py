"""How far a member has read each thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute_lightly

if TYPE_CHECKING:
    from collections.abc import Sequence


async def remember_reading(member_id: int, thread_id: int, post_ids: Sequence[int], *, read_up_to: int = 0) -> None:
    """Note that these posts were on this member's screen, who had read the thread up to ``read_up_to`` before.

    Pages are in the order of branches, so a newer post may be seen before an older one: the mark stops below the first
    that was not. Who is here for the first time begins with the first post of their page; nothing is taken back.
    """
    await execute_lightly(
        """INSERT INTO visit (member, thread, last_post)
           SELECT $1, thread.id, coalesce(
             (SELECT min(id) - 1 FROM post
              WHERE thread = $2 AND id > $4 AND id <> ALL($3::bigint[]) AND author IS DISTINCT FROM $1
                AND state IN ('published', 'covered')), greatest(thread.last_post, $5))
           FROM thread WHERE thread.id = $2
           ON CONFLICT (member, thread) DO UPDATE SET last_post = excluded.last_post
           WHERE visit.last_post < excluded.last_post""",
        member_id,
        thread_id,
        post_ids,
        read_up_to or min(post_ids),
        max(post_ids),
    )
