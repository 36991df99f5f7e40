"""Which language a post is in: what the model was not trained on goes to a person."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from triage.sentences import split_sentences

TRAINED_ON = "en"
KIN = frozenset({"en", "pcm"})
"""English and its daughters, of which the corpus has some."""
SURE = 0.9
"""Chance of another language from which on it counts as that."""
FEWEST_LETTERS = 16
"""Shorter texts in Latin letters say too little about their language."""
ENGLISH = Path(__file__).with_name("english.txt")
"""Words that three or more groups of our own posts have in common, in any spelling, and hardly another language has."""
FEWEST_DIFFERENT_WORDS = 3
"""Of two letters or more; a shorter sentence is a name or a greeting as often as a cry."""
GUESSED = 0.1
"""Chance of another language from which on a sentence without one English word counts as foreign, where English is
``LIKELIER`` times less likely: of few words no language is ever sure."""
LIKELIER = 3
BORROWED = frozenset(("c'est la vie", "mi casa es su casa", "je ne sais quoi", "hasta la vista", "in sha allah"))
"""What people say in English as well."""
_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+")
_WORDS = """
the and of is was are i'm im it's its my you your he she they we what this that with for not have has had but
so just like been be don't dont can't cant want get got going know think feel day today life people because
about from all would there when who how me her his them their after now out up down never again anymore really
since
"""
ENGLISH_WORDS = frozenset(_WORDS.split())
ENGLISH_SHARE = 0.25
"""With so many of its words among the commonest English ones, a text is English however it is spelled."""
NO_ENGLISH_SHARE = 0.06
KNOWN_SHARE = 0.5
"""With so many words that our own posts have in common, a text is English without any of the commonest: a list of
medicines, for example."""
FEWEST_WORDS = 7
"""Shorter texts may well do without any of those words."""
_NO_WORDS = re.compile(r"https?://\S+|(?:[\d_]|[^\w\u2801-\u28ff])+")
"""Signs of Braille are letters, though Unicode counts them as symbols."""
_NOT_LATIN = re.compile(r"[\u0370-\u1fff\u2801-\u28ff\u2c00-\ufaff\U00010000-\U0001f0ff\U00020000-\U0003ffff]")
_NOT_LATIN_WORD = re.compile(rf"{_NOT_LATIN.pattern}{{2,}}")
"""A single letter is mostly a piece of a face made of signs."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


class Language(NamedTuple):
    """What language a text seems to be in."""

    code: str | None
    """ISO 639-1; None where the text is too short to tell."""
    supported: bool
    """Whether the model may be trusted with it; true where nobody can tell."""


def read_language(text: str) -> Language:
    """Tell the language of a text, or of its first sentence that is in none that the model knows.

    English in any dialect or spelling is meant to stay English.
    """
    whole = _read_whole(text)
    if not whole.supported:
        return whole
    sentences = (_read_foreign(text[start:end]) for start, end in split_sentences(text))
    return next((found for found in sentences if found is not None), whole)


def _read_whole(text: str) -> Language:
    words = _NO_WORDS.sub(" ", text).strip()
    foreign = len(_NOT_LATIN.findall(words))
    if foreign > len(words) / 3:
        return _in_other_letters(words)
    if len(words) < FEWEST_LETTERS:
        return Language(None, supported=True)
    code, confidence = _classify(words.lower())
    if code not in KIN and _speaks_no_english(words):
        return Language(code if confidence >= SURE else "und", supported=False)
    if code in KIN or confidence < SURE or _speaks_english(words):
        return Language(TRAINED_ON, supported=True)
    return Language(code, supported=False)


def _read_foreign(sentence: str) -> Language | None:
    """Tell the language of one sentence; None where it may well be English."""
    letters = _NO_WORDS.sub(" ", sentence).strip()
    if sum(map(len, _NOT_LATIN_WORD.findall(letters))) > len(letters) / 2:
        return _in_other_letters(letters)
    words = _WORD.findall(_ADDRESS.sub(" ", sentence.lower().replace("\u2019", "'")))
    too_few = len({word for word in words if len(word) > 1}) < FEWEST_DIFFERENT_WORDS
    if too_few or not _known_words().isdisjoint(words) or (run := " ".join(words)) in BORROWED:
        return None
    chances = dict(cast("list[tuple[str, float]]", _identifier().rank(run)))
    code = max(chances, key=chances.__getitem__)
    if code in KIN or chances[code] < max(GUESSED, LIKELIER * chances[TRAINED_ON]):
        return None
    return Language(code, supported=False)


def _in_other_letters(words: str) -> Language:
    code, _ = _classify(words)
    return Language(code if code != TRAINED_ON else "und", supported=False)


@cache
def _known_words() -> frozenset[str]:
    return frozenset(ENGLISH.read_text(encoding="utf-8").split())


def _classify(words: str) -> tuple[str, float]:
    code, confidence = cast("tuple[str, float]", _identifier().classify(words))
    return code, float(confidence)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _speaks_english(words: str) -> bool:
    return _english_share(words.split()) >= ENGLISH_SHARE


def _speaks_no_english(words: str) -> bool:
    """Tell what is no English though no language is recognised: Hindi in Latin letters, for example."""
    found = words.split()
    has_whole_words = sum(map(len, found)) >= 3 * len(found)
    if len(found) < FEWEST_WORDS or not has_whole_words or _english_share(found) >= NO_ENGLISH_SHARE:
        return False
    known = sum(word.lower() in _known_words() for word in found)
    return known < len(found) * KNOWN_SHARE


def _english_share(words: list[str]) -> float:
    return sum(word.lower() in ENGLISH_WORDS for word in words) / len(words)
