"""What moderators wrote to a member by name: their answers begin with words of the library that can hold the handle."""

from __future__ import annotations

from models.database import execute


async def rename_in_answers(member_id: int, before: str, after: str) -> None:
    """Put another name into moderators' answers to a member's posts; the caller's transaction changes the name."""
    await execute(
        """UPDATE post SET body = replace(post.body, $2, $3) FROM post AS answered
           WHERE answered.id = post.quoted AND answered.author = $1 AND post.by_moderator
             AND position($2 IN post.body) > 0""",
        member_id,
        before,
        after,
    )
