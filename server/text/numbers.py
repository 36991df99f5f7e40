"""Whole numbers as forms and addresses give them: text from outside, which may be anything."""

from __future__ import annotations

ID_DIGITS = 18
"""What a bigint has room for, whatever the digits."""
COUNT_DIGITS = 8
"""What an integer has room for."""


def whole_number(written: str, *, digits: int) -> int | None:
    """Read at most so many of the digits 0 to 9; None where anything else was written."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= digits
    return int(written) if is_number else None
