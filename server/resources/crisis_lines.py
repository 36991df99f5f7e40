"""The lines for any crisis that somebody in a region can be given: there should always be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.help.needs import CRISIS
from server.resources.kinds import USABLE

if TYPE_CHECKING:
    from datetime import date

CRISIS_LINE = f"""
    resource.kind = 'helpline' AND '{CRISIS}' = ANY(resource.needs) AND $1 = ANY(resource.regions)
    AND {USABLE.format(today="$2")}
"""
"""SQL for a line that counts; its parameters are the region and today."""


async def has_crisis_helpline(region: str, *, today: date) -> bool:
    """Tell whether somebody in this region can be given a helpline for any crisis."""
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
