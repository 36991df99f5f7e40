"""Where the sentences of a post begin and end, also where nobody set a full stop."""

from __future__ import annotations

import re
from typing import NamedTuple

_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\s*\n+\s*|(?<=\w)\s*[;•]\s+")  # noqa: RUF001 - as people write
_ABBREVIATION = re.compile(r"\b(?:dr|mr|mrs|ms|st|vs|e\.g|i\.e|approx|no|mg)\.$", re.IGNORECASE)
_WORD = re.compile(r"\S+")
LONGEST_WORDS = 40
"""A run without any stop is cut about here."""


class Span(NamedTuple):
    """A piece of a text: ``text[start:end]``."""

    start: int
    end: int


def split_sentences(text: str) -> list[Span]:
    """Return the sentences in order, without the white space around them."""
    spans: list[Span] = []
    start = 0
    for stop in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, stop.start() - 8), stop.start()):
            continue
        spans += _pieces(text, start, stop.start())
        start = stop.end()
    return spans + _pieces(text, start, len(text))


def _pieces(text: str, start: int, end: int) -> list[Span]:
    words = [Span(*word.span()) for word in _WORD.finditer(text, start, end)]
    parts = max(1, round(len(words) / LONGEST_WORDS)) if len(words) > LONGEST_WORDS * 1.5 else 1
    size = -(-len(words) // parts) or 1
    return [
        Span(words[first].start, words[min(first + size, len(words)) - 1].end) for first in range(0, len(words), size)
    ]
