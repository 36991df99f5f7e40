"""Posts told in other words: some words replaced by ones that the encoder puts close to them.

Such a text may mean something else than before, and need not be good English. A teacher says what it should be called
(TinyBERT's data augmentation, Jiao et al. 2020, with the encoder's word embeddings in the place of a language model).
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from safetensors import safe_open

from triage.model.base import find_encoder
from triage.model.graph import WORDS

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

REPLACED = 0.2
"""Share of the words."""
NEAREST = 6
"""One of so many takes the place of a word."""
_WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)


def in_other_words(text: str, chance: random.Random) -> str:
    """Return the text with some words replaced.

    Raises: EncoderMissing.
    """
    return _WORD.sub(lambda word: _another(word[0], chance) if chance.random() < REPLACED else word[0], text)


def _another(word: str, chance: random.Random) -> str:
    near = _near(word.lower())
    return chance.choice(near) if near else word


@cache
def _near(word: str) -> tuple[str, ...]:
    words, vectors, places = _vocabulary()
    place = places.get(word)
    if place is None:
        return ()
    closeness = vectors @ vectors[place]
    closeness[place] = -1.0
    return tuple(words[index] for index in np.argsort(-closeness)[:NEAREST])


@cache
def _vocabulary() -> tuple[list[str], NDArray[np.float32], dict[str, int]]:
    """Return the whole words that the encoder knows, float32[n, width] of length 1 for each, and their places."""
    encoder = find_encoder()
    known: dict[str, int] = json.loads((encoder / "tokenizer.json").read_text())["model"]["vocab"]
    words = [word for word in known if _WORD.fullmatch(word)]
    with safe_open(encoder / "model.safetensors", framework="numpy") as file:
        vectors = file.get_tensor(WORDS)[[known[word] for word in words]]
    vectors = vectors.astype(np.float32) / np.linalg.norm(vectors, axis=1, keepdims=True)
    return words, vectors, {word: place for place, word in enumerate(words)}
