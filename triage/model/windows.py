"""Posts as the encoder reads them: overlapping windows of tokens, so that nothing of a long post is cut off.

A window is ``[CLS] title, a piece of the text [SEP] the beginning of the parent [SEP]``; title and parent are in each.
What a long title has beyond its place is read as the beginning of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from triage.model.base import TOKENIZER, EncoderMissing
from triage.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from triage.posts import Post

WINDOW_TOKENS = 256
"""What the encoder was trained to read at once."""
OVERLAP_TOKENS = 48
TITLE_TOKENS = 32
PARENT_TOKENS = 64


@dataclass(frozen=True)
class Window:
    """One piece of one post."""

    post: int
    """Index of the post in the list that was cut up."""
    ids: list[int]
    types: list[int]
    """0 for the post, 1 for its parent."""


@dataclass(frozen=True)
class Batch:
    """Windows of similar length, padded to the longest."""

    ids: NDArray[np.int64]
    """int64[n, length], as are ``mask`` and ``types``."""
    mask: NDArray[np.int64]
    types: NDArray[np.int64]


class Cutter:
    """Cuts posts into windows with the tokenizer of an encoder; lines that quote the parent are read with it."""

    def __init__(self, encoder: Path) -> None:
        """Read ``tokenizer.json`` from the encoder's folder.

        Raises: EncoderMissing.
        """
        try:
            self._tokenizer = Tokenizer.from_file(str(encoder / TOKENIZER))
        except Exception as error:  # the library raises nothing narrower
            raise EncoderMissing(f"{encoder / TOKENIZER} cannot be read: {error}.") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # "[SEP]" that somebody writes is text, and ends nothing
        self._begin = self._special("[CLS]", "<s>")
        self._end = self._special("[SEP]", "</s>")

    def _special(self, *names: str) -> int:
        for name in names:
            if (number := self._tokenizer.token_to_id(name)) is not None:
                return number
        raise EncoderMissing(
            f"This encoder's tokenizer has no {names[0]}; only encoders of the BERT family can be used."
        )

    def cut(self, posts: Sequence[Post]) -> list[Window]:
        """Return the windows of all posts, in order; each post has at least one."""
        return [window for index, post in enumerate(posts) for window in self._cut_one(index, post)]

    def _cut_one(self, index: int, post: Post) -> Iterator[Window]:
        post = post.with_quotation_apart()
        title, text, parent = self._tokens(post.title), self._tokens(post.text), self._tokens(post.parent)
        title, text, parent = title[:TITLE_TOKENS], title[TITLE_TOKENS:] + text, parent[:PARENT_TOKENS]
        room = WINDOW_TOKENS - 2 - len(title) - (len(parent) + 1 if parent else 0)
        start = 0
        while True:
            own = [self._begin, *title, *text[start : start + room], self._end]
            context = [*parent, self._end] if parent else []
            yield Window(index, own + context, [0] * len(own) + [1] * len(context))
            if start + room >= len(text):
                return
            start += room - OVERLAP_TOKENS

    def _tokens(self, text: str) -> list[int]:
        if not text:
            return []
        return list(self._tokenizer.encode(normalise(text), add_special_tokens=False).ids)


def pad(windows: Sequence[Window], *, step: int = 1) -> Batch:
    """Lay windows side by side; zeros fill the shorter ones, and all to a multiple of ``step``."""
    longest = max(len(window.ids) for window in windows)
    shape = (len(windows), -(-longest // step) * step)
    ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, window in enumerate(windows):
        length = len(window.ids)
        ids[row, :length] = window.ids
        mask[row, :length] = 1
        types[row, :length] = window.types
    return Batch(ids, mask, types)
