"""Taking a decision back, by whoever made it, for ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from models.database import execute, fetch_one, transaction
from server.errors import NotAllowed, NotFound
from server.moderation.acts import PostAct
from server.moderation.deciding import PostChanged, lock_post
from server.moderation.effects import Text, rewrite
from server.myths.under_posts import take_corrections_from
from server.reports.moderation import reopen_reports
from triage.queue.audit import record
from triage.queue.claims import LEASE, Freed, free_all_of, record_freed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.moderation.effects import Row

UNDO_WITHIN = timedelta(minutes=10)


async def undo(decision_id: int, moderator_id: int, *, at: datetime) -> int:
    """Take back what one decided within the last ten minutes; return the case, which is theirs again.

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
        if decision["undone_at"] is not None or at - decision["decided_at"] > UNDO_WITHIN:
            raise NotAllowed("A decision can be taken back for ten minutes, once.")
        before: dict[str, Any] = msgspec.json.decode(found["before"])
        detail: dict[str, Any] = msgspec.json.decode(found["detail"])
        if post["revision"] != found["revision"] + ("body" in before) or post["state"] == "deleted":
            raise PostChanged
        await _require_latest(decision_id, post, touches_pause=detail["pause"] != "")
        await _restore(post, before, leaves_state=detail["post"] == PostAct.LEAVE, decided_at=decision["decided_at"])
        await reopen_reports(post["id"], decided_by=moderator_id, decided_at=decision["decided_at"])
        await execute("UPDATE decision SET undone_at = $2 WHERE id = $1", decision_id, at)
        await execute("DELETE FROM labelled_example WHERE decision = $1", decision_id)
        freed = await _reopen(found["case"], found["post"], moderator_id, at=at)
        await record("undo", f"case:{found['case']}", actor=moderator_id, at=at, detail={"decision": decision_id})
        await record_freed(freed, moderator_id, Freed.UNDID, at=at)
    return int(found["case"])


async def undoable_by(moderator_id: int, *, at: datetime) -> int | None:
    """Return a moderator's last decision while it can be taken back."""
    row = await fetch_one(
        """SELECT id FROM decision WHERE moderator = $1 AND decided_at > $2 AND undone_at IS NULL
           ORDER BY id DESC LIMIT 1""",
        moderator_id,
        at - UNDO_WITHIN,
    )
    return row["id"] if row else None


async def _require_latest(decision_id: int, post: Row, *, touches_pause: bool) -> None:
    """Let nobody take back what somebody decided after them: about this post, or about its author's writing."""
    if touches_pause:
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", post["author"])
    later = await fetch_one(
        """SELECT 1 FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
           JOIN post ON post.id = moderation_case.post
           WHERE decision.id > $1 AND decision.undone_at IS NULL
             AND (post.id = $2 OR ($3 AND post.author = $4 AND decision.detail ->> 'pause' <> '')) LIMIT 1""",
        decision_id,
        post["id"],
        touches_pause,
        post["author"],
    )
    if later is not None:
        raise NotAllowed("Somebody decided about this since, so it cannot be taken back any more.")


async def _restore(post: Row, before: Mapping[str, Any], *, leaves_state: bool, decided_at: datetime) -> None:
    if not leaves_state:
        await execute(
            "UPDATE post SET state = $2, note_topic = $3 WHERE id = $1",
            post["id"],
            before["state"],
            before["note_topic"],
        )
    if "body" in before:
        await rewrite(post, Text(before.get("title", ""), before["body"]))
    if "reply" in before:
        await execute("DELETE FROM notice WHERE post = $1", before["reply"])
        await execute("UPDATE post SET state = 'deleted', body = '' WHERE id = $1", before["reply"])
        await execute("UPDATE thread SET reply_count = greatest(reply_count - 1, 0) WHERE id = $1", post["thread"])
    await execute(
        "DELETE FROM post_resource WHERE post = $1 AND resource = ANY($2)", post["id"], before.get("resources", [])
    )
    await take_corrections_from(post["id"], before.get("myths", []))
    if "may_write_from" in before:
        until = before["may_write_from"]
        await execute(
            "UPDATE member SET may_write_from = $2 WHERE id = $1",
            post["author"],
            datetime.fromisoformat(until) if until else None,
        )
    # Whatever was told of this decision was told at its very moment.
    await execute(
        "DELETE FROM notice WHERE member = $1 AND post = $2 AND created_at = $3 AND read_at IS NULL",
        post["author"],
        post["id"],
        decided_at,
    )


async def _reopen(case_id: int, post_id: int, moderator_id: int, *, at: datetime) -> list[int]:
    """Give the case to the moderator again; return what they had meanwhile, which is free now."""
    other = await fetch_one("SELECT id FROM moderation_case WHERE post = $1 AND closed_at IS NULL", post_id)
    if other is not None:
        return []  # it was flagged again meanwhile: that case goes on
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
    return freed
