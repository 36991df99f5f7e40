"""Text as the rules and the model read it: tricks that hide words are undone, everything else is left as it is."""

from __future__ import annotations

import re
import unicodedata

from disarm import normalize_confusables, strip_bidi, strip_control_chars, strip_zalgo, strip_zero_width_chars

from triage.signal_words import LONGEST, SIGNAL_WORDS

_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "@": "a",
        "$": "s",
        "!": "i",
        "€": "e",
        "+": "t",
        "|": "i",
    }
)
_WORD = re.compile(r"\S+")
_DISGUISE = re.compile(r"[\d@$!|€*+]|\w[._]\w")
_CORE = re.compile(r"[^\s,;:?\"()'‘’“”]+")  # noqa: RUF001 - as people write
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_RUN = re.compile(r"(.)\1+")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*/]{1,2}){2,40}[^\W_](?![^\W_])")
"""Single letters and digits, at least three, with a blank or sign between them."""
LONGEST_WORD = 60
"""Longer runs of characters are no words."""
_SEPARATORS = re.compile(r"[ .\-_*/]+")
_SWEARING = re.compile(r"(?:bull|dip)?sh.t|f.ck|cr.p|d.mn|b.tch|c.nt|h.ll|p.ss|d.ck|b.st.rd|f..k|s..t", re.IGNORECASE)


def normalise(text: str) -> str:
    """Return the text in NFKC without invisible characters, with hidden signal words in plain letters.

    Only what becomes a signal word is rewritten ("su1c1de", "k i l l", "diiie"), so that "B12", "day 4" and names stay.
    """
    text = _without_hidden_characters(unicodedata.normalize("NFKC", text))
    if not text.isascii():
        text = _WORD.sub(lambda word: _in_one_script(word[0]), text)
    text = _SPACED.sub(lambda run: _joined(run[0]), text)
    return _WORD.sub(lambda word: _plainly_written(word[0]), text)


def _plainly_written(word: str) -> str:
    if len(word) > LONGEST_WORD or word.isdigit():
        return word
    if _DISGUISE.search(word) and not word.isalpha():
        word = _CORE.sub(lambda core: _undisguised(core[0]), word)
    return _unstretched(word) if _REPEATED.search(word) else word


def _without_hidden_characters(text: str) -> str:
    """Take away what nobody sees: zero-width, directional and control characters, heaps of accents."""
    return strip_zalgo(strip_bidi(strip_zero_width_chars(strip_control_chars(text))))


def _in_one_script(word: str) -> str:
    """Write a word of mixed scripts in Latin letters; words of one script are somebody's language."""
    if word.isascii() or not any("a" <= letter.lower() <= "z" for letter in word):
        return word
    return normalize_confusables(word, target_script="latin")


def _joined(run: str) -> str:
    """Join spaced letters where they spell signal words; else leave them."""
    letters = _SEPARATORS.sub("", run).lower().translate(_LEET)
    words = _segmented(letters)
    return " ".join(words) if words and any(len(word) > 2 for word in words) else run


def _segmented(letters: str) -> list[str]:
    """Split letters into signal words, the longest first; empty where that leaves a rest."""
    if not letters:
        return []
    for size in range(min(len(letters), LONGEST), 0, -1):
        if letters[:size] in SIGNAL_WORDS:
            rest = _segmented(letters[size:]) if len(letters) > size else []
            if rest or len(letters) == size:
                return [letters[:size], *rest]
    return []


def _undisguised(word: str) -> str:
    """Replace digits and signs by the letters that they stand for, where a signal word comes out."""
    core = word.rstrip(".!*")
    if len(core) < 3 or not any(letter.isalpha() for letter in core):
        return word
    plain = core.lower().translate(_LEET)
    bare = re.sub(r"[._\-'*+|]", "", plain)
    for candidate in (plain, bare, plain.replace("i", "l", 1) if "1" in core or "!" in core else plain):
        if candidate in SIGNAL_WORDS and not core.isalpha():
            return candidate + word[len(core) :]
    if "*" in core and not _SWEARING.match(core):
        pattern = re.compile(re.escape(plain).replace(r"\*", "[a-z]?") + r"\Z")
        if len(re.sub(r"\W", "", plain)) >= 3 and (
            found := next((one for one in SIGNAL_WORDS if pattern.match(one)), "")
        ):
            return found + word[len(core) :]
    return word


def _unstretched(word: str) -> str:
    """Shorten letters that are written more than twice: to one where that makes a signal word, else to two."""
    letters = word.strip(".,;:!?\"'")
    short = _RUN.sub(r"\1", letters.lower())
    return word.replace(letters, short) if short in SIGNAL_WORDS else _REPEATED.sub(r"\1\1", word)
