"""Appeals: an author objects to a decision once, and somebody else decides; that is final."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch_one, transaction
from server.errors import NotAllowed, NotFound
from server.moderation.deciding import lock_post
from server.moderation.objections import raise_objection
from server.moderation.restrictions import HAS_TAKEN, RESTRICTS
from triage.queue.audit import record
from triage.queue.handing import APPEAL, another_could, has_reason

if TYPE_CHECKING:
    from datetime import datetime

FINAL = (
    "Another moderator has looked at this again already, and what they decided is final. Thank you for telling us how "
    "you see it."
)
DECIDED_ON_APPEAL = f"""moderation_case.reasons @> '[{{"kind": "{APPEAL}"}}]'"""
IS_FINAL = f"({DECIDED_ON_APPEAL} AND NOT {has_reason(APPEAL, 'decision.moderator')})"
"""SQL, of a ``decision`` and its case: somebody else made it than whom its author objects to there."""
IS_WAITING = f"""EXISTS (
    SELECT 1 FROM appeal JOIN moderation_case ON moderation_case.opened_at <= appeal.created_at
    WHERE appeal.decision = decision.id AND moderation_case.post = post.id AND moderation_case.closed_at IS NULL
      AND {DECIDED_ON_APPEAL} AND (decision.moderator IS NULL OR {has_reason(APPEAL, "decision.moderator")}))"""
"""SQL, of a ``decision`` and its ``post``: its author objects to it, and nobody has decided about that."""
HAS_ANOTHER = f"""(
    SELECT {another_could("decision.moderator")}
    FROM (VALUES (1)) AS one LEFT JOIN moderation_case
      ON moderation_case.post = post.id AND moderation_case.closed_at IS NULL)"""
"""SQL, of a ``decision`` and its ``post``: somebody could look at it who had no part in it, nor in what waits."""
DECISIONS = """FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
               JOIN post ON post.id = moderation_case.post"""


@dataclass(frozen=True)
class DecisionForAuthor:
    """What its author may know of a decision: not who made it."""

    id: int
    words: str
    asked: str
    """What its author objected; empty where they did not."""
    is_waiting: bool
    """Its author objects to it, and nobody has decided about that yet."""
    is_over: bool
    """It takes nothing from them any more."""
    is_final: bool
    """It was looked at again."""
    has_another: bool
    """There is a moderator who could look at it, and had no part in it."""

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing can be objected to it now."""
        return self.is_waiting or self.is_over or self.is_final


async def find_decision_to_appeal(
    post_id: int, author_id: int, *, decision_id: int | None = None, at: datetime
) -> DecisionForAuthor:
    """Return a decision that took something from the author of a post, or the last one, rather one that still does.

    Raises: NotFound.
    """
    row = await fetch_one(
        f"""SELECT decision.id, decision.words, {IS_FINAL} AS is_final, {IS_WAITING} AS is_waiting,
                   {RESTRICTS.format(now="$4")} AS restricts,
                   appeal.words AS asked, {HAS_ANOTHER} AS has_another
            {DECISIONS} LEFT JOIN appeal ON appeal.decision = decision.id
            WHERE post.id = $1 AND post.author = $2 AND {HAS_TAKEN} AND ($3::bigint IS NULL OR decision.id = $3)
            ORDER BY ({RESTRICTS.format(now="$4")} OR {IS_WAITING}) IS TRUE DESC, decision.id DESC LIMIT 1""",
        post_id,
        author_id,
        decision_id,
        at,
    )
    if row is None:
        raise NotFound("There is no decision about this post that could be looked at again.")
    is_waiting = row["is_waiting"]
    return DecisionForAuthor(
        id=row["id"],
        words=row["words"],
        asked=row["asked"] or "",
        is_waiting=is_waiting,
        is_over=not is_waiting and not row["restricts"],
        is_final=not is_waiting and (row["asked"] is not None or row["is_final"]),
        has_another=row["has_another"],
    )


async def appeal(decision_id: int, author_id: int, words: str, *, at: datetime) -> None:
    """Let the author object to a decision, once; another moderator decides.

    Raises: NotFound, NotAllowed.
    """
    async with transaction():
        about = await fetch_one(
            f"SELECT post.id {DECISIONS} WHERE decision.id = $1 AND post.author = $2", decision_id, author_id
        )
        if about is None:
            raise NotFound
        post = await lock_post(about["id"])  # nobody takes the decision back from here on
        found = await fetch_one(
            f"""SELECT decision.moderator, {IS_FINAL} AS is_final {DECISIONS}
                WHERE decision.id = $1 AND post.author = $2 AND {RESTRICTS.format(now="$3")}""",
            decision_id,
            author_id,
            at,
        )
        if found is None:
            raise NotFound
        if found["is_final"]:
            raise NotAllowed(FINAL)
        kept = await fetch_one(
            """INSERT INTO appeal (decision, words, created_at) VALUES ($1, $2, $3)
               ON CONFLICT (decision) DO NOTHING RETURNING id""",
            decision_id,
            words,
            at,
        )
        if kept is None:
            raise NotAllowed("You have asked for another look already. You will hear from whoever reads it.")
        case_id = await raise_objection(post, found["moderator"], at=at)
        await record("appeal", f"case:{case_id}", actor=author_id, at=at, detail={"decision": decision_id})
