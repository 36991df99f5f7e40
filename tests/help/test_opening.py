"""Whether a line is open: on its own clock, through nights, week ends and changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.help.opening import OpenState, check_opening, open_state
from server.seeding import read_helpline_seeds

LONDON, TOKYO, NEW_YORK = "Europe/London", "Asia/Tokyo", "America/New_York"
WEEKEND = "Mon-Thu 18:00-02:00; Fri 18:00-24:00; Sat-Sun 00:00-24:00; Mon 00:00-06:00"
"""Open from Friday evening until Monday morning without a break."""


def on(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """Return a moment of 2026, in UTC; 23 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def told(written: str, zone: str, at: datetime) -> tuple[bool, str, str]:
    state = open_state(written, zone, at)
    assert state is not None
    return state.is_open, state.changes_on, state.changes_at


@pytest.mark.parametrize(
    ("written", "zone", "at", "expected"),
    [
        ("Mon-Fri 09:00-17:00", LONDON, on(23, 8, 59), (False, "today", "09:00")),
        ("Mon-Fri 09:00-17:00", LONDON, on(23, 9), (True, "", "17:00")),
        ("Mon-Fri 09:00-17:00", LONDON, on(23, 17), (False, "tomorrow", "09:00")),
        ("Mon-Fri 09:00-17:00", LONDON, on(27, 17), (False, "Monday", "09:00")),
        ("Mon 09:00-17:00", LONDON, on(23, 18), (False, "Monday", "09:00")),
        ("Mon-Fri 09:00-12:00, 13:00-17:00", LONDON, on(23, 12, 30), (False, "today", "13:00")),
        ("daily 16:00-21:00", TOKYO, on(23, 7), (True, "", "21:00")),
        ("daily 16:00-21:00", TOKYO, on(23, 6, 59), (False, "today", "16:00")),
        ("daily 16:00-21:00", TOKYO, on(23, 12), (False, "tomorrow", "16:00")),
        ("daily 18:00-02:00", LONDON, on(23, 1, 59), (True, "", "02:00")),
        ("daily 18:00-02:00", LONDON, on(23, 2), (False, "today", "18:00")),
        ("Sun 22:00-06:00", LONDON, on(23, 5), (True, "", "06:00")),
        ("Sun 22:00-06:00", LONDON, on(22, 23), (True, "", "06:00")),
        ("daily 09:00-24:00", LONDON, on(23, 23, 59), (True, "", "00:00")),
        ("Fri-Mon 10:00-11:00", LONDON, on(25, 10), (False, "Friday", "10:00")),
        (WEEKEND, LONDON, on(28, 1), (True, "Monday", "06:00")),
        (WEEKEND, LONDON, on(29, 20), (True, "", "06:00")),
        (WEEKEND, LONDON, on(23, 7), (False, "today", "18:00")),
        ("Mon-Fri 10:00-22:00", NEW_YORK, on(24, 2), (True, "", "22:00")),
    ],
)
def test_state_is_told_on_the_lines_own_clock(
    written: str, zone: str, at: datetime, expected: tuple[bool, str, str]
) -> None:
    assert told(written, zone, at) == expected


def test_clocks_that_change_move_the_hours_with_them() -> None:
    """Great Britain changed on 29 March and on 25 October 2026, the United States on 8 March and on 1 November."""
    hours = "daily 09:00-17:00"
    assert told(hours, LONDON, on(28, 8, 30, month=3)) == (False, "today", "09:00")
    assert told(hours, LONDON, on(29, 8, 30, month=3)) == (True, "", "17:00")
    assert told(hours, LONDON, on(24, 8, 30, month=10)) == (True, "", "17:00")
    assert told(hours, LONDON, on(25, 8, 30, month=10)) == (False, "today", "09:00")
    assert told(hours, NEW_YORK, on(7, 13, 30, month=3)) == (False, "today", "09:00")
    assert told(hours, NEW_YORK, on(8, 13, 30, month=3)) == (True, "", "17:00")


def test_hour_that_comes_twice_and_hour_that_never_comes_are_read_from_the_clock_on_the_wall() -> None:
    night = "daily 00:30-01:30"
    assert told(night, LONDON, on(25, 0, 15, month=10))[0], "01:15 for the first time"
    assert told(night, LONDON, on(25, 1, 15, month=10))[0], "01:15 once more"
    assert told(night, LONDON, on(29, 0, 45, month=3))[0]
    assert not told(night, LONDON, on(29, 1, month=3))[0], "from 01:00 the clock goes to 02:00 at once"


def test_what_never_closes_says_nothing_of_a_change() -> None:
    for written in ("always", "Always", "daily 00:00-24:00", "Mon-Sun 12:00-12:00"):
        assert open_state(written, LONDON, on(23, 3)) == OpenState(is_open=True)


def test_what_time_it_is_there_is_told() -> None:
    state = open_state("daily 16:00-21:00", TOKYO, on(23, 7, 5))
    assert state is not None
    assert state.clock == "16:05"


@pytest.mark.parametrize(("written", "zone"), [("", ""), ("whenever", LONDON), ("daily 10:00-11:00", "Europe/Nowhere")])
def test_what_cannot_be_read_is_not_known(written: str, zone: str) -> None:
    assert open_state(written, zone, on(23, 3)) is None


@pytest.mark.parametrize(
    ("written", "zone", "field", "words"),
    [
        ("Mon-Fri 9-5", LONDON, "opening", "09:00-17:30"),
        ("Mo-Fr 09:00-17:00", LONDON, "opening", "are no days"),
        ("Sat and Sun 09:00-17:00", LONDON, "opening", "are no days"),
        ("Mon-Tue-Wed 09:00-17:00", LONDON, "opening", "are no days"),
        ("daily 09:00-24:30", LONDON, "opening", "is no time of a day"),
        ("daily 09:75-10:00", LONDON, "opening", "is no time of a day"),
        ("Mon-Fri", LONDON, "opening", "could not be read"),
        ("09:00-17:00", LONDON, "opening", "could not be read"),
        (";", LONDON, "opening", "give days and times"),
        ("", LONDON, "opening", "give days and times"),
        ("daily 09:00-17:00", "", "zone", "Please say in which time zone"),
        ("daily 09:00-17:00", "London", "zone", "not known"),
        ("daily 09:00-17:00", "../../etc/passwd", "zone", "not known"),
        ("daily 09:00-17:00", "Europe", "zone", "not known"),
        ("daily 09:00-17:00", "\x00", "zone", "not known"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(written: str, zone: str, field: str, words: str) -> None:
    errors = check_opening(written, zone)
    assert list(errors) == [field]
    assert words in errors[field]


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("", ""),
        ("always", ""),
        ("Monday 9:00-17:00", LONDON),
        (WEEKEND, LONDON),
        ("Mon \u2013 Fri 09:00 \u2013 17:00", LONDON),
    ],
)
def test_what_is_right_or_left_empty_is_taken(written: str, zone: str) -> None:
    assert check_opening(written, zone) == {}


def test_hours_of_the_seed_can_be_read_and_only_of_lines_that_close() -> None:
    with_hours = [seed for seed in read_helpline_seeds() if seed.opening or seed.zone]
    assert len(with_hours) >= 25
    assert [seed.slug for seed in with_hours if seed.always_open or check_opening(seed.opening, seed.zone)] == []
