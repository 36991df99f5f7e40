"""What a classifier has to beat: a list of words, and two simple models that learn from the same rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec.structs import replace
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from triage.model.windows import WINDOW_TOKENS
from triage.training.torch_backend import BareEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from triage.posts import Post

    Embed = Callable[[Sequence[Post]], NDArray[np.float32]]

_WORDS = re.compile(
    r"suicid|kill (?:my|your|him|her)self|kms|want(?:ed)? to die|wanna die|end (?:my|it|this) (?:life|all)|end it all"
    r"|self.?harm|cut(?:ting)? myself|overdos|unaliv|hopeless|worthless|no (?:reason|point)|better off (?:dead|without)"
    r"|can'?t go on|goodbye|hurt (?:my|your)self|abus|rape|seizure|not breathing|chest pain|die tonight",
    re.IGNORECASE,
)


class Baseline(Protocol):
    """Scores posts; higher is more urgent."""

    def score(self, posts: Sequence[Post]) -> NDArray[np.float64]:
        """Return float64[n]."""
        ...


class KeywordList:
    """Counts words that are usual in such posts."""

    def score(self, posts: Sequence[Post]) -> NDArray[np.float64]:
        """Return how many of the words each post has."""
        return np.array([len(_WORDS.findall(f"{post.title} {post.text}")) for post in posts], dtype=float)


class WordWeights:
    """TF-IDF over words and pairs of words, with logistic regression."""

    def __init__(self, posts: Sequence[Post], truth: NDArray[np.bool_]) -> None:
        """Learn."""
        self._model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            LogisticRegression(C=4.0, class_weight="balanced", max_iter=2000),
        )
        self._model.fit([f"{post.title} {post.text}" for post in posts], truth)

    def score(self, posts: Sequence[Post]) -> NDArray[np.float64]:
        """Return the chance of being true."""
        return self._model.predict_proba([f"{post.title} {post.text}" for post in posts])[:, 1]


class FrozenEncoder:
    """Sentence embeddings of the encoder as it comes, with logistic regression."""

    def __init__(self, embed: Embed, posts: Sequence[Post], truth: NDArray[np.bool_]) -> None:
        """Learn."""
        self._embed = embed
        self._model = LogisticRegression(C=4.0, class_weight="balanced", max_iter=2000).fit(embed(posts), truth)

    def score(self, posts: Sequence[Post]) -> NDArray[np.float64]:
        """Return the chance of being true."""
        return self._model.predict_proba(self._embed(posts))[:, 1]


class FrozenEmbeddings:
    """Embeddings of the encoder as it comes, each post embedded once."""

    def __init__(self) -> None:
        """Load the encoder."""
        self._encoder = BareEncoder()
        self._known: dict[Post, NDArray[np.float32]] = {}

    def __call__(self, posts: Sequence[Post]) -> NDArray[np.float32]:
        """Return float32[n, width]: of the first window alone, so that later words are left away before."""
        new = list({post for post in posts if post not in self._known})
        begun = [replace(post, text=" ".join(post.text.split()[:WINDOW_TOKENS])) for post in new]
        if new:
            self._known |= dict(zip(new, self._encoder.embed(begun), strict=True))
        return np.stack([self._known[post] for post in posts])
