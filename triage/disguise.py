"""Signal words behind digits, signs, spaces and stretched letters. Only what becomes a signal word is rewritten."""

from __future__ import annotations

import re

from triage.signal_words import LONGEST, SIGNAL_WORDS, SQUEEZED, squeezed

_LEET = str.maketrans("013457@$!€+|", "oieastasiet" + "i")
_LIKE_I = str.maketrans("l", "i")
_BY_SHAPE = {word.translate(_LIKE_I): word for word in sorted(SIGNAL_WORDS)}
"""Signal words with every l as i, since 1, ! and | stand for both."""
_CORE = re.compile(r"[^\s,;:?\"#()'‘’“”]+")  # noqa: RUF001 - as people write
_JOINTS = re.compile(r"[._\-'*+|]")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*/~\u00b7\u2013\u2014\u2022]{1,2}){2,40}[^\W_](?![^\W_])")
"""Single letters and digits, at least three, with a blank or sign between them."""
_SEPARATORS = re.compile(r"[ .\-_*/~\u00b7\u2013\u2014\u2022]+")
_TRICK = re.compile(
    r"[^\W\d_](?:[\d@$|€*+]|[!._-][^\W_])|[\d@$!|€*+][^\W\d_]|([^\W\d_])\1\1|[^\W_](?:myself|suicid|todie|mylife)",
    re.IGNORECASE,
)
"""What every disguise has: a quick look before the slow ones."""
_WORD = re.compile(r"\S+")
_STRONG = ("myself", "suicid", "todie", "mylife")
_SWEARING = re.compile(r"(?:bull|dip)?sh.t|f.ck|cr.p|d.mn|b.tch|c.nt|h.ll|p.ss|d.ck|b.st.rd|f..k|s..t", re.IGNORECASE)
LONGEST_WORD = 60
"""Longer runs of characters are no words."""


def undisguise(text: str) -> str:
    """Return the text with disguised signal words in plain letters."""
    text = _SPACED.sub(_joined, text)
    return _WORD.sub(_plainly_written, text) if _TRICK.search(text) else text


def _joined(run: re.Match[str]) -> str:
    """Join spaced letters where they spell signal words; else leave them."""
    letters = _SEPARATORS.sub("", run[0]).lower()
    words = [] if letters.isdigit() else segmented(letters.translate(_LEET))
    return " ".join(words) if any(len(word) > 2 for word in words) else run[0]


def segmented(letters: str) -> list[str]:
    """Split letters into signal words, as few as can be; empty where a rest would stay."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(letters) + 1):
        options = [
            [*before, letters[start:end]]
            for start in range(max(0, end - LONGEST), end)
            if (before := best[start]) is not None and letters[start:end] in SIGNAL_WORDS
        ]
        best.append(min(options, key=len) if options else None)
    return best[-1] or []


def _plainly_written(word: re.Match[str]) -> str:
    written = word[0]
    if len(written) > LONGEST_WORD or written.isdigit() or not _TRICK.search(written):
        return written
    return _CORE.sub(lambda core: _undisguised(core[0]), written)


def _undisguised(core: str) -> str:
    letters = core.rstrip(".!*")
    if len(letters) < 3:
        return core
    found = _grown_together(letters.lower()) if letters.isalpha() else _behind_signs(letters.lower())
    return (found or _unstretched(letters)) + core[len(letters) :]


def _behind_signs(core: str) -> str:
    """Return the signal word that digits and signs hide, or nothing."""
    if not any(letter.isalpha() for letter in core):
        return ""
    plain = core.translate(_LEET)
    for letters in (plain, _JOINTS.sub("", plain)):
        found = _BY_SHAPE.get(letters.translate(_LIKE_I)) or SQUEEZED.get(squeezed(letters), "")
        if len(found) > 2:
            return found
    return _behind_stars(plain) if "*" in core and not _SWEARING.match(core) else ""


def _behind_stars(core: str) -> str:
    """Return the signal word of which some letters are starred out, if enough are left."""
    shown = sum(letter.isalpha() for letter in core)
    if shown < 2 or (shown < 3 and core.count("*") > 1):
        return ""
    pattern = re.compile(re.sub(r"(?:\\\*)+", "[a-z]{1,4}", re.escape(core)))
    return next((word for word in sorted(SIGNAL_WORDS) if len(word) > 2 and pattern.fullmatch(word)), "")


def _grown_together(letters: str) -> str:
    """Return "kill myself" for "killmyself"."""
    if letters in SIGNAL_WORDS or not any(word in letters for word in _STRONG):
        return ""
    return " ".join(segmented(letters))


def _unstretched(letters: str) -> str:
    """Shorten letters that are written more than twice: to a signal word where one comes out, else to two."""
    if not _REPEATED.search(letters):
        return letters
    twice = _REPEATED.sub(r"\1\1", letters)
    lower = twice.lower()
    if lower in SIGNAL_WORDS:
        return lower
    found = SQUEEZED.get(squeezed(lower), "")
    return found if len(found) > 2 else twice
