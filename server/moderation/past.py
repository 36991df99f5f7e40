"""What was before a case: the author's posts, what was decided and objected to, and what moderators noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

EARLIER_POSTS = 12
EARLIER_DECISIONS = 10

ASK_TO_EDIT, WARN = "ask-to-edit", "warn"
ACT_NAMES: dict[str, str] = {
    "cover": "Content note put over it",
    "release": "Opened to everybody",
    "hold": "Held",
    "remove": "Taken down",
    WARN: "Asked to mind the rules",
    "take-warning-back": "Request to mind the rules taken back",
    "black-out": "Passage blacked out",
    "restore": "Blacked-out text put back",
    "pause": "Writing paused",
    "lift-pause": "Allowed to write again",
    ASK_TO_EDIT: "Asked to change it",
    "answer": "Answered",
    "attach": "Help put under it",
    "nothing": "Nothing needed",
}
"""What was done, by the act of a decision."""


def act_name(act: str) -> str:
    """Say what was done, as a person would."""
    return ACT_NAMES.get(act, act.replace("-", " ").capitalize())


@dataclass(frozen=True)
class PastPost:
    """One of the author's recent posts, for the small chart."""

    id: int
    severity: Severity | None
    created_at: datetime
    title: str


@dataclass(frozen=True)
class PastDecision:
    """Something decided before about this post or its author."""

    id: int
    act: str
    words: str
    decided_at: datetime
    moderator: str | None
    is_undone: bool
    is_this_post: bool
    asks_to_edit: bool
    warns: bool
    appeal: str | None

    @property
    def act_name(self) -> str:
        """What was done."""
        acts = [self.act] + [ASK_TO_EDIT] * self.asks_to_edit + [WARN] * self.warns
        return ", ".join(act_name(act) for act in dict.fromkeys(acts))


@dataclass(frozen=True)
class Note:
    """What a moderator told the others."""

    body: str
    by: str | None
    created_at: datetime
    case_id: int


DECISIONS = """
    SELECT decision.id, decision.act, decision.words, decision.decided_at, member.handle AS moderator,
           decision.undone_at IS NOT NULL AS is_undone, post.id = $1 AS is_this_post,
           coalesce(decision.detail ->> 'asks_to_edit' = 'true', false) AS asks_to_edit,
           coalesce(decision.detail ->> 'warn' = 'warn', false) AS warns, appeal.words AS appeal
    FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
    JOIN post ON post.id = moderation_case.post LEFT JOIN member ON member.id = decision.moderator
    LEFT JOIN appeal ON appeal.decision = decision.id
"""


async def recent_posts(author_id: int | None) -> list[PastPost]:
    """Return the author's newest posts, oldest first, with how they were judged."""
    rows = await fetch(
        f"""SELECT post.id, assessment.severity, post.created_at, thread.title
            FROM post JOIN thread ON thread.id = post.thread
            LEFT JOIN assessment ON assessment.post = post.id AND assessment.revision = post.revision
            WHERE post.author = $1 AND post.state <> 'deleted' ORDER BY post.id DESC LIMIT {EARLIER_POSTS}""",
        author_id,
    )
    return [
        PastPost(
            row["id"],
            None if row["severity"] is None else Severity(row["severity"]),
            row["created_at"],
            row["title"],
        )
        for row in reversed(rows)
    ]


async def earlier_decisions(post_id: int, author_id: int | None) -> list[PastDecision]:
    """Return the newest decisions about a post and about its author."""
    rows = await fetch(
        f"""{DECISIONS} WHERE post.id = $1 OR post.author = $2
            ORDER BY decision.id DESC LIMIT {EARLIER_DECISIONS}""",
        post_id,
        author_id,
    )
    return [PastDecision(**row) for row in rows]


async def appealed_decisions(post_id: int, *, since: datetime, until: datetime) -> list[PastDecision]:
    """Return the decisions about a post that its author objected to within a time, as the objections came."""
    rows = await fetch(
        f"""{DECISIONS} WHERE post.id = $1 AND appeal.created_at BETWEEN $2 AND $3 ORDER BY appeal.id""",
        post_id,
        since,
        until,
    )
    return [PastDecision(**row) for row in rows]


async def notes_on(post_id: int) -> list[Note]:
    """Return what moderators noted about a post, whichever of its cases they had."""
    rows = await fetch(
        """SELECT case_note.body, member.handle AS by, case_note.created_at, case_note."case" AS case_id
           FROM case_note JOIN moderation_case ON moderation_case.id = case_note."case"
           LEFT JOIN member ON member.id = case_note.moderator
           WHERE moderation_case.post = $1 ORDER BY case_note.id""",
        post_id,
    )
    return [Note(**row) for row in rows]
