"""What of a member's words is stored: everything they meant, nothing that only hides or disturbs.

What is invisible and may stay, because languages and emoji need it:

- a zero-width joiner or non-joiner between two characters beyond ASCII (Persian, Indic scripts, emoji families),
  or after a virama;
- a variation selector after a character beyond ASCII, or after a digit, ``#`` or ``*`` of a keycap;
- direction marks in a text with right-to-left letters;
- the tag characters of the three flags that are spelt with them (England, Scotland, Wales).
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS_IN_A_ROW = 4
"""Combining marks on one letter; Hebrew and Tibetan need up to four, more is only noise."""

_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile("\n{4,}")

_TAG_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
_UNWANTED = re.compile(
    f"({_TAG_FLAGS})|["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, but for tab and newline
    "\ud800-\udfff"  # halves of surrogate pairs
    "\u202a-\u202e\u2066-\u2069"  # direction embeddings, overrides and isolates
    "\xad\u200b\u2060-\u2065\u206a-\u206f\ufeff"  # soft hyphen, zero-width space, joiners of nothing
    "\u034f\u17b4\u17b5\u180e\u3164\uffa0\ufff0-\ufffb"  # fillers and marks that show nothing
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # beams of music, tags
    f"{_NONCHARACTERS}]"
)
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c]+")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_STRAY_SELECTOR = re.compile(
    f"(?<![^\x00-\x7f\\s\u200c\u200d{_SELECTORS}])(?<![0-9#*])[{_SELECTORS}]+|(?<=[{_SELECTORS}])[{_SELECTORS}]+"
)
_JOINERS = re.compile("[\u200c\u200d]+")
_MAY_BE_MARKS = re.compile(f"[^\\x00-\\x7f\\w\\s]{{{MAX_MARKS_IN_A_ROW + 1},}}")
_VIRAMA = 9  # canonical combining class
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800")


def clean_text(raw: str) -> str:
    r"""Return what is stored of a post: NFC, lines ended by ``\n``, at most two blank lines in a row.

    Cleaning what is already clean changes nothing.
    """
    text = _NEWLINE.sub("\n", raw)
    # Taking one hidden character away may bring two others together: go on until nothing is left to take.
    while (cleaned := _clean_once(text)) != text:
        text = cleaned
    return text


def clean_line(raw: str) -> str:
    """Return what is stored of a title or another single line: as `clean_text`, all white space a single blank."""
    return " ".join(clean_text(raw).split())


def visible_length(text: str) -> int:
    """Count the characters that a reader sees: no white space, marks or hidden ones; an emoji of many parts is one."""
    count = 0
    previous = ""
    open_flag = False
    for character in text:
        if unicodedata.category(character)[0] in "ZCM" or character in _BLANK_LETTERS or character in _SKIN_TONES:
            previous = character if character == "\u200d" else previous
            continue
        is_half_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        is_part = (is_half_flag and open_flag) or (previous == "\u200d" and not character.isalnum())
        open_flag = is_half_flag and not open_flag
        count += not is_part
        previous = character
    return count


def _clean_once(text: str) -> str:
    text = _UNWANTED.sub(r"\1", text)
    if not text.isascii():
        # Sorting a long run of marks takes quadratic time: the cap goes before the normal form, and again after it.
        text = unicodedata.normalize("NFC", _MAY_BE_MARKS.sub(_cap_marks, text))
        text = _DIRECTION_MARKS.sub(_keep_direction_mark if _RIGHT_TO_LEFT.search(text) else "", text)
        text = _STRAY_SELECTOR.sub("", text)
        text = _JOINERS.sub(_keep_joiner, text)
        text = unicodedata.normalize("NFC", _MAY_BE_MARKS.sub(_cap_marks, text))
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n\n", lines).strip()


def _keep_direction_mark(found: re.Match[str]) -> str:
    return found[0][0]


def _keep_joiner(found: re.Match[str]) -> str:
    text = found.string
    before = text[found.start() - 1 : found.start()]
    after = text[found.end() : found.end() + 1]
    joins_mark = after != "" and unicodedata.category(after)[0] == "M"
    if not _takes_joiner(before) or joins_mark:
        return ""
    return found[0][0] if _takes_joiner(after) or unicodedata.combining(before) == _VIRAMA else ""


def _takes_joiner(neighbour: str) -> bool:
    return neighbour != "" and not neighbour.isascii() and not neighbour.isspace()


def _cap_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MAX_MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
