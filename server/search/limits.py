"""How long a search may take, whatever somebody types."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from models.database import execute, transaction
from server.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

PATIENCE_MS = 2_000
"""For one statement of a search."""

LOOKING_BACK_MS = 1_000
"""For older posts and similar titles: without them there is still an answer."""


class SearchTookTooLong(Unavailable):
    """The words are so common, or the machine so busy, that the answer did not come in time."""

    title = "That search took too long"
    sentence = "These words are hard to look for together. Please try fewer words, rarer ones, or a single board."


@asynccontextmanager
async def patience(milliseconds: int) -> AsyncGenerator[None]:
    """Run a few queries in one transaction, each within a time.

    The plan of a search depends on how common its words are, so PostgreSQL plans for these words each time.

    Raises: asyncpg.QueryCanceledError from the query that took too long.
    """
    async with transaction():
        await execute(
            """SELECT set_config('statement_timeout', $1, true),
                      set_config('plan_cache_mode', 'force_custom_plan', true),
                      set_config('pg_trgm.similarity_threshold', '0.2', true),
                      set_config('pg_trgm.word_similarity_threshold', '0.45', true)""",
            str(milliseconds),
        )
        yield
