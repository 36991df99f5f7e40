"""A post cut into what the rules read at once: sentences, and what a missing full stop or a line break may have torn apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from triage.rules.plain import plain_words
from triage.sentences import Span, split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OVERLAP = 10
"""Words before and behind a break without a full stop that are read together."""
MOST_WORDS = 120
"""A longer sentence ("words/without/blanks") is read in parts that overlap."""
FRAGMENT = 2
"""Words of a sentence that is hardly one: "im. sorry. its. time."."""
_ENDS = (".", "!", "?", "…")
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTATION_MARKS = '"“”«»'


class Passage(NamedTuple):
    """Words that are read together."""

    words: list[str]
    plain: str
    """The words, each with a blank behind it, as patterns expect it."""
    span: Span
    place: int
    """Number of its (first) sentence; negative in a title."""
    has_quotation: bool


def read_sentences(text: str, *, quoted_from: str = "") -> list[Passage]:
    """Return the sentences of a text; what lines with ">" quote of ``quoted_from`` is left out."""
    quoted = [Span(*line.span()) for line in _QUOTED_LINE.finditer(text)]
    source = " ".join(plain_words(quoted_from)) if quoted else ""
    sentences: list[Passage] = []
    for span in split_sentences(text):
        written = text[span.start : span.end]
        words = plain_words(written)
        if not (source and _is_within(span, quoted) and " ".join(words) in source):
            quotation = any(mark in written for mark in _QUOTATION_MARKS)
            for part in _parts(words):
                sentences.append(_passage(part, span, len(sentences), has_quotation=quotation))
    return sentences


def join_torn(sentences: Sequence[Passage], text: str) -> Iterator[Passage]:
    """Read across breaks that no sign ends (the cut of a long run, the end of a line), and rows of fragments as one."""
    for one, other in pairwise(sentences):
        if not text.endswith(_ENDS, one.span.start, one.span.end):
            span = Span(one.span.start, other.span.end)
            quotation = one.has_quotation or other.has_quotation
            yield _passage(one.words[-OVERLAP:] + other.words[:OVERLAP], span, one.place, has_quotation=quotation)
    for is_short, row in groupby(sentences, key=lambda sentence: len(sentence.words) <= FRAGMENT):
        if is_short and len(pieces := list(row)) > FRAGMENT:
            words = [word for piece in pieces for word in piece.words]
            span = Span(pieces[0].span.start, pieces[-1].span.end)
            for part in _parts(words):
                yield _passage(part, span, pieces[0].place, has_quotation=False)


def _is_within(span: Span, lines: Sequence[Span]) -> bool:
    """Tell whether a sentence begins in one of the lines, which are in order."""
    before = bisect_right(lines, span.start, key=lambda line: line.start)
    return before > 0 and span.start < lines[before - 1].end


def _parts(words: list[str]) -> Iterator[list[str]]:
    for first in range(0, max(1, len(words) - OVERLAP), MOST_WORDS - OVERLAP):
        yield words[first : first + MOST_WORDS]


def _passage(words: list[str], span: Span, place: int, *, has_quotation: bool) -> Passage:
    return Passage(words, f"{' '.join(words)} ", span, place, has_quotation)
