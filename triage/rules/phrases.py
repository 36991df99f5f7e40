"""The small language that rules are written in: phrases in plain words, divided by commas or line ends.

``i am ~2 going to <die> tonight|today`` means: these words, up to two others where ``~2`` stands, an entry of the
vocabulary for ``<die>``, one of the words (or entries, ``i|<him>``) between the bars. ``?`` before a word makes it optional, ``^`` and ``$`` are the
beginning and the end of the sentence, ``wak*`` is any word that begins so. The words under ``~`` are never a
negation; ``+2`` takes any words. ``!up`` means that this word does not follow, ``=sick`` that no "no", "not" or
"without" stands right before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_BEFORE = "(?<!not )(?<!no )(?<!without )(?<!no need to )(?<!not need to )(?<!not bother to )(?<!not you dare )"
_NEGATION = "(?:not|never|no|without|nobody|nothing) "
_COMMON_WORDS = """
a about all am an and are as at be been but by can do for from get going got had has have he her him his i if in
is it just like me my not of off on or our out s she so that the their them then they this to too up us was we
were what when who will with would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words in so many sentences that finding one says nothing."""
_NOTHING: frozenset[str] = frozenset()


class Phrase(NamedTuple):
    """One compiled line."""

    pattern: re.Pattern[str]
    cues: frozenset[str]
    """Every sentence that the pattern matches has one of these words (or a word that begins so, where a cue ends in *)."""


def phrases(lines: str, vocabulary: Mapping[str, str]) -> tuple[Phrase, ...]:
    """Compile phrases.

    Raises: ValueError for a phrase that is made of common words only, or names an unknown part of the vocabulary.
    """
    return tuple(_compiled(line, vocabulary) for line in _listed(lines))


def any_of(lines: str, vocabulary: Mapping[str, str]) -> re.Pattern[str]:
    """Compile phrases into one pattern that matches where one of them does."""
    return re.compile("|".join(_pattern(line, vocabulary) for line in _listed(lines)))


def _listed(lines: str) -> list[str]:
    return [phrase.strip() for line in lines.splitlines() for phrase in line.split(",") if phrase.strip()]


def _compiled(line: str, vocabulary: Mapping[str, str]) -> Phrase:
    cues = _cues_of_entry(line, vocabulary)
    if not cues:
        raise ValueError(f"Nothing in {line!r} is rare enough to look for.")
    return Phrase(re.compile(_pattern(line, vocabulary)), cues)


def _cues_of_entry(entry: str, vocabulary: Mapping[str, str]) -> frozenset[str]:
    """Return the cues of that part of an entry which is found by the fewest words."""
    return min(filter(None, (_cues(part, vocabulary) for part in entry.split())), key=len, default=_NOTHING)


def _cues(part: str, vocabulary: Mapping[str, str]) -> frozenset[str]:
    """Return the words of which this part needs one; empty where it can do without, or where they say nothing."""
    if part[0] in "~+?^$!":
        return _NOTHING
    cues = [
        _cues_of_entry(entry, vocabulary) if "<" in choice else frozenset({entry}) - _COMMON
        for choice in part.removeprefix("=").split("|")
        for entry in _entries(choice, vocabulary)
    ]
    return frozenset(cue for entry in cues for cue in entry) if all(cues) else _NOTHING


def _entries(choice: str, vocabulary: Mapping[str, str]) -> list[str]:
    """Return what a choice between bars stands for: itself, or the entries of a part of the vocabulary."""
    if not choice.startswith("<"):
        return [choice]
    if choice.strip("<>") not in vocabulary:
        raise ValueError(f"No vocabulary for {choice}.")
    return _listed(vocabulary[choice.strip("<>")])


def _pattern(line: str, vocabulary: Mapping[str, str]) -> str:
    """Return the regular expression of a line: every word with a blank behind it, gaps bounded, so that time is linear."""
    written = "".join(_piece(part, vocabulary) for part in line.split())
    return rf"(?<!\S){written}"


def _piece(part: str, vocabulary: Mapping[str, str]) -> str:
    match part[0]:
        case "^" | "$":
            return r"\A" if part == "^" else r"\Z"
        case "~":
            return rf"(?:(?!{_NEGATION})\S+ ){{0,{int(part[1:])}}}?"
        case "+":
            return rf"(?:\S+ ){{0,{int(part[1:])}}}?"
        case "?":
            return rf"(?:{_piece(part[1:], vocabulary)})?"
        case "!":
            return rf"(?!{_piece(part[1:], vocabulary)})"
        case "=":
            return _NOT_BEFORE + _piece(part[1:], vocabulary)
        case _:
            return rf"(?:{'|'.join(_choice(choice, vocabulary) for choice in part.split('|'))})"


def _choice(choice: str, vocabulary: Mapping[str, str]) -> str:
    if choice.startswith("<"):
        return "|".join(_pieces(entry, vocabulary) for entry in _entries(choice, vocabulary))
    return re.escape(choice).replace(r"\*", r"\S*") + " "


def _pieces(entry: str, vocabulary: Mapping[str, str]) -> str:
    return "".join(_piece(part, vocabulary) for part in entry.split())
