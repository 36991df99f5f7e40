"""The words that people here use, against which misspelt searches are matched."""

from __future__ import annotations

from models.database import execute, transaction

NEWEST_POSTS = 50_000
CHARACTERS_OF_A_POST = 2_000
MOST_WORDS = 50_000
IN_POSTS = 2
"""A word that fewer posts have is more likely a slip than a word."""

TIME_MS = 60_000

# ts_stat takes its query as text; there is nothing of a member's in it. Three times as quick as counting authors too.
WORDS = f"""
    SELECT word, ndoc AS posts FROM ts_stat($query$
      SELECT to_tsvector('simple', left(body, {CHARACTERS_OF_A_POST})) FROM post
      WHERE state IN ('published', 'covered') ORDER BY id DESC LIMIT {NEWEST_POSTS}
    $query$)
    WHERE ndoc >= {IN_POSTS} AND word ~ '^[[:alpha:]]{{4,40}}$'
    ORDER BY ndoc DESC, word LIMIT {MOST_WORDS}
"""


async def refresh_vocabulary() -> None:
    """Learn the words of the newest 50,000 posts that others can read; words no longer in use are forgotten."""
    async with transaction():
        await execute("SELECT set_config('statement_timeout', $1, true)", str(TIME_MS))
        # Only what changed is written: the table is small, but its index would swell with every refresh.
        await execute(
            f"""WITH used AS MATERIALIZED ({WORDS}),
                     forgotten AS (DELETE FROM search_word WHERE word NOT IN (SELECT word FROM used))
                INSERT INTO search_word (word, posts) SELECT word, posts FROM used
                ON CONFLICT (word) DO UPDATE SET posts = excluded.posts WHERE search_word.posts <> excluded.posts"""
        )
        # New words wait in a list that every search would read through.
        await execute("SELECT gin_clean_pending_list('search_word_trigrams'::regclass)")
    await execute("ANALYZE search_word")
