"""Which myth a post asserts: its sentences beside the library's, by meaning."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from triage.posts import Post
from triage.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from triage.myths import Myth

    Embed = Callable[[Sequence[Post]], NDArray[np.float32]]
    """Returns float32[n, width], each row of length 1."""

MOST_SENTENCES = 40
"""Of a long post, so many are compared: the first ones."""


class Match(NamedTuple):
    """The myth that a post comes nearest to."""

    myth: Myth
    similarity: float
    """Cosine of the nearest sentence and the nearest phrasing, -1 to 1."""
    start: int
    """Where the sentence begins and ends in the text."""
    end: int


def _said(myth: Myth) -> tuple[str, ...]:
    return (myth.claim, *myth.phrasings)


def embed_library(myths: Sequence[Myth], embed: Embed) -> NDArray[np.float32]:
    """Return float32[n, width]: every claim and phrasing, in the library's order. Takes seconds, so it is kept."""
    return embed([Post(text=text) for myth in myths for text in _said(myth)])


def library_key(myths: Sequence[Myth]) -> str:
    """Name what was embedded, so that kept embeddings are used for the same sentences only."""
    return sha256("\0".join(text for myth in myths for text in _said(myth)).encode()).hexdigest()


class MythIndex:
    """The library as embeddings."""

    def __init__(self, myths: Sequence[Myth], embed: Embed, embeddings: NDArray[np.float32]) -> None:
        """Take the library and what ``embed_library`` made of it."""
        self._embed = embed
        self._myths = [myth for myth in myths for _ in _said(myth)]
        self._embeddings = embeddings
        self._known = dict(zip((text for myth in myths for text in _said(myth)), embeddings, strict=True))

    def of(self, myths: Sequence[Myth]) -> MythIndex:
        """Return the index of another library; only sentences that were never met before are embedded."""
        said = [text for myth in myths for text in _said(myth)]
        new = [text for text in dict.fromkeys(said) if text not in self._known]
        found = self._embed([Post(text=text) for text in new]) if new else ()
        known = self._known | dict(zip(new, found, strict=True))
        index = MythIndex(myths, self._embed, np.stack([known[text] for text in said]) if said else _nothing())
        index._known = known
        return index

    def nearest(self, text: str) -> Match | None:
        """Return the myth nearest to any sentence of a text; None where there is no sentence, or no myth."""
        spans = split_sentences(text)[:MOST_SENTENCES] if self._myths else []
        if not spans:
            return None
        similarity = self._embed([Post(text=text[start:end]) for start, end in spans]) @ self._embeddings.T
        row, column = np.unravel_index(int(similarity.argmax()), similarity.shape)
        start, end = spans[int(row)]
        return Match(self._myths[int(column)], float(similarity[row, column]), start, end)


def _nothing() -> NDArray[np.float32]:
    return np.zeros((0, 0), dtype=np.float32)
