"""Whether a text can be read at all: what is no language goes to a person."""

from __future__ import annotations

import re

from triage.glued import has_glued_words, without_invisible_signs, without_repetition
from triage.signal_words import SQUEEZED, squeezed

_WORD = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"[aeiouyàáâäãåèéêëìíîïòóôöõùúûü]", re.IGNORECASE)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.IGNORECASE)
_LINE = re.compile(r"([^\w\s])\1{7,}")
"""The same sign again and again, as people draw a line between two parts."""
_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+")
FEWEST_LETTERS = 12
"""Shorter texts ("lol", "hmm", "<3") are no riddle."""
SHORTEST_WORD = 4
"""Of fewer letters, or fewer once what is repeated is written once ("hmmmm", "hahaha"), a word shows nothing."""
LONGEST_WORD = 40
_CODE = re.compile(rf"(?<![\w/.])[A-Za-z0-9+/=_-]{{{LONGEST_WORD + 1},}}")
"""A run of letters, digits and the signs of Base64; a line of dashes alone, or an address, is none."""


def why_unreadable(text: str) -> str | None:
    """Return why nobody could read this text as language, or None: ``symbols``, ``gibberish``,
    ``encoded`` or ``glued`` (words without blanks between them).
    """
    text = without_invisible_signs(text)
    shown = _LINE.sub(r"\1", "".join(text.split()))
    if not shown:
        return "symbols"
    known = sum(map(str.isalnum, shown))
    if len(shown) >= FEWEST_LETTERS and known < len(shown) * 0.2 and not _is_emoji(shown):
        return "symbols"
    words = _WORD.findall(text)
    latin = [word for word in words if word.isascii() and len(word) >= SHORTEST_WORD]
    if sum(map(len, latin)) < FEWEST_LETTERS:
        return None
    own = _ADDRESS.sub(" ", text)
    if any(map(_is_code, _CODE.findall(own))):
        return "encoded"
    if has_glued_words(own):
        return "glued"
    odd = [word for word in latin if _is_mashed(word)]
    return "gibberish" if len(odd) > len(latin) / 2 else None


def _is_mashed(word: str) -> bool:
    """Tell a run of keys from a word: hardly a vowel, or five consonants in a row, in a word that is no shout."""
    once = squeezed(without_repetition(word))
    if len(once) < SHORTEST_WORD:
        return False
    return len(_VOWEL.findall(once)) < len(once) * 0.15 or _CONSONANTS.search(word) is not None


def _is_code(run: str) -> bool:
    """Tell code from a line of signs and from "Ahhhh"; a drawn-out word that may ask for help counts as code."""
    once = squeezed(without_repetition(run))
    is_drawn_out = len(once) < FEWEST_LETTERS and once.isalpha() and (len(once) < 3 or once not in SQUEEZED)
    return not is_drawn_out and sum(map(str.isalnum, run)) > len(run) / 2


def _is_emoji(shown: str) -> bool:
    return all(ord(character) > 0x2000 or character.isdigit() for character in shown)
