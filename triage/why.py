"""Which sentences of a flagged post weighed most, so that a moderator sees why and never a bare number.

The title counts as a sentence. Each is first read alone, which is cheap; the most alarming are then left out one after
the other, and what lowers the score of the whole most is named. That costs one pass of each sentence and, for each
round, one of the post for each of the few that are left: about a second for a long post on one core, and only for posts
that are flagged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from triage.sentences import Span, split_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.model.bare import BareModel
    from triage.model.reading import Reading
    from triage.posts import Post

MOST_SENTENCES = 60
"""Of a very long post the first sentences are weighed."""
SHORTLIST = 8
NAMED = 3
TITLE = Span(0, 0)
"""Stands for the title, which is no part of the text; no sentence is empty."""
LEAST_FALL = 0.01
"""What lowers the score by less, also together with the sentences before it, is not worth naming."""
CALM = 0.1
"""Once the score is down to this share of what it was, nothing that is left is worth naming."""


class Weight(NamedTuple):
    """One sentence or the title, and how far the score falls without it."""

    span: Span
    fall: float
    """Difference of two probabilities, 0-1."""


Score = Literal["urgent", "amber", "misinformation"]


def weigh_sentences(model: BareModel, post: Post, score: Score) -> list[Weight]:
    """Return up to three sentences in the order of their weight; each one's fall comes on top of those before it.

    Raises: ModelFailed.
    """
    own, quoted = _sentences_of(post)
    spans = [*([TITLE] if post.title.strip() else []), *own[:MOST_SENTENCES]]
    post = msgspec.structs.replace(post, parent=post.with_quotation_apart().parent)
    alone = dict(zip(spans, model.read([_only(post, span) for span in spans]), strict=True))
    shortlist = sorted(spans, key=lambda span: -_of(alone[span], score))[:SHORTLIST]
    weights: list[Weight] = []
    whole = before = _of(model.read([_without(post, quoted)])[0], score)
    while shortlist and len(weights) < NAMED and before >= CALM * whole:
        left_out = [*quoted, *(weight.span for weight in weights)]
        tried = [_without(post, [*left_out, span]) for span in shortlist]
        # Where nothing is left to read nothing alarms, whatever a model makes of an empty text.
        after = [
            _of(reading, score) if rest.title.strip() or rest.text.strip() else 0.0
            for rest, reading in zip(tried, model.read(tried), strict=True)
        ]
        best = min(range(len(after)), key=after.__getitem__)
        if before - after[best] < LEAST_FALL:
            if whole - before >= LEAST_FALL:
                break
            best = 0  # danger may be said twice: then the score falls only once the most alarming are both gone
        weights.append(Weight(shortlist.pop(best), max(0.0, before - after[best])))
        before = after[best]
    return weights if whole - before >= LEAST_FALL else []


def _sentences_of(post: Post) -> tuple[list[Span], list[Span]]:
    """Return the post's own sentences, and those that it quotes of its parent; without own ones, all count as such."""
    lines = post.quoted_lines()
    own: list[Span] = []
    quoted: list[Span] = []
    for span in split_sentences(post.text):
        (quoted if any(start <= span.start < end for start, end in lines) else own).append(span)
    return (own, quoted) if own else (quoted, [])


def _of(reading: Reading, score: Score) -> float:
    if score == "urgent":
        return reading.at_least_red
    return reading.at_least_amber if score == "amber" else reading.misinformation


def _only(post: Post, span: Span) -> Post:
    start, end = span
    return msgspec.structs.replace(post, text=post.text[start:end], title=post.title if span == TITLE else "")


def _without(post: Post, spans: Sequence[Span]) -> Post:
    text = post.text
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return msgspec.structs.replace(post, text=text, title="" if TITLE in spans else post.title)
