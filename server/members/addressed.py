"""What moderators wrote to a member by name: their answers begin with words of the library that can hold the handle."""

from __future__ import annotations

import re

from models.database import execute
from server.text.personal.detail import words_of
from server.text.personal.name_words import ENDS_A_NAME, NO_NAMES

_LIKE_NO_WORD = re.compile(r"[A-Za-z].{4,}\d")
"""Such as quiet-otter-41: whatever looks like this in an answer is the name."""

NEVER_A_NAME = ENDS_A_NAME | NO_NAMES | words_of("call chat help hotline line phone please ring text")
"""Words that an answer may hold between two commas without addressing anybody."""


async def rename_in_answers(member_id: int, before: str, after: str) -> None:
    """Put another name into moderators' answers to a member's posts; the caller's transaction changes the name."""
    pattern = _place_of(before)
    if pattern is None:
        return
    await execute(
        """UPDATE post SET body = regexp_replace(post.body, $2, $3, 'g') FROM post AS answered
           WHERE answered.id = post.quoted AND answered.author = $1 AND post.by_moderator AND post.body ~ $2""",
        member_id,
        pattern,
        after,
    )


def _place_of(handle: str) -> str | None:
    """Return the pattern (of PostgreSQL) of where an answer means the member; ``None`` where that cannot be told.

    A name that could be a word is changed only where the answer addresses somebody by it, as the library does; one
    that could be a number to call never is.
    """
    if _LIKE_NO_WORD.fullmatch(handle):
        return rf"(?<![\w-]){handle}(?![\w-])"
    if handle.lower() in NEVER_A_NAME or not re.search("[A-Za-z]", handle):
        return None
    return rf"(?<=, |\m(?:Hi|Hello|Hey|Dear) ){handle}(?= ?[.,;:?!…\n]|$)"
