"""Words without blanks between them: glued by signs that nobody sees, by capitals, or by nothing at all."""

from __future__ import annotations

import re

from triage.signal_words import SIGNAL_WORDS

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)
"""Joiners, fillers, soft hyphens, marks of direction, selectors of variants and tags."""
_WORD = re.compile(r"\S+")
_SOFT_HYPHEN = "\u00ad"
_CAMEL_CASE = re.compile(r"(?<![A-Za-z])(?=[A-Za-z]{9})[a-z]*(?:[A-Z][a-z]*){3,}")
_CAPITAL = re.compile(r"(?=[A-Z])")
_WORDS = """
about after again ago alive all alone already also always am an and any anybody anymore anyone anything are as ask at
back bad bag be because been before being better box boy brother but by call came can cant child come could couldn dad
daughter did didn do does doing don done dont door down each else even ever every everybody everyone everything face
family feel few find fine first for four friend from get gets getting girl give go goes going gone good got had half
hands has have having he heart help here him home hospital hours house how husband if im in into is it job just keep
kids knew know last later leave left let life like little long look lost love made make many maybe me medicine mind
minutes moment money month months more morning most much mum must my near need never new next nice no nobody not
nothing now of off old on once one only or other our out over people person phone please police put really right room
said same saved say says see seen she should sister sleep so some somebody someone something soon sorry start still
stop such take taken tell than that the their them then there these they thing things think this those thought three
through time times to told too two under until up upon us very wait wake walk want was we week weeks well were what
when where which while who whole why wife will with without won word work would wouldn wrong year years yes yet you
your
"""
_KNOWN = frozenset(_WORDS.split()) | {word for word in SIGNAL_WORDS if len(word) > 1}
_IN_OTHER_WORDS = frozenset(["meth", "method", "her", "end", "die", "has", "ate", "man", "hang"])
"""Also pieces of long German words and of the names of drugs, so that they say nothing."""
_PIECE = re.compile(
    "|".join(
        sorted({word for word in _KNOWN - _IN_OTHER_WORDS if len(word) > 2} | {"my", "to", "of"}, key=len, reverse=True)
    )
)
LONGEST_WORD = 25
"""Hardly a longer word is in use; "nooo" and other repetitions are not counted."""
_LETTERS = re.compile(
    rf"(?<![A-Za-z@#])[A-Za-z]{{{LONGEST_WORD + 1},}}+"
    r"(?![\w-]{0,64}@|\.(?:com|org|net|uk|pdf|docx?|jpe?g|png|txt|mp[34])\b)"
)
"""Long runs of letters outside hashtags, names, addresses and files."""
FEWEST_PIECES = 3
"""A word with fewer soft hyphens is hyphenated."""
_REPEATED = re.compile(r"([a-z]{1,2})\1+")
OF_KNOWN_WORDS = 0.2
"""Glued sentences are made of common words for more than this share of their letters, long words for less."""


def without_invisible_signs(text: str) -> str:
    """Return the text without the signs that show nothing; what stood around them is joined."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def part_at_invisible_signs(text: str) -> str:
    """Write blanks where words are parted by invisible signs only; other invisible signs go."""
    return _WORD.sub(_parted_at_signs, text) if _INVISIBLE.search(text) else text


def part_at_capitals(text: str) -> str:
    """Write blanks into "IAmGoingHome"; names such as "PlayStation" stay."""
    return _CAMEL_CASE.sub(lambda run: _parted(_CAPITAL.split(run[0])), text)


def has_glued_words(text: str) -> bool:
    """Tell whether a long run of letters is made of words rather than being one."""
    return any(_is_glued(without_repetition(run)) for run in _LETTERS.findall(text))


def without_repetition(run: str) -> str:
    """Write what is repeated once, in lower case: "Ahhhh" is "ah", "hahaha" is "ha"."""
    return _REPEATED.sub(r"\1", run.lower())


def _parted_at_signs(run: re.Match[str]) -> str:
    pieces = _INVISIBLE.split(run[0])
    is_hyphenated = _SOFT_HYPHEN in run[0] and len(pieces) < FEWEST_PIECES
    return "".join(pieces) if is_hyphenated else _parted(pieces)


def _parted(pieces: list[str]) -> str:
    """Put blanks between pieces of which most are words; join the others, such as a word with signs inside."""
    joined = "".join(pieces)
    if _plain(joined) in _KNOWN:
        return joined
    pieces = [piece for piece in pieces if piece]
    plain = [_plain(piece) for piece in pieces]
    words = sum(piece in _KNOWN for piece in plain)
    others = sum(piece not in _KNOWN and piece not in ("i", "a") for piece in plain)
    return " ".join(pieces) if words > others else joined


def _plain(piece: str) -> str:
    return piece.lower().strip(".,;:!?\"'()")


def _is_glued(run: str) -> bool:
    known = sum(len(piece[0]) for piece in _PIECE.finditer(run))
    return len(run) > LONGEST_WORD and known > len(run) * OF_KNOWN_WORDS
