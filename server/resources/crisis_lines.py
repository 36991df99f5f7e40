"""The lines for any crisis that anybody in a region can be given: there should always be one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.database import fetch, fetch_one
from server.notices.sentences import ABOUT_CRISIS_LINES, LAST_CRISIS_LINE_DUE, NO_CRISIS_LINE
from server.notices.service import keep_admins_told
from server.resources.kinds import CRISIS_LINE_FOR_ANYBODY, USABLE

TOLD_BEFORE = timedelta(days=14)
"""So long before the last line is due admins hear of it."""
CRISIS_LINE = f"""{CRISIS_LINE_FOR_ANYBODY} AND $1 = ANY(resource.regions) AND {USABLE.format(today="$2")}"""
"""SQL for a line that counts; its parameters are the region and today."""


async def has_crisis_helpline(region: str, *, today: date) -> bool:
    """Tell whether anybody in this region can be given a helpline for any crisis."""
    return await fetch_one(f"SELECT 1 FROM resource WHERE {CRISIS_LINE} LIMIT 1", region, today) is not None


async def is_last_crisis_line(resource_id: int, region: str, *, today: date) -> bool:
    """Tell whether a resource is the region's only crisis line; it stays so until the transaction ends."""
    # All of them are held, so that two people do not take away the last two at once; in the order of their ids, as
    # whoever replaces one does.
    rows = await fetch(
        f"SELECT id, {CRISIS_LINE} AS counts FROM resource WHERE id = $3 OR ({CRISIS_LINE}) ORDER BY id FOR UPDATE",
        region,
        today,
        resource_id,
    )
    return [row["id"] for row in rows if row["counts"]] == [resource_id]


async def tell_admins(region: str, *, at: datetime) -> None:
    """Have every admin hear once that the region has no crisis line, or that its last one is soon due for review.

    Call it now and then.
    """
    kind, detail = await _what_to_tell(region, today=at.date())
    await keep_admins_told(ABOUT_CRISIS_LINES, kind, detail, at=at)


async def _what_to_tell(region: str, *, today: date) -> tuple[str, str]:
    """Return kind and detail of the notice that is true now; both empty where all is well."""
    lines = await fetch(f"SELECT review_on FROM resource WHERE {CRISIS_LINE}", region, today)
    if not lines:
        return NO_CRISIS_LINE, region
    last = max(line["review_on"] or date.max for line in lines)
    return (LAST_CRISIS_LINE_DUE, last.isoformat()) if last - today <= TOLD_BEFORE else ("", "")
