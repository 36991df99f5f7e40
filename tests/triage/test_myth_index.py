"""The index of myths: another library is taken up, and only new sentences cost a pass of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from triage.myths import read_myths
from triage.myths.matching import Matches, MythIndex, choose_similarities, choose_similarity, embed_library, match_each
from triage.posts import Post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FIRST, SECOND, THIRD = read_myths()[:3]


class Embedding:
    """Gives every new text a direction of its own, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._places: dict[str, int] = {}

    def __call__(self, posts: Sequence[Post]) -> NDArray[np.float32]:
        self.asked += [post.text for post in posts]
        rows = np.zeros((len(posts), 100), dtype=np.float32)
        for number, post in enumerate(posts):
            rows[number, self._places.setdefault(post.text, len(self._places))] = 1
        return rows


def an_index(embed: Embedding) -> MythIndex:
    index = MythIndex([FIRST, SECOND], embed, embed_library([FIRST, SECOND], embed))
    embed.asked.clear()
    return index


def slug_of(index: MythIndex, text: str) -> str | None:
    match = index.nearest(Post(text=text))
    return match.myth.slug if match and match.similarity > 0.5 else None


def test_another_library_is_matched_and_the_one_before_forgotten() -> None:
    index = an_index(Embedding()).of([SECOND, THIRD])

    assert [slug_of(index, myth.claim) for myth in (FIRST, SECOND, THIRD)] == [None, SECOND.slug, THIRD.slug]


def test_only_sentences_that_were_never_met_are_embedded() -> None:
    embed = Embedding()
    changed = replace(SECOND, phrasings=[*SECOND.phrasings, "Another way to say it."])

    index = an_index(embed).of([changed])

    assert embed.asked == ["Another way to say it."]
    assert slug_of(index, "Another way to say it.") == SECOND.slug


def test_what_was_retired_and_comes_back_is_not_embedded_again() -> None:
    embed = Embedding()

    index = an_index(embed).of([SECOND]).of([SECOND, FIRST])

    assert embed.asked == []
    assert slug_of(index, FIRST.claim) == FIRST.slug


def test_empty_library_matches_nothing() -> None:
    assert an_index(Embedding()).of([]).nearest(Post(text=FIRST.claim)) is None


def test_title_is_matched_as_well() -> None:
    in_title = an_index(Embedding()).nearest(Post(text="It worked.", title=SECOND.claim))
    in_text = an_index(Embedding()).nearest(Post(text=f"It worked. {FIRST.claim}", title="A question."))

    assert in_title is not None
    assert in_text is not None
    assert (in_title.myth, in_title.span) == (SECOND, None)
    assert (in_text.myth, in_text.span) == (FIRST, (11, 11 + len(FIRST.claim)))


def test_each_sentence_is_matched_as_if_it_were_not_in_the_library() -> None:
    first = replace(FIRST, claim="a", phrasings=["b", "c"])
    second = replace(SECOND, claim="d", phrasings=["e"])
    directions = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1], [0, 1, 0], [0, 0.28, 0.96]], dtype=np.float32)

    matches = match_each([first, second], directions)

    assert matches.similarity == pytest.approx([0.8, 0.8, 0.96, 0.6, 0.96])
    assert matches.myths.tolist() == [0, 0, 0, 1, 1]
    assert matches.nearest.tolist() == [0, 0, 1, 0, 0]
    assert matches.is_right.tolist() == [True, True, False, False, False]


def test_myths_are_named_from_the_similarity_on_at_which_enough_are_right() -> None:
    nearest = np.array([0.605, 0.705, 0.755, 0.855, 0.905, 0.935], dtype=np.float32)

    assert choose_similarity(nearest, np.array([False, False, False, True, True, True])) == 0.71
    assert choose_similarity(nearest, np.array([True, True, True, True, True, True])) == 0.5
    assert choose_similarity(nearest, np.array([True, True, False, False, False, False])) == 0.94


def test_claim_counts_as_deadly_without_the_right_name_where_what_is_nearest_mostly_is() -> None:
    deadly = [replace(FIRST, harm="life-threatening"), replace(SECOND, harm="life-threatening")]
    matches = Matches(
        myths=np.array([0, 1, 2, 2, 0, 1, 2]),
        nearest=np.array([1, 0, 0, 0, 0, 2, 2]),
        similarity=np.array([0.605, 0.655, 0.585, 0.565, 0.805, 0.705, 0.755], dtype=np.float32),
    )

    similarities = choose_similarities([*deadly, replace(THIRD, harm="low")], matches)

    assert similarities.deadly == 0.57
    assert similarities.named == 0.66
