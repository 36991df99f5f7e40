"""Content notes: what a post is about, said before it is read, so that each reader can choose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from models.database import execute, fetch, fetch_one

TOPICS: dict[str, str] = {
    "suicidal-thoughts": "Suicidal thoughts",
    "self-harm": "Self-harm",
    "substance-use": "Drinking or drug use",
    "relapse": "Relapse",
    "eating": "Food, weight and eating",
    "abuse": "Abuse or violence",
    "sexual-violence": "Sexual violence",
    "death": "Death and grief",
    "baby-loss": "Pregnancy and baby loss",
    "medical": "Medical detail",
    "money": "Gambling and debt",
}
"""Known topics, slug to label, in the order in which they are offered."""

COVERED_WITHOUT_NOTE = "Please take care with this post"
"""Stands over a post that triage or a moderator covered, where nobody said what it is about."""

OWN_WORDS = "own-words"
"""Stands for every note that an author put in own words, when a reader chooses."""


class NoteChoice(StrEnum):
    """What a reader wants of posts under a note."""

    OPEN = "open"
    COVERED = "covered"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class ContentNote:
    """A note on a post: a known topic, own words, both or neither."""

    topic: str = ""
    text: str = ""

    @property
    def label(self) -> str:
        """Say what the post is about; empty without a note."""
        topic = TOPICS.get(self.topic, "")
        return f"{topic}: {self.text}" if topic and self.text else topic or self.text

    def choice(self, choices: dict[str, NoteChoice]) -> NoteChoice:
        """Return what a reader with these choices wants; a note covers unless they chose otherwise."""
        if not self.label:
            return NoteChoice.OPEN
        return choices.get(self.topic or OWN_WORDS, NoteChoice.COVERED)


async def topic_by_moderator(post_id: int) -> tuple[str, str]:
    """Return the topic that moderators put over a post since it was last released, and the author's own below it."""
    rows = await fetch(
        """SELECT decision.detail ->> 'note' AS topic, decision.before ->> 'note_topic' AS before
           FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
           WHERE moderation_case.post = $1 AND decision.undone_at IS NULL AND decision.detail ->> 'note' <> ''
             AND decision.id > coalesce((SELECT max(later.id) FROM decision AS later
                 JOIN moderation_case AS its ON its.id = later."case" WHERE its.post = $1
                   AND later.undone_at IS NULL AND later.detail ->> 'post' = 'release'), 0)
           ORDER BY decision.id""",
        post_id,
    )
    topic, own = "", ""
    for row in rows:
        if row["before"] != topic:  # the author chose another one in between
            own = row["before"]
        topic = row["topic"]
    return topic, own


async def own_topic_of(post_id: int, topic: str) -> str:
    """Return the author's own topic of a post that stands under ``topic``, whoever chose that one."""
    by_moderator, own = await topic_by_moderator(post_id)
    return own if by_moderator and topic == by_moderator else topic


async def read_note_choices(member_id: int | None) -> dict[str, NoteChoice]:
    """Return a reader's choices by topic; topics they never thought about are missing."""
    if member_id is None:
        return {}
    row = await fetch_one("SELECT note_choices FROM member WHERE id = $1", member_id)
    return parse_choices(json.loads(row["note_choices"])) if row else {}


def parse_choices(given: dict[str, str]) -> dict[str, NoteChoice]:
    """Keep the known topics with a known choice; anything else falls away."""
    allowed = {choice.value for choice in NoteChoice}
    return {
        topic: NoteChoice(given[topic]) for topic in (*TOPICS, OWN_WORDS) if topic in given and given[topic] in allowed
    }


async def save_note_choices(member_id: int, choices: dict[str, NoteChoice]) -> None:
    """Remember a reader's choices."""
    await execute("UPDATE member SET note_choices = $2 WHERE id = $1", member_id, json.dumps(choices))
