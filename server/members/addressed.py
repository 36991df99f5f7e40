"""What moderators wrote to a member, or of one, by name: words of the library, which they begin with, can hold it."""

from __future__ import annotations

import re

from models.database import execute
from server.text.personal.detail import words_of
from server.text.personal.name_words import ENDS_A_NAME, NO_NAMES
from triage.queue.handing import SECOND_OPINION

_LIKE_NO_WORD = re.compile(r"[A-Za-z].{4,}\d")
"""Such as quiet-otter-41: whatever looks like this in an answer is the name."""

NEVER_A_NAME = ENDS_A_NAME | NO_NAMES | words_of("call chat help hotline line phone please ring text")
"""Words that an answer may hold between two commas without addressing anybody."""


_OF_THEIR_CASES = """FROM moderation_case AS own JOIN post ON post.id = own.post
    WHERE post.author = $1 AND own.id ="""
_ANSWERS = ("post", "body", "FROM post AS own WHERE own.author = $1 AND own.id = post.quoted AND post.by_moderator")
_LETTERS_AND_NOTES = (
    ("decision", "words", f'{_OF_THEIR_CASES} decision."case"'),
    ("case_note", "body", f'{_OF_THEIR_CASES} case_note."case"'),
    ("moderation_case", "escalation", f"{_OF_THEIR_CASES} moderation_case.id"),
    ("notice", "detail", "WHERE notice.member = $1"),
)
"""Table, column, and SQL of the rows about the member: reasons, words for colleagues, and letters."""

_IS_QUESTION = f"reason ->> 'kind' = '{SECOND_OPINION}'"
_RENAME_IN_QUESTIONS = f"""
    UPDATE moderation_case SET reasons = (
        SELECT jsonb_agg(CASE WHEN {_IS_QUESTION} THEN jsonb_set(reason, '{{explanation}}', to_jsonb(
            regexp_replace(reason ->> 'explanation', $2, $3, 'g'))) ELSE reason END ORDER BY place)
        FROM jsonb_array_elements(moderation_case.reasons) WITH ORDINALITY AS each (reason, place))
    {_OF_THEIR_CASES} moderation_case.id AND EXISTS (
        SELECT 1 FROM jsonb_array_elements(moderation_case.reasons) AS reason
        WHERE {_IS_QUESTION} AND reason ->> 'explanation' ~ $2)"""


async def hold_decided_posts(member_id: int) -> None:
    """Lock a member's posts that moderators look at or looked at: they write nothing about them until it is renamed."""
    await execute(
        """SELECT 1 FROM post WHERE author = $1
             AND EXISTS (SELECT 1 FROM moderation_case WHERE moderation_case.post = post.id)
           ORDER BY id FOR NO KEY UPDATE""",
        member_id,
    )


async def rename_everywhere(member_id: int, before: str, after: str) -> None:
    """Put another name into what moderators wrote to a member, and to each other about their posts.

    The caller's transaction holds these posts, and changes the name afterwards.
    """
    await rename_in_answers(member_id, before, after)
    pattern = _place_of(before)
    if pattern is None:
        return
    for place in _LETTERS_AND_NOTES:
        await execute(_renaming(*place), member_id, pattern, after)
    await execute(_RENAME_IN_QUESTIONS, member_id, pattern, after)


async def rename_in_answers(member_id: int, before: str, after: str) -> None:
    """Put another name into moderators' answers to a member's posts: these stay when the account goes."""
    pattern = _place_of(before)
    if pattern is not None:
        await execute(_renaming(*_ANSWERS), member_id, pattern, after)


def _renaming(table: str, column: str, theirs: str) -> str:
    """Return the SQL that puts $3 where $2 is found in a column of the rows about the member $1."""
    return f"""UPDATE {table} SET {column} = regexp_replace({table}.{column}, $2, $3, 'g') {theirs}
               AND {table}.{column} ~ $2"""


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
