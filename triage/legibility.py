"""Whether a text can be read at all: what is no language goes to a person."""

from __future__ import annotations

import re

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"[aeiouyàáâäãåèéêëìíîïòóôöõùúûü]", re.IGNORECASE)
FEWEST_LETTERS = 12
"""Shorter texts ("lol", "hmm", "<3") are no riddle."""
LONGEST_WORD = 40


def why_unreadable(text: str) -> str | None:
    """Return why nobody could read this text as language, or None: ``symbols``, ``gibberish`` or ``encoded``."""
    shown = "".join(text.split())
    letters = _LETTER.findall(shown)
    if len(shown) >= FEWEST_LETTERS and len(letters) < len(shown) * 0.2 and not _is_emoji_or_number(shown):
        return "symbols"
    words = _WORD.findall(text)
    latin = [word for word in words if word.isascii() and len(word) > 3]
    if sum(map(len, latin)) < FEWEST_LETTERS:
        return None
    if any(len(word) > LONGEST_WORD for word in text.split() if word.isascii() and not word.startswith("http")):
        return "encoded"
    odd = [word for word in latin if _is_mashed(word)]
    return "gibberish" if len(odd) > len(latin) / 2 else None


def _is_mashed(word: str) -> bool:
    """Tell a run of keys from a word: hardly a vowel, or five consonants in a row, in a word that is no shout."""
    vowels = len(_VOWEL.findall(word))
    return vowels < len(word) * 0.15 or bool(re.search(r"[bcdfghjklmnpqrstvwxz]{5}", word, re.IGNORECASE))


def _is_emoji_or_number(shown: str) -> bool:
    return all(ord(character) > 0x2000 or character.isdigit() for character in shown)
