"""Full names that people introduce as their own; a first name alone is what such forums live on."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from server.text.personal.detail import after, before, fold, mentions
from server.text.personal.name_words import (
    ALSO_FIRST_NAMES,
    ALSO_SURNAMES,
    DESCRIBING_ENDINGS,
    ENDS_A_NAME,
    NAMES_WITH_ENDINGS,
    NO_NAMES,
    PARTICLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.text.personal.detail import Span

_MY_NAME = re.compile(
    r"my (?<!\wmy )(?:(?:full|real|legal|actual|whole|own|given) )?names?(?: in real life| irl)?"
    r"(?:['\u2019]s|:| is:?|,| was)?(?: actually| really)? (?:(?:dr|mr|mrs|ms|prof)\b\.? )?"
)
_THE_NAME = re.compile(r"(?:^|(?<=[.!?\n] )|(?<=\n))(?:the )?name(?:['\u2019]s|:| is) ")
_OTHER_LANGUAGES = re.compile(
    r"\b(?:me llamo|mi nombre(?: completo)? es|je m['\u2019]appelle|mon nom est|mein name ist|ich hei(?:ß|ss)e"
    r"|mi chiamo|me chamo|meu nome é) "
)
_FIRST_LOOK = ("name", "llamo", "nombre", "appelle", "nom est", "heiß", "heiss", "chiamo", "chamo", "nome")
_CALLED = re.compile(r"[Ii](?<!\w.)(?:['\u2019]?m| am) called ")
_I_AM = re.compile(r"I(?<!\wI)(?:['\u2019]?m| am) (?=[A-ZÀ-Þ])")
_GREETING = re.compile(
    r"(?:^|[.!?]\s)\s*(?:hi|hello|hey|hiya|greetings|good (?:morning|evening|afternoon))\b[^.!?]{0,30}$", re.IGNORECASE
)
_INTRODUCED = re.compile(
    r",? (?:and I live|and I['\u2019]m from|here )?(?:from|in|living in|born in) [A-ZÀ-Þ]|,? (?:aged? )?\d\d\b(?! \w*%)"
)
_SENTENCE_ENDS = re.compile(r"\s*(?:[.,!;:\u2013-]|$| and )")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_MOST_WORDS = 6
_MOST_CUES = 100
_NEAR = 60


class _Word(NamedTuple):
    text: str
    end: int


def find_own_names(text: str) -> Iterator[Span]:
    """Yield where two or more words stand that their author introduces as their own name."""
    folded = fold(text)
    if mentions(folded, _FIRST_LOOK):
        yield from _find_stated_names(text, folded)
    for pattern in (_CALLED, _I_AM):
        for cue in islice(pattern.finditer(text), _MOST_CUES):
            name = _leading_capitalised(_read_words(text, cue.end()))
            is_plain = name and not _describes(name[0].text) and not _describes(name[-1].text)
            if is_plain and (pattern is _CALLED or _is_introduction(text, cue.start(), name[-1].end)):
                yield cue.end(), name[-1].end


def _find_stated_names(text: str, folded: str) -> Iterator[Span]:
    for pattern in (_MY_NAME, _THE_NAME, _OTHER_LANGUAGES):
        for cue in islice(pattern.finditer(folded), _MOST_CUES):
            words = _read_words(text, cue.end())
            name = _leading_capitalised(words) or (_leading_lower(words) if pattern is _MY_NAME else [])
            if name:
                yield cue.end(), name[-1].end


def _read_words(text: str, position: int) -> list[_Word]:
    """Read the words that follow each other from a position on, each parted from the next by one blank only."""
    words: list[_Word] = []
    while len(words) < _MOST_WORDS and (found := _WORD.match(text, position)):
        is_initial = len(found[0]) == 2 and found[0].endswith(".")
        word = found[0] if is_initial else found[0].rstrip(".")
        words.append(_Word(word, found.start() + len(word)))
        position = words[-1].end + 1
        if text[words[-1].end : position] != " ":
            break
    return words


def _leading_capitalised(words: list[_Word]) -> list[_Word]:
    """Return the two to five capitalised words at the start if they can be a name."""
    name: list[_Word] = []
    for word in words:
        lower = word.text.lower()
        is_other_word = lower in ENDS_A_NAME - ALSO_FIRST_NAMES or (lower in NO_NAMES and not _is_surname(word, name))
        if is_other_word or not (word.text[0].isupper() or lower in PARTICLES):
            break
        name.append(word)
    while name and name[-1].text in PARTICLES:
        name.pop()
    proper = [word for word in name if word.text.lower() not in PARTICLES]
    is_shouted = all(word.text.isupper() and len(word.text) > 1 for word in name)
    is_name = len(proper) > 1 and len(name) < _MOST_WORDS and not is_shouted and name[0].text[0].isupper()
    return name if is_name else []


def _leading_lower(words: list[_Word]) -> list[_Word]:
    """Return the two or three words at the start if they can be a name that was typed without capitals."""
    name: list[_Word] = []
    for word in words:
        if word.text.lower() in ENDS_A_NAME:
            break
        name.append(word)
    others = [word for word in name if word.text.lower() in NO_NAMES or _describes(word.text) or len(word.text) == 1]
    is_name = len(name) in {2, 3} and all(word is name[-1] and _is_surname(word, name[:-1]) for word in others)
    return name if is_name else []


def _is_surname(word: _Word, words_before: list[_Word]) -> bool:
    return bool(words_before) and word.text.lower() in ALSO_SURNAMES


def _describes(word: str) -> bool:
    """Tell whether a word ends as adjectives, participles and adverbs do, but hardly any name."""
    lower = word.lower()
    return len(lower) > 4 and lower.endswith(DESCRIBING_ENDINGS) and not lower.endswith(NAMES_WITH_ENDINGS)


def _is_introduction(text: str, start: int, end: int) -> bool:
    """Ask of "I'm Two Words" that a greeting goes before, or where they are from or their age follows."""
    if _INTRODUCED.match(after(text, end, _NEAR)):
        return True
    return bool(_GREETING.search(before(text, start, _NEAR)) and _SENTENCE_ENDS.match(after(text, end, _NEAR)))
