"""Text as the rules and the model read it: tricks that hide words are undone, everything else is left as it is."""

from __future__ import annotations

import re
import unicodedata

from disarm import normalize_confusables, strip_bidi, strip_control_chars, strip_zalgo, strip_zero_width_chars

from triage.disguise import undisguise
from triage.emoji_names import name_emoji
from triage.glued import part_at_capitals, part_at_invisible_signs
from triage.signal_words import SIGNAL_WORDS

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"\S+")
_MARKED = re.compile(r"([A-Za-z])[\u0300-\u036f\u0489]+")
"""Marks that no composed letter took up: on Latin letters they are noise."""
_MARK = re.compile(r"[\u0300-\u036f]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
LAST_LATIN = "\u024f"
"""Letters up to here are Latin, with or without marks."""
_SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
_LIKE_SMALL_F = "\u0493"
"""A Cyrillic letter that stands in for the small capital F."""
_BOXES = {first + index: chr(ord("a") + index) for first in (0x1F150, 0x1F170, 0x1F1E6) for index in range(26)}
_BOXED = re.compile(r"(?:[\U0001f150-\U0001f169\U0001f170-\U0001f189\U0001f1e6-\U0001f1ff]\ufe0f? ?){3,40}")
"""White letters in discs and boxes, and the letters that flags are made of."""


def normalise(text: str) -> str:
    """Return the text in NFKC without invisible characters, with hidden signal words in plain letters.

    Only what becomes a signal word is rewritten ("su1c1de", "k i l l", "diiie"), so that "B12", "day 4" and names stay.
    Words that only invisible signs or capitals part get blanks. Emoji that may mean something for somebody's safety are
    written as words.
    """
    if not text.isascii():
        text = _in_plain_letters(text)
    elif _CONTROL.search(text):
        text = strip_control_chars(text)
    return undisguise(part_at_capitals(text))


def _in_plain_letters(text: str) -> str:
    text = _BOXED.sub(_unboxed, text)
    text = name_emoji(unicodedata.normalize("NFKC", text))
    text = strip_bidi(strip_zero_width_chars(strip_control_chars(part_at_invisible_signs(text))))
    text = _MARKED.sub(r"\1", strip_zalgo(text)).translate(_SMALL_CAPITALS)
    if text.isascii():
        return text
    is_latin_text = sum(map(str.isascii, text)) > len(text) / 2
    return _WORD.sub(lambda word: _in_one_script(word[0], is_latin_text=is_latin_text), text)


def _in_one_script(word: str, *, is_latin_text: bool) -> str:
    """Write a word of mixed scripts in Latin letters; words of one script are somebody's language.

    A word that only looks like a signal word, amid Latin text, is a disguise as well.
    """
    if word.isascii():
        return word
    plain = normalize_confusables(word.replace(_LIKE_SMALL_F, "f"), target_script="latin")
    is_partly_ascii = _ASCII_LETTER.search(word) is not None
    if is_partly_ascii and any(letter > LAST_LATIN for letter in word):
        return plain
    plain = _MARK.sub("", unicodedata.normalize("NFD", plain))
    # French "thé" and Spanish "dié" are words of their own.
    seems = plain.strip(".,;:!?\"'()").lower()
    is_disguise = is_latin_text and len(seems) >= (4 if is_partly_ascii else 3) and seems in SIGNAL_WORDS
    return plain if is_disguise else word


def _unboxed(run: re.Match[str]) -> str:
    """Write boxed letters plainly where they spell a signal word; flags stay."""
    letters = run[0].replace("\ufe0f", "").translate(_BOXES)
    plain = letters.replace(" ", "")
    return letters if plain in SIGNAL_WORDS or letters.strip() in SIGNAL_WORDS else run[0]
