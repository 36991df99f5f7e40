"""What a finding is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["phone", "email", "address", "profile", "name", "national_id"]
Span = tuple[int, int]


class PersonalDetail(NamedTuple):
    """One personal detail: its kind and where it stands, ``text[start:end] == excerpt``."""

    kind: Kind
    excerpt: str
    start: int
    end: int


def words_of(listed: str) -> frozenset[str]:
    """Return the words of a list that is written as running text."""
    return frozenset(listed.split())


def before(text: str, position: int, characters: int) -> str:
    """Return the line's text right before a position, at most so many characters."""
    return text[max(0, position - characters) : position].rpartition("\n")[2]


def after(text: str, position: int, characters: int) -> str:
    """Return the line's text from a position on, at most so many characters."""
    return text[position : position + characters].partition("\n")[0]


def fold(text: str) -> str:
    """Return the text in lower case, every character at its old place.

    Patterns search it many times faster than they search the text without regard to case. U+0130 is the only letter
    whose lower case is longer.
    """
    return text.replace("\u0130", "I").lower()


def mentions(folded: str, words: Iterable[str]) -> bool:
    """Tell whether any of the words occurs at all: a quick look before a slow pattern."""
    return any(word in folded for word in words)
