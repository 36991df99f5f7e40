"""Which language a post is in: what the model was not trained on goes to a person."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple, cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

TRAINED_ON = "en"
KIN = frozenset({"en", "pcm"})
"""English and its daughters, of which the corpus has some."""
SURE = 0.9
"""Chance of another language from which on it counts as that."""
FEWEST_LETTERS = 16
"""Shorter texts in Latin letters say too little about their language."""
_NO_WORDS = re.compile(r"https?://\S+|[\d\W_]+")
_NOT_LATIN = re.compile(r"[\u0370-\u1fff\u2c00-\ufaff\U00010000-\U0001f0ff\U00020000-\U0003ffff]")


class Language(NamedTuple):
    """What language a text seems to be in."""

    code: str | None
    """ISO 639-1; None where the text is too short to tell."""
    confidence: float
    supported: bool
    """Whether the model may be trusted with it; true where nobody can tell."""


def read_language(text: str) -> Language:
    """Tell the language of a text; English in any dialect or spelling is meant to stay English."""
    words = _NO_WORDS.sub(" ", text).strip()
    foreign = len(_NOT_LATIN.findall(words))
    if foreign > len(words) / 3:
        code, confidence = _classify(words)
        return Language(code if code != TRAINED_ON else "und", max(confidence, SURE), supported=False)
    if len(words) < FEWEST_LETTERS:
        return Language(None, 0.0, supported=True)
    code, confidence = _classify(words.lower())
    if code not in KIN and _speaks_no_english(words):
        return Language(code if confidence >= SURE else "und", confidence, supported=False)
    if code in KIN or confidence < SURE or _speaks_english(words):
        return Language(TRAINED_ON, confidence if code in KIN else 1 - confidence, supported=True)
    return Language(code, confidence, supported=False)


def _classify(words: str) -> tuple[str, float]:
    code, confidence = cast("tuple[str, float]", _identifier().classify(words))
    return code, float(confidence)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


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
FEWEST_WORDS = 7
"""Shorter texts may well do without any of those words."""


def _speaks_english(words: str) -> bool:
    return _english_share(words.split()) >= ENGLISH_SHARE


def _speaks_no_english(words: str) -> bool:
    """Tell what is no English though no language is recognised: Hindi in Latin letters, for example."""
    found = words.split()
    has_whole_words = sum(map(len, found)) >= 3 * len(found)
    return len(found) >= FEWEST_WORDS and has_whole_words and _english_share(found) < NO_ENGLISH_SHARE


def _english_share(words: list[str]) -> float:
    return sum(word.lower() in ENGLISH_WORDS for word in words) / len(words)
