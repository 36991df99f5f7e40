"""An author's objection to a decision as a case, kept from whom it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import fetch_one
from server.moderation.restrictions import OWN_OBJECTIONS
from triage.assessment import Reason
from triage.queue.cases import Flag, policy_of, raise_case
from triage.queue.claims import keep_from
from triage.queue.handing import APPEAL
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.effects import Row

WHY = "Its author asks that somebody else looks at the decision."


async def raise_objection(post: Row, moderator_id: int | None, *, at: datetime) -> int:
    """Open the case of an objection that its author made at ``at``, or add to the open one; return its id."""
    flag = Flag(
        post_id=post["id"],
        revision=post["revision"],
        severity=Severity.AMBER,
        reasons=(Reason(APPEAL, str(moderator_id or ""), WHY),),
    )
    case_id = await raise_case(flag, await policy_of(post["id"]), at=at)
    if moderator_id is not None:
        await keep_from(case_id, moderator_id, at=at)
    return case_id


async def own_objection_since(case_id: int, moderator_id: int, *, at: datetime) -> datetime | None:
    """Return since when the author objects to what this moderator took and could give back; ``None`` if they do not."""
    row = await fetch_one(
        f"""SELECT (SELECT min(appeal.created_at) FROM {OWN_OBJECTIONS}) AS since
            FROM moderation_case JOIN post ON post.id = moderation_case.post WHERE moderation_case.id = $3""",
        moderator_id,
        at,
        case_id,
    )
    return row["since"]
