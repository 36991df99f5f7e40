"""How many urgent cases somebody has had, hour by hour: for themselves alone, as a picture and as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from models.database import fetch
from triage.queue.handing import SEEN_BY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from triage.queue.limits import CareLimits

HOURS = 24
BAR, HEIGHT, GROUND, TOP = 14, 110, 92, 14
"""Width of one bar with its gap, height of the picture, the line that bars stand on, and where the tallest end."""
LABELLED = (24, 18, 12, 6)
"""Hours ago that are written below the bars."""


class Hour(NamedTuple):
    """One of the last hours; with ``ago`` 1 it ends now."""

    ago: int
    urgent: int


async def urgent_by_hour(moderator_id: int, *, at: datetime) -> list[Hour]:
    """Return how many urgent cases a moderator had in each of the last 24 hours, the oldest first."""
    rows = await fetch(
        f"""SELECT hour.ago, count(seen.at) AS urgent FROM generate_series(1, {HOURS}) AS hour(ago)
            LEFT JOIN {SEEN_BY.format(person="$1")} AS seen ON seen.severity >= 2
              AND seen.at > $2::timestamptz - make_interval(hours => hour.ago)
              AND seen.at <= $2::timestamptz - make_interval(hours => hour.ago - 1)
            GROUP BY hour.ago ORDER BY hour.ago DESC""",
        moderator_id,
        at,
    )
    return [Hour(row["ago"], row["urgent"]) for row in rows]


def exposure_meter(title: str, hours: Sequence[Hour], limits: CareLimits) -> Markup:
    """Draw a bar for each hour, and the two limits as lines; classes of ``kith.css`` alone, as the CSP asks for."""
    highest = max(limits.enforce_after, *(hour.urgent for hour in hours))
    end = (len(hours) + 1) * BAR
    bars, names = Markup(), Markup()
    for place, hour in enumerate(hours, 1):
        bars += _bar(place * BAR, hour.urgent, highest) if hour.urgent else ""
        names += _name(place * BAR, hour.ago) if hour.ago in LABELLED else ""
    lines = _line(limits.suggest_after, highest, end, dashes="2 4") + _line(limits.enforce_after, highest, end)
    return Markup(
        '<svg viewBox="0 0 {} {}" width="100%" height="{}" preserveAspectRatio="xMinYMid" role="img" '
        'font-size="10" text-anchor="middle" fill="currentColor"><title>{}</title>{}{}{}</svg>'
    ).format(end + BAR, HEIGHT, HEIGHT, title, bars, names, lines)


def _bar(left: int, urgent: int, highest: int) -> Markup:
    height = round((GROUND - TOP) * urgent / highest, 1)
    return Markup('<rect class="severity-dot-red" x="{}" y="{}" width="{}" height="{}"/>').format(
        left + 2, GROUND - height, BAR - 4, height
    )


def _name(left: int, ago: int) -> Markup:
    return Markup('<text x="{}" y="{}">{} h</text>').format(left + BAR // 2, HEIGHT - 3, ago)


def _line(limit: int, highest: int, end: int, *, dashes: str = "6 2") -> Markup:
    """Draw a limit with its number at the end of its line."""
    height = round(GROUND - (GROUND - TOP) * limit / highest, 1)
    return Markup(
        '<line x1="{0}" y1="{1}" x2="{2}" y2="{1}" stroke="currentColor" stroke-dasharray="{3}"/>'
        '<text x="{4}" y="{1}" dy="3">{5}</text>'
    ).format(BAR, height, end, dashes, end + BAR // 2, limit)
