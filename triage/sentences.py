"""Where the sentences of a post begin and end, also where nobody set a full stop."""

from __future__ import annotations

import re
from typing import NamedTuple

_END = re.compile(
    r"(?P<kept>(?<![.!?…])[.!?…]+[\"'”’)\]*_]*(?=\s)|[。！？]+|(?<=[a-z])[.!?]+(?=[A-Z][a-z']))|\n+|[;•](?=\s)"  # noqa: RUF001
)
"""Signs that belong to the sentence before, or line ends and separators that belong to none."""
_ABBREVIATION = re.compile(r"\b(?:dr|mr|mrs|ms|prof|st|vs|etc|e\.g|i\.e|approx|appt|dept)\.\Z", re.IGNORECASE)
_NUMBER_OF = re.compile(r"(?<=\bno\.) \d", re.IGNORECASE)
_NUMBERING = re.compile(r"\s*[(\[]?(?:\d{1,3}|[a-z])[.)]\s*", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_NEW_THOUGHT = frozenset(
    ("and", "but", "so", "then", "because", "cos", "cause", "i", "im", "i'm", "he", "she", "they", "now")
)
LONGEST_WORDS = 60
"""A longer run without any stop is cut into pieces of at most ``PIECE_WORDS``, where a new thought seems to begin."""
PIECE_WORDS = 40
LEAST_WORDS = 25
_SHORTEST_LONG = 120
"""Fewer characters never hold so many words."""


class Span(NamedTuple):
    """A piece of a text: ``text[start:end]``."""

    start: int
    end: int


def split_sentences(text: str) -> list[Span]:
    """Return the sentences in order, without the white space around them; every word is in exactly one."""
    spans: list[Span] = []
    start = 0
    for stop in _END.finditer(text):
        end = stop.end() if stop["kept"] else stop.start()
        if stop["kept"] and _goes_on(text, start, end):
            continue
        spans += _pieces(text, start, end)
        start = stop.end()
    return spans + _pieces(text, start, len(text))


def _goes_on(text: str, start: int, end: int) -> bool:
    """Tell whether the full stop belongs to an abbreviation ("Dr.") or to the number of a list ("2.")."""
    if _NUMBERING.fullmatch(text, start, min(end, start + 12)) and end <= start + 12:
        return True
    return _NUMBER_OF.match(text, end) is not None or _ABBREVIATION.search(text, max(start, end - 8), end) is not None


def _pieces(text: str, start: int, end: int) -> list[Span]:
    run = text[start:end]
    first = start + len(run) - len(run.lstrip())
    last = first + len(run.strip())
    if first == last:
        return []
    if last - first < _SHORTEST_LONG or len(run.split()) <= LONGEST_WORDS:
        return [Span(first, last)]
    return _cut([Span(*word.span()) for word in _WORD.finditer(text, first, last)], text)


def _cut(words: list[Span], text: str) -> list[Span]:
    """Cut a run that has no stop, if possible behind a comma or an emoji, or before a word that begins a thought."""
    spans: list[Span] = []
    first = 0
    while len(words) - first > LONGEST_WORDS:
        end = next(
            (
                place
                for place in range(first + PIECE_WORDS, first + LEAST_WORDS, -1)
                if _may_part(text, words[place - 1], words[place])
            ),
            first + PIECE_WORDS,
        )
        spans.append(Span(words[first].start, words[end - 1].end))
        first = end
    return [*spans, Span(words[first].start, words[-1].end)]


def _may_part(text: str, before: Span, after: Span) -> bool:
    last = text[before.end - 1]
    return last == "," or ord(last) > 0x2190 or text[after.start : after.end].lower() in _NEW_THOUGHT
