"""Topics that a moderator asked not to be handed. No reason is asked for, nobody else sees them, no log keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one, transaction
from triage.topics import HEAVY_TOPICS

if TYPE_CHECKING:
    from collections.abc import Mapping

BEFORE_TOPIC = "topic-"
"""Begins the name of a topic's box in the form."""


def read_topics(fields: Mapping[str, str]) -> list[str]:
    """Return the topics that were ticked; what is not offered does not count."""
    return [topic for topic in HEAVY_TOPICS if BEFORE_TOPIC + topic in fields]


async def spared_topics_of(moderator_id: int) -> set[str]:
    """Return what somebody asked not to be handed."""
    rows = await fetch("SELECT topic FROM spared_topic WHERE moderator = $1", moderator_id)
    return {row["topic"] for row in rows}


async def spare_topics(moderator_id: int, topics: list[str]) -> None:
    """Hand somebody no cases with these topics from now on, and with no others, while a colleague can take them."""
    async with transaction():
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", moderator_id)
        await execute(
            "DELETE FROM spared_topic WHERE moderator = $1 AND topic <> ALL($2::varchar[])", moderator_id, topics
        )
        await execute(
            """INSERT INTO spared_topic (moderator, topic) SELECT $1, unnest($2::varchar[])
               ON CONFLICT (moderator, topic) DO NOTHING""",
            moderator_id,
            topics,
        )


async def touches_spared_topic(case_id: int, moderator_id: int) -> bool:
    """Tell whether a case is about something that this moderator asked not to be handed."""
    row = await fetch_one(
        """SELECT 1 FROM moderation_case JOIN spared_topic ON spared_topic.topic = ANY(moderation_case.topics)
           WHERE moderation_case.id = $1 AND spared_topic.moderator = $2 LIMIT 1""",
        case_id,
        moderator_id,
    )
    return row is not None
