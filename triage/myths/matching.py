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
ENOUGH_RIGHT = 2 / 3
"""Where a myth is named, it should be the right one this often; where a claim is taken for deadly, it should be."""
STEPS = np.arange(0.5, 0.95, 0.01)


class Match(NamedTuple):
    """The myth that a post comes nearest to."""

    myth: Myth
    similarity: float
    """Cosine of the nearest sentence and the nearest phrasing, -1 to 1."""
    span: tuple[int, int] | None
    """The sentence in the text; None where it is in the title."""


def sentences_of(myth: Myth) -> tuple[str, ...]:
    """Return the ways of asserting a myth that the library knows."""
    return (myth.claim, *myth.phrasings)


def embed_library(myths: Sequence[Myth], embed: Embed) -> NDArray[np.float32]:
    """Return float32[n, width]: every claim and phrasing, in the library's order. Takes seconds, so it is kept."""
    return embed([Post(text=text) for myth in myths for text in sentences_of(myth)])


class Matches(NamedTuple):
    """Each of ``n`` sentences of a library, matched as if that one were not in it."""

    myths: NDArray[np.intp]
    """int[n]: the number of the myth that it asserts."""
    nearest: NDArray[np.intp]
    """int[n]: that of the nearest other sentence."""
    similarity: NDArray[np.float32]
    """float32[n]: how near that one is."""

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """bool[n]: whether the nearest other sentence is of the same myth."""
        return self.nearest == self.myths


def match_each(myths: Sequence[Myth], embeddings: NDArray[np.float32]) -> Matches:
    """Match each sentence of the library with all others."""
    owners = np.array([number for number, myth in enumerate(myths) for _ in sentences_of(myth)])
    similarity = embeddings @ embeddings.T
    np.fill_diagonal(similarity, -1.0)
    return Matches(owners, owners[similarity.argmax(axis=1)], similarity.max(axis=1))


class Similarities(NamedTuple):
    """From which cosines on a match counts."""

    named: float
    """As the myth that a post asserts."""
    deadly: float
    """As a claim that somebody may die of, where the nearest myth is such a one: that needs no right name."""


def choose_similarities(myths: Sequence[Myth], matches: Matches) -> Similarities:
    """Choose them so that enough of what counts is right."""
    is_deadly = np.array([myth.is_deadly for myth in myths])
    near = is_deadly[matches.nearest]
    return Similarities(
        named=choose_similarity(matches.similarity, matches.is_right),
        deadly=choose_similarity(matches.similarity[near], is_deadly[matches.myths[near]]),
    )


def choose_similarity(nearest: NDArray[np.float32], is_right: NDArray[np.bool_]) -> float:
    """Return the lowest similarity from which enough of those that count are right; the highest step where none is."""
    for step in STEPS:
        named = nearest >= step
        if named.any() and is_right[named].mean() >= ENOUGH_RIGHT:
            return round(float(step), 2)
    return round(float(STEPS[-1]), 2)


def library_key(myths: Sequence[Myth]) -> str:
    """Name what was embedded, so that kept embeddings are used for the same sentences only."""
    return sha256("\0".join(text for myth in myths for text in sentences_of(myth)).encode()).hexdigest()


class MythIndex:
    """The library as embeddings."""

    def __init__(self, myths: Sequence[Myth], embed: Embed, embeddings: NDArray[np.float32]) -> None:
        """Take the library and what ``embed_library`` made of it."""
        self._embed = embed
        self._myths = [myth for myth in myths for _ in sentences_of(myth)]
        self._embeddings = embeddings
        self._known = dict(zip((text for myth in myths for text in sentences_of(myth)), embeddings, strict=True))

    def of(self, myths: Sequence[Myth]) -> MythIndex:
        """Return the index of another library; only sentences that were never met before are embedded."""
        said = [text for myth in myths for text in sentences_of(myth)]
        new = [text for text in dict.fromkeys(said) if text not in self._known]
        found = self._embed([Post(text=text) for text in new]) if new else ()
        known = self._known | dict(zip(new, found, strict=True))
        index = MythIndex(myths, self._embed, np.stack([known[text] for text in said]) if said else _nothing())
        index._known = known
        return index

    def nearest(self, post: Post) -> Match | None:
        """Return the myth nearest to any sentence of a post; None where there is no sentence, or no myth."""
        said: list[tuple[str, tuple[int, int] | None]] = [
            (post.text[start:end], (start, end)) for start, end in split_sentences(post.text)[:MOST_SENTENCES]
        ]
        said += [(post.title[start:end], None) for start, end in split_sentences(post.title)[:MOST_SENTENCES]]
        if not said or not self._myths:
            return None
        similarity = self._embed([Post(text=text) for text, _ in said]) @ self._embeddings.T
        row, column = np.unravel_index(int(similarity.argmax()), similarity.shape)
        return Match(self._myths[int(column)], float(similarity[row, column]), said[int(row)][1])


def _nothing() -> NDArray[np.float32]:
    return np.zeros((0, 0), dtype=np.float32)
