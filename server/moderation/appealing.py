"""Appeals: an author objects to a decision once, and somebody else decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch_one, transaction
from server.errors import NotAllowed, NotFound
from server.moderation.deciding import lock_post, pass_on
from triage.assessment import Reason
from triage.queue.audit import record
from triage.queue.cases import Flag, policy_of, raise_case
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

APPEAL_REASON = Reason("appeal", "author", "Its author asks that somebody else looks at the decision.")


@dataclass(frozen=True)
class DecisionForAuthor:
    """What its author may know of a decision: not who made it."""

    id: int
    act: str
    words: str
    is_appealed: bool


async def find_decision_to_appeal(post_id: int, author_id: int) -> DecisionForAuthor:
    """Return the last decision about a member's own post.

    Raises: NotFound.
    """
    row = await fetch_one(
        """SELECT decision.id, decision.act, decision.words, appeal.id IS NOT NULL AS is_appealed FROM decision
           JOIN moderation_case ON moderation_case.id = decision."case" JOIN post ON post.id = moderation_case.post
           LEFT JOIN appeal ON appeal.decision = decision.id
           WHERE post.id = $1 AND post.author = $2 AND decision.undone_at IS NULL ORDER BY decision.id DESC LIMIT 1""",
        post_id,
        author_id,
    )
    if row is None:
        raise NotFound("There is no decision about this post.")
    return DecisionForAuthor(**row)


async def appeal(decision_id: int, author_id: int, words: str, *, at: datetime) -> None:
    """Let the author object to a decision, once; another moderator decides.

    Raises: NotFound, NotAllowed.
    """
    async with transaction():
        found = await fetch_one(
            """SELECT decision.moderator, decision.undone_at, moderation_case.post FROM decision
               JOIN moderation_case ON moderation_case.id = decision."case" JOIN post ON post.id = moderation_case.post
               WHERE decision.id = $1 AND post.author = $2""",
            decision_id,
            author_id,
        )
        if found is None or found["undone_at"] is not None:
            raise NotFound
        post = await lock_post(found["post"])
        kept = await fetch_one(
            """INSERT INTO appeal (decision, words, created_at) VALUES ($1, $2, $3)
               ON CONFLICT (decision) DO NOTHING RETURNING id""",
            decision_id,
            words,
            at,
        )
        if kept is None:
            raise NotAllowed("You have asked for another look already. Somebody else is reading it.")
        flag = Flag(post_id=found["post"], revision=post["revision"], severity=Severity.AMBER, reasons=(APPEAL_REASON,))
        case_id = await raise_case(flag, await policy_of(found["post"]), at=at)
        if found["moderator"] is not None:
            await pass_on(case_id, found["moderator"], at=at)
        await record("appeal", f"case:{case_id}", actor=author_id, at=at, detail={"decision": decision_id})
