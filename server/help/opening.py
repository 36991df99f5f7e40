"""When somebody answers: days and times on the line's own clock, and whether that is now.

Times are written as people write them: ``Mon-Fri 09:00-17:00; Sat 10:00-13:00``, ``daily 18:00-02:00``, ``always``. A
weekly plan knows no public holidays, so pages say that hours are the usual ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ALWAYS = "always"
DAILY = "daily"
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = 24 * 60
WEEK = 7 * DAY
EXAMPLE = "such as: Mon-Fri 09:00-17:00; Sat 10:00-13:00"

_RULE = re.compile(r"(?P<days>[a-z ,-]+?) *(?P<times>\d.*)")
_TIMES = re.compile(r"(\d{1,2}):(\d{2}) ?- ?(\d{1,2}):(\d{2})")

Span = tuple[int, int]
"""Minutes since Monday's midnight: from, and until. Later than the week's end means Monday again."""


class HoursUnclear(ValueError):
    """The times cannot be read; the message says what to do."""


class ZoneUnknown(ValueError):
    """There is no such time zone, or this machine does not know it."""


@dataclass(frozen=True)
class OpenState:
    """Whether somebody answers at one moment."""

    is_open: bool
    changes_at: str = ""
    """When that ends, on the line's own clock, such as ``22:00``; empty for what never closes."""
    changes_on: str = ""
    """The day on which a closed one opens: ``today``, ``tomorrow``, or by its name. Of an open one, where that is more
    than a day away."""
    clock: str = ""
    """What time it is there."""
    seen_at: str = ""
    """The moment, in ISO format."""


@dataclass(frozen=True)
class Opening:
    """A weekly plan."""

    spans: tuple[Span, ...]
    """In order; none touches the next."""
    zone: ZoneInfo

    def state_at(self, at: datetime) -> OpenState:
        """Tell whether it is open, and until or from when."""
        there = at.astimezone(self.zone)
        minute = there.weekday() * DAY + there.hour * 60 + there.minute
        clock = _written(minute)
        for start, end in self.spans:
            if (minute - start) % WEEK < end - start:
                is_far = end - start - (minute - start) % WEEK > DAY
                if end - start >= WEEK:
                    return OpenState(is_open=True)
                day = DAY_NAMES[end % WEEK // DAY] if is_far else ""
                return OpenState(True, _written(end), day, clock, at.isoformat())
        wait, start = min(((start - minute) % WEEK, start) for start, _ in self.spans)
        days = (minute % DAY + wait) // DAY
        day = ("today", "tomorrow")[days] if days < 2 else DAY_NAMES[start // DAY]
        return OpenState(False, _written(start), day, clock, at.isoformat())


def _written(minute: int) -> str:
    hour, rest = divmod(minute % DAY, 60)
    return f"{hour:02}:{rest:02}"


@lru_cache(maxsize=1024)
def read_opening(written: str, zone: str) -> Opening:
    """Read a plan and its time zone, an IANA name.

    Raises: HoursUnclear, ZoneUnknown.
    """
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown("This time zone is not known. Its name is like Europe/London or America/New_York.") from error
    rules = [rule.strip() for rule in written.lower().replace("\u2013", "-").split(";") if rule.strip()]
    spans = sorted(span for rule in rules for span in _spans_of(rule))
    if not spans:
        raise HoursUnclear(f"Please give days and times, {EXAMPLE}.")
    return Opening(_joined(spans), clock)


def _spans_of(rule: str) -> Iterator[Span]:
    found = _RULE.fullmatch(rule)
    if found is None:
        raise HoursUnclear(f"“{rule[:60]}” could not be read. Days and times are written {EXAMPLE}.")
    for times in found["times"].split(","):
        start, end = _read_times(times.strip())
        for day in _read_days(found["days"].strip()):
            yield day * DAY + start, day * DAY + end


def _read_times(written: str) -> Span:
    found = _TIMES.fullmatch(written)
    if found is None:
        raise HoursUnclear(f"“{written[:60]}” could not be read. Times are written with colons, such as 09:00-17:30.")
    numbers = [int(number) for number in found.groups()]
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if numbers[1] > 59 or numbers[3] > 59 or start >= DAY or end > DAY:
        raise HoursUnclear(f"“{written}” is no time of a day: from 00:00 to 24:00.")
    return start, end if end > start else end + DAY


def _read_days(written: str) -> list[int]:
    if written == DAILY:
        return list(range(7))
    days: list[int] = []
    for part in written.split(","):
        found = [_day_of(name.strip()) for name in part.split("-")]
        if None in found or len(found) > 2:
            raise HoursUnclear(f"“{written[:60]}” are no days. They are Mon, Tue, Wed, Thu, Fri, Sat, Sun, or daily.")
        first, last = int(found[0] or 0), int(found[-1] or 0)
        days += [(first + after) % 7 for after in range((last - first) % 7 + 1)]
    return days


def _day_of(name: str) -> int | None:
    return next((day for day, full in enumerate(DAY_NAMES) if len(name) > 2 and full.lower().startswith(name)), None)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Join spans that touch, across the week's end too; several of a weekend without a break are one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    while len(joined) > 1 and joined[-1][1] >= joined[0][0] + WEEK:
        joined[-1] = (joined[-1][0], max(joined[-1][1], joined.pop(0)[1] + WEEK))
    return tuple(joined)


def open_state(written: str, zone: str, at: datetime) -> OpenState | None:
    """Tell whether it is open at a moment; None where that is not known."""
    if written.lower() == ALWAYS:
        return OpenState(is_open=True)
    if not written:
        return None
    try:
        return read_opening(written, zone).state_at(at)
    except (HoursUnclear, ZoneUnknown):
        return None


def check_opening(written: str, zone: str) -> dict[str, str]:
    """Return what is wrong with a plan and its zone, by field; both may be left empty."""
    if written.lower() == ALWAYS or not (written or zone):
        return {}
    if not zone:
        return {"zone": "Please say in which time zone these times are, such as Europe/London."}
    try:
        read_opening(written, zone)
    except HoursUnclear as unclear:
        return {"opening": str(unclear)}
    except ZoneUnknown as unknown:
        return {"zone": str(unknown)}
    return {}
