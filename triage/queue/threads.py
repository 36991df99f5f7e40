"""What a thread says of its posts: how many answers others can read, and which post is the newest among them."""

from __future__ import annotations

from models.database import execute, fetch_one


async def settle_thread(thread_id: int) -> bool:
    """Give a thread its right count and newest post after one of its posts came, went or was held.

    Returns whether any post is left that others can read, or that waits for a moderator. A thread that was gone comes
    back with a member's post that is there again. Call it last of what touches posts and cases: the thread's row is
    locked from here on.
    """
    await execute("SELECT 1 FROM thread WHERE id = $1 FOR NO KEY UPDATE", thread_id)  # an answer may be on its way
    left = await fetch_one(
        """WITH own AS (
             SELECT id, created_at, by_moderator, state IN ('published', 'covered') AS is_up, state = 'held' AS waits,
                    id = first_value(id) OVER (ORDER BY branch, id) AS is_opening
             FROM post WHERE thread = $1
           ), counted AS (
             SELECT count(*) FILTER (WHERE is_up AND NOT is_opening) AS replies,
                    coalesce(max(id) FILTER (WHERE is_up), max(id) FILTER (WHERE is_opening)) AS newest,
                    coalesce(max(created_at) FILTER (WHERE is_up), max(created_at) FILTER (WHERE is_opening)) AS at,
                    coalesce(bool_or(is_up OR waits), false) AS any_left,
                    coalesce(bool_or((is_up OR waits) AND NOT by_moderator), false) AS any_of_members
             FROM own
           )
           UPDATE thread SET reply_count = counted.replies, last_post = counted.newest,
                             last_post_at = coalesce(counted.at, thread.created_at),
                             deleted_at = CASE WHEN NOT counted.any_of_members THEN thread.deleted_at END
           FROM counted WHERE thread.id = $1 RETURNING counted.any_left""",
        thread_id,
    )
    return left is not None and bool(left["any_left"])
