"""The recovery phrase: seven words from a list of 2,048, which makes 77 bits.

The words are our own choice: short, kind, and apart from each other by at least two slips of the pen, so that a slip is
noticed and can be pointed out. What is said about a typed phrase comes from its letters alone, never from an account.
"""

from __future__ import annotations

import difflib
import secrets
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PHRASE_LENGTH: Final = 7

WORDS: Final = tuple(resources.files("server.members").joinpath("words.txt").read_text("ascii").split())
"""The 2,048 words, sorted; 11 bits each."""

_KNOWN = frozenset(WORDS)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST, _LONGEST = len(min(WORDS, key=len)), len(max(WORDS, key=len))
_DOTLESS_I = "\u0131"  # what a Turkish keyboard gives for i
_LIKENESS = 0.75  # of difflib: two slips in a word of eight letters, one in a word of four


def new_phrase(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Return seven random words joined by blanks; ``choose`` draws one, from the system's own randomness."""
    return " ".join(choose(WORDS) for _ in range(PHRASE_LENGTH))


def normalise_phrase(text: str) -> str:
    """Return a typed phrase as it was given: lower case, letters only, words joined by single blanks.

    Capitals, numbering, commas, hyphens, line breaks, accents and invisible characters make no difference.
    """
    letters = _plain(_plain(text).casefold()).replace(_DOTLESS_I, "i")
    return " ".join("".join(sign if sign.isalpha() else " " for sign in letters).split())


def unknown_words(phrase: str) -> list[str]:
    """Return the words of a typed phrase that are not on the list, in their order."""
    return [word for word in normalise_phrase(phrase).split() if word not in _KNOWN]


def nearest_word(word: str) -> str | None:
    """Return the word of the list that a typed word was probably meant to be; ``None`` where none is near."""
    typed = normalise_phrase(word)
    if typed in _KNOWN:
        return typed
    if not _SHORTEST - 1 <= len(typed) <= _LONGEST + 2:
        return None
    one_slip_away = _KNOWN.intersection(_slips(typed))
    if one_slip_away:
        return min(one_slip_away, key=lambda known: _unlikeliness(typed, known))
    alike = difflib.get_close_matches(typed, [known for known in WORDS if known[0] == typed[0]], 1, _LIKENESS)
    return alike[0] if alike else None


def _plain(text: str) -> str:
    """Return ``text`` without accents, invisible characters and typographic variants of letters."""
    parts = unicodedata.normalize("NFKD", text)
    kept = "".join(sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Me", "Cf"})
    return unicodedata.normalize("NFC", kept)


def _slips(word: str) -> Iterator[str]:
    """Yield what one slip makes of ``word``: a letter missing, doubled, wrong or in its neighbour's place."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + after[1:]


def _unlikeliness(typed: str, known: str) -> tuple[bool, bool, bool, str]:
    """Order words by how people slip: the first letter is seldom wrong, swapped and doubled letters are common."""
    swapped = sorted(typed) == sorted(known)
    return (typed[0] != known[0], not swapped, set(typed) != set(known), known)
