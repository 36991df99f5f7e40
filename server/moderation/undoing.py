"""Taking a decision back, by whoever made it, for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import execute, fetch, fetch_one, transaction
from server.errors import NotAllowed, NotFound
from server.moderation.acts import PostAct
from server.moderation.appealing import DECIDED_ON_APPEAL
from server.moderation.deciding import PostChanged, lock_post
from server.moderation.effects import Text, rewrite
from server.moderation.passing_on import tell_askers
from server.moderation.past import act_name
from server.moderation.restrictions import OBJECTIONS
from server.myths.under_posts import take_corrections_from
from server.notices.service import notify
from server.reports.moderation import close_reports, reopen_reports
from server.reports.outcomes import Outcome
from triage.queue.audit import record
from triage.queue.cases import (
    Flag,
    close_case,
    end_case_of,
    hold_cases_of,
    policy_of,
    raise_case,
    reasons_from,
    record_end,
)
from triage.queue.claims import LEASE, Freed, free_all_of, record_freed
from triage.queue.handing import APPEAL, SECOND_OPINION
from triage.queue.tasks import REVISION_LEFT, read_again
from triage.queue.threads import settle_thread
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.moderation.effects import Row

UNDO_WITHIN = timedelta(minutes=10)
MOST_OFFERED = 50
"""As many as can be decided at once."""

# Of a decision and its post: what was decided later about the same post, or about its author's writing, and counts.
LATER = """
    SELECT 1 FROM decision AS later JOIN moderation_case AS its ON its.id = later."case"
    JOIN post AS other ON other.id = its.post
    WHERE later.id > decision.id AND later.undone_at IS NULL
      AND (other.id = post.id OR (decision.detail ->> 'pause' <> '' AND other.author = post.author
                                  AND later.detail ->> 'pause' <> ''))
"""


@dataclass(frozen=True)
class Undoable:
    """A decision that can be taken back by whoever made it."""

    id: int
    case_id: int
    act: str
    decided_at: datetime

    @property
    def act_name(self) -> str:
        """What was done."""
        return act_name(self.act)


async def undo(decision_id: int, moderator_id: int, *, at: datetime) -> int:
    """Take back what one decided within the last ten minutes; return the case of the post that goes on.

    It is theirs again, unless the post was flagged meanwhile, or an objection to what they decided before goes on: then
    that newer case does, with whoever has it, and holds too why this one was there.

    Raises: NotFound, NotAllowed, PostChanged.
    """
    async with transaction():
        found = await fetch_one(
            """SELECT decision.*, moderation_case.post FROM decision
               JOIN moderation_case ON moderation_case.id = decision."case" WHERE decision.id = $1""",
            decision_id,
        )
        if found is None or found["moderator"] != moderator_id:
            raise NotFound
        post = await lock_post(found["post"])
        decision = await fetch_one("SELECT undone_at, decided_at FROM decision WHERE id = $1 FOR UPDATE", decision_id)
        if decision["undone_at"] is not None and at - decision["undone_at"] < UNDO_WITHIN:  # the button, twice
            return await _case_that_goes_on(post["id"]) or int(found["case"])
        if decision["undone_at"] is not None or at - decision["decided_at"] > UNDO_WITHIN:
            raise NotAllowed("A decision can be taken back for ten minutes, once.")
        before: dict[str, Any] = msgspec.json.decode(found["before"])
        detail: dict[str, Any] = msgspec.json.decode(found["detail"])
        is_gone_since = post["state"] == "deleted" and before["state"] != "deleted"
        if is_gone_since or post["revision"] != found["revision"] + ("body" in before):
            raise PostChanged
        await _hold_cases(post["id"], before.get("reply", post["id"]), moderator_id)
        await _require_latest(decision_id, post, touches_pause=detail["pause"] != "")
        ended = await _restore(post, before, leaves_state=detail["post"] == PostAct.LEAVE, at=at)
        await _take_resources_from(post["id"], decision["decided_at"])
        await reopen_reports(post["id"], decided_by=moderator_id, decided_at=decision["decided_at"])
        await execute("UPDATE decision SET undone_at = $2 WHERE id = $1", decision_id, at)
        await execute("DELETE FROM labelled_example WHERE decision = $1", decision_id)
        settled = await _settle_appeal(decision_id, post["id"], moderator_id, at=at)
        await _tell_author(post, decision["decided_at"], on_appeal=settled is not None, at=at)
        case_id, freed = await _reopen(found["case"], post["id"], moderator_id, at=at)
        await read_again(post["id"], since=decision["decided_at"], at=at)
        await record("undo", f"case:{found['case']}", actor=moderator_id, at=at, detail={"decision": decision_id})
        if settled is not None:
            await record(
                "settle-appeal", f"case:{settled}", actor=moderator_id, at=at, detail={"decision": decision_id}
            )
        await record_freed(freed, moderator_id, Freed.UNDID, at=at)
        if ended is not None:
            await record_end(ended, at=at)
    return case_id


async def undoable_by(moderator_id: int, *, at: datetime) -> list[Undoable]:
    """Return a moderator's decisions that can be taken back, the newest first."""
    rows = await fetch(
        f"""SELECT decision.id, decision."case" AS case_id, decision.act, decision.decided_at FROM decision
            JOIN moderation_case ON moderation_case.id = decision."case" JOIN post ON post.id = moderation_case.post
            WHERE decision.moderator = $1 AND decision.decided_at >= $2 AND decision.undone_at IS NULL
              AND (post.state <> 'deleted' OR decision.before ->> 'state' = 'deleted')
              AND post.revision = {REVISION_LEFT}
              AND NOT EXISTS ({LATER}) ORDER BY decision.id DESC LIMIT {MOST_OFFERED}""",
        moderator_id,
        at - UNDO_WITHIN,
    )
    return [Undoable(**row) for row in rows]


async def _require_latest(decision_id: int, post: Row, *, touches_pause: bool) -> None:
    """Let nobody take back what somebody decided after them: about this post, or about its author's writing."""
    if touches_pause:
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", post["author"])
    later = await fetch_one(
        f"""SELECT 1 FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
            JOIN post ON post.id = moderation_case.post WHERE decision.id = $1 AND EXISTS ({LATER})""",
        decision_id,
    )
    if later is not None:
        raise NotAllowed("Somebody decided about this since, so it cannot be taken back any more.")


async def forget_texts_before(*, now: datetime) -> None:
    """Forget what posts and their notes said before a decision, once nobody can take that back any more.

    Earlier versions keep it for as long as they last. That there was such a text stays: it tells the post's revision.
    The digest of the form goes with them.
    """
    await execute(
        """UPDATE decision
           SET before = (before - 'form') || CASE
             WHEN before ? 'body' THEN '{"title": "", "body": "", "note_text": ""}'::jsonb ELSE '{"note_text": ""}' END
           WHERE decided_at < $1
             AND (before ? 'form' OR before ->> 'body' <> '' OR before ->> 'title' <> ''
                  OR before ->> 'note_text' <> '')""",
        now - UNDO_WITHIN,
    )


async def _hold_cases(post_id: int, reply_id: int, moderator_id: int) -> None:
    """Lock the answer that goes, and every open case that changes, before who is paused and the thread."""
    await execute("SELECT 1 FROM post WHERE id = $1 FOR NO KEY UPDATE", reply_id)
    await hold_cases_of(post_id, reply_id)
    await execute(
        "SELECT 1 FROM moderation_case WHERE claimed_by = $1 AND closed_at IS NULL ORDER BY id FOR UPDATE", moderator_id
    )


async def _restore(post: Row, before: Mapping[str, Any], *, leaves_state: bool, at: datetime) -> int | None:
    """Give back what a decision took; return the case of an answer that went, where somebody was worried about it."""
    ended = None
    if not leaves_state:
        await execute(
            "UPDATE post SET state = $2, note_topic = $3 WHERE id = $1",
            post["id"],
            before["state"],
            before["note_topic"],
        )
    if "body" in before:
        await rewrite(post, Text(before.get("title", ""), before["body"], before["note_text"]), at=at)
    if "reply" in before:
        await execute("DELETE FROM notice WHERE post = $1", before["reply"])
        await execute("UPDATE post SET state = 'deleted', body = '' WHERE id = $1", before["reply"])
        ended = await end_case_of(before["reply"], at=at)
    await settle_thread(post["thread"])
    if ended is not None:
        await close_reports(before["reply"], Outcome.TAKEN_DOWN, moderator_id=None, at=at)
    await take_corrections_from(post["id"], before.get("myths", []))
    if "may_write_from" in before:
        until = before["may_write_from"]
        await execute(
            "UPDATE member SET may_write_from = $2 WHERE id = $1",
            post["author"],
            datetime.fromisoformat(until) if until else None,
        )
    return ended


async def _tell_author(post: Row, decided_at: datetime, *, on_appeal: bool, at: datetime) -> None:
    """Withdraw what the author has not read of the decision; where they know of it, tell them that it counts no more.

    Whatever was told of it was told at its very moment; a letter of a moderator stays a letter.
    """
    if post["writer"] is None:
        return
    await execute(
        "DELETE FROM notice WHERE member = $1 AND post = $2 AND created_at = $3 AND read_at IS NULL",
        post["writer"],
        post["id"],
        decided_at,
    )
    was_read = await fetch_one(
        """SELECT 1 FROM notice WHERE member = $1 AND post = $2 AND created_at = $3 AND kind <> 'moderator-note'
           LIMIT 1""",
        post["writer"],
        post["id"],
        decided_at,
    )
    if on_appeal or was_read:
        kind = "appeal-granted" if on_appeal else "decision-undone"
        await notify(post["writer"], kind, post_id=post["id"], at=at)


async def _settle_appeal(decision_id: int, post_id: int, moderator_id: int, *, at: datetime) -> int | None:
    """End an open appeal against a decision that counts no more, and return its case.

    Where the post is in that case for nothing else the case is closed.
    """
    case = await fetch_one(
        f"""SELECT id, reasons, escalated_at FROM moderation_case WHERE post = $1 AND closed_at IS NULL
              AND {DECIDED_ON_APPEAL} AND EXISTS (SELECT 1 FROM appeal WHERE appeal.decision = $2) FOR UPDATE""",
        post_id,
        decision_id,
    )
    if case is None:
        return None
    left = list(reasons_from(case["reasons"]))
    if not await _objects_to_another(case["id"], moderator_id):
        left = [one for one in left if (one.kind, one.detail) != (APPEAL, str(moderator_id))]
    if case["escalated_at"] is None and all(reason.kind == SECOND_OPINION for reason in left):
        await close_case(case["id"], "decision-undone", by=moderator_id, at=at)
        await tell_askers(case["id"], moderator_id, at=at)
    else:
        reasons = msgspec.json.encode(left).decode()
        await execute("UPDATE moderation_case SET reasons = $2 WHERE id = $1", case["id"], reasons)
    return int(case["id"])


async def _objects_to_another(case_id: int, moderator_id: int) -> bool:
    """Tell whether the author objected since a case was opened to another decision of a moderator, which counts yet."""
    row = await fetch_one(
        f"""SELECT 1 FROM moderation_case JOIN post ON post.id = moderation_case.post
            WHERE moderation_case.id = $1 AND EXISTS (
              SELECT 1 FROM {OBJECTIONS} AND decision.moderator = $2 AND decision.undone_at IS NULL)""",
        case_id,
        moderator_id,
    )
    return row is not None


async def _take_resources_from(post_id: int, decided_at: datetime) -> None:
    """Take away what was attached at the very moment of a decision; what took its place since has kept that moment."""
    # Held, so that none is replaced between the two statements.
    await execute(
        """SELECT 1 FROM resource JOIN post_resource ON post_resource.resource = resource.id
           WHERE post_resource.post = $1 ORDER BY resource.id FOR SHARE OF resource""",
        post_id,
    )
    await execute("DELETE FROM post_resource WHERE post = $1 AND attached_at = $2", post_id, decided_at)


async def _reopen(case_id: int, post_id: int, moderator_id: int, *, at: datetime) -> tuple[int, list[int]]:
    """Give the case to the moderator again; return the case that goes on, and what they had meanwhile, free now."""
    other = await _case_that_goes_on(post_id)
    if other is not None:
        await _bring_back(case_id, post_id, into=other, at=at)
        return other, []
    freed = await free_all_of(moderator_id)  # nobody has two cases at once
    await execute(
        """UPDATE moderation_case SET closed_at = NULL, closed_by = NULL, outcome = '', claimed_by = $2,
                  claimed_at = $3, claimed_until = $4,
                  revision = (SELECT revision FROM post WHERE post.id = moderation_case.post) WHERE id = $1""",
        case_id,
        moderator_id,
        at,
        at + LEASE,
    )
    return case_id, freed


async def _bring_back(case_id: int, post_id: int, *, into: int, at: datetime) -> None:
    """Have the open case of a post, which is there for something else, hold too why this one was, and since when.

    The look that it waits for is still its own: the old case had had one.
    """
    why = await fetch_one(
        "SELECT revision, severity, reasons, is_misinformation, myth FROM moderation_case WHERE id = $1", case_id
    )
    flag = Flag(
        post_id=post_id,
        revision=why["revision"],
        severity=Severity(why["severity"]),
        reasons=reasons_from(why["reasons"]),
        is_misinformation=why["is_misinformation"],
        myth=why["myth"],
    )
    await raise_case(flag, await policy_of(post_id), at=at)
    await execute(
        """UPDATE moderation_case SET opened_at = least(moderation_case.opened_at, was.opened_at),
                  deadline = least(moderation_case.deadline, was.deadline),
                  urgent_since = coalesce(moderation_case.urgent_since, moderation_case.opened_at),
                  urgent_by = coalesce(moderation_case.urgent_by, moderation_case.deadline),
                  escalated_at = coalesce(moderation_case.escalated_at, was.escalated_at),
                  escalation = coalesce(nullif(moderation_case.escalation, ''), was.escalation),
                  on_call_by = least(moderation_case.on_call_by, was.on_call_by)
           FROM moderation_case AS was WHERE moderation_case.id = $1 AND was.id = $2""",
        into,
        case_id,
    )
    await execute(
        """INSERT INTO case_pass ("case", moderator, created_at)
           SELECT $1, moderator, created_at FROM case_pass WHERE "case" = $2
           ON CONFLICT ("case", moderator) DO NOTHING""",
        into,
        case_id,
    )


async def _case_that_goes_on(post_id: int) -> int | None:
    row = await fetch_one("SELECT id FROM moderation_case WHERE post = $1 AND closed_at IS NULL", post_id)
    return None if row is None else int(row["id"])
