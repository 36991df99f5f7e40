"""Keyset pages: the next page begins after the last row seen, so that page 1,000 costs as much as page 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Row = TypeVar("Row")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), 2**62)
"""Before everything, in a list that begins with the newest."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the next page; empty at the end."""

    rows: list[Row]
    next_cursor: str = ""


def cut_page(rows: list[Row], size: int, *, cursor: Callable[[Row], str]) -> Page[Row]:
    """Cut a list that was read one row too long into a page and its cursor."""
    if len(rows) <= size:
        return Page(rows)
    return Page(rows[:size], cursor(rows[size - 1]))


def encode_cursor(moment: datetime, row_id: int) -> str:
    """Write a cursor such as ``1767225600000000-42``: microseconds since 1970, and an id."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}-{row_id}"


def decode_cursor(text: str) -> tuple[datetime, int]:
    """Read a cursor; anything else means the first page."""
    moment, _, row_id = text.partition("-")
    try:
        return EPOCH + timedelta(microseconds=int(moment)), min(max(int(row_id), 0), 2**62)
    except (ValueError, OverflowError):
        return NEWEST
