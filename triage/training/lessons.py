"""What a larger model teaches: its judgement of posts that nobody labelled (knowledge distillation).

These are real posts without a label of ours, and variants of what is learnt from: a few sentences out of a post, an
answer under another post, a post in other words. What a variant should be called nobody can tell by rule, so the
teacher says it. Texts are known by their hash alone.
"""

from __future__ import annotations

import random
from bisect import bisect
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from triage.posts import Post
from triage.sentences import split_sentences
from triage.training.adapters import POOL, read_labels, read_set, text_key
from triage.training.examples import DataUnusable, Example
from triage.training.near_words import in_other_words
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

UNLABELLED_SETS = (POOL, "stress_dreaddit")
PIECE_SENTENCES = 3
"""A piece has at most so many, and fewer than the post that it is taken from."""
VARIANTS = 3
"""Of each post that one can be made of."""
WEIGHT = 0.5
"""Of a lesson beside a label."""


class Lesson(msgspec.Struct):
    """What a larger model says of a post."""

    sha256: str
    """Of the post: ``lesson_key``."""
    chances: tuple[float, float, float, float]
    """Of at least amber, at least red, crisis, misinformation."""


def lesson_key(post: Post) -> str:
    """Return the SHA-256 by which a post is known, its title and its parent among it."""
    return sha256("\n".join(text_key(part) for part in (post.title, post.text, post.parent)).encode()).hexdigest()


def unlabelled_posts(folder: Path, examples: Sequence[Example]) -> list[Post]:
    """Return real posts that we did not label, and variants of these and of those of ``examples`` that are learnt from.

    Raises: DataUnusable, EncoderMissing.
    """
    labels = read_labels()
    unlabelled = [
        Post(text=row.text)
        for name in UNLABELLED_SETS
        for row in read_set(folder, name)
        if text_key(row.text) not in labels
    ]
    whole = [*(example.post for example in split_by_group(examples).train), *unlabelled]
    variants = [
        variant
        for turn in range(VARIANTS)
        for kind in (_pieces, _answers_elsewhere, _in_other_words)
        for variant in kind(whole, turn)
    ]
    return list(dict.fromkeys([*unlabelled, *variants]))


def _chance_of(post: Post, turn: int) -> random.Random:
    """Return chance that hangs on the post alone: what is made of it stays the same when others come or go."""
    return random.Random(f"{lesson_key(post)} {turn}")  # noqa: S311 - a sample, not a secret


def _pieces(posts: Sequence[Post], turn: int) -> Iterator[Post]:
    """Take one to three sentences in a row out of each post that has more."""
    for post in posts:
        spans = split_sentences(post.text)
        if len(spans) < 2:
            continue
        chance = _chance_of(post, turn)
        most = min(PIECE_SENTENCES, len(spans) - 1)
        first = chance.randrange(len(spans))
        last = min(first + chance.randrange(most), len(spans) - 1)
        yield Post(text=post.text[spans[first].start : spans[last].end])


def _answers_elsewhere(posts: Sequence[Post], turn: int) -> Iterator[Post]:
    """Put each answer under another post than its own: the next one after a place by chance, in the order of keys.

    So few answers move when other posts come or go.
    """
    parents = sorted((text_key(parent), parent) for parent in {post.parent or post.text for post in posts})
    for post in posts:
        if post.parent:
            place = bisect(parents, (f"{_chance_of(post, turn).getrandbits(256):064x}", ""))
            yield msgspec.structs.replace(post, parent=parents[place % len(parents)][1])


def _in_other_words(posts: Sequence[Post], turn: int) -> Iterator[Post]:
    """Replace some words of each post."""
    for post in posts:
        text = in_other_words(post.text, _chance_of(post, turn))
        if text != post.text:
            yield msgspec.structs.replace(post, text=text)


def taught_posts(folder: Path, examples: Sequence[Example], file: Path) -> list[Example]:
    """Return the posts that ``file`` has a lesson for (``scripts/distil.py``), with what was said of them.

    Raises: DataUnusable, EncoderMissing.
    """
    try:
        lines = [msgspec.json.decode(line, type=Lesson) for line in file.read_bytes().splitlines()]
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataUnusable(f"{file} cannot be read: {error}.") from error
    lessons = {lesson.sha256: lesson.chances for lesson in lines}
    found = [
        Example(post=post, taught=chances, group=lesson_key(post), source="by the teacher", weight=WEIGHT)
        for post in unlabelled_posts(folder, examples)
        if (chances := lessons.get(lesson_key(post)))
    ]
    if not found:
        raise DataUnusable(f"{file} has no lesson for any of these posts.")
    return found
