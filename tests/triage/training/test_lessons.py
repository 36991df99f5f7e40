"""What a teacher is asked about: real posts without a label, variants of what is learnt from. All posts are made up."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from triage.posts import Post
from triage.scales import Severity
from triage.training.adapters import POOL
from triage.training.examples import Example
from triage.training.lessons import (
    PIECE_SENTENCES,
    UNLABELLED_SETS,
    lesson_key,
    taught_posts,
    unlabelled_posts,
)
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

REAL = {POOL: "A quiet day by the sea.", "stress_dreaddit": "A hard day in town."}
DAY = "The bus was late on day {}. I sat by the river. A heron came. It rained. I went home."
THANKS = "Thank you {} times for the words about the river, they were good to read."


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    for name in UNLABELLED_SETS:
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.write(json.dumps({"id": name, "text": REAL[name]}) + "\n")
    return tmp_path


@pytest.fixture
def own() -> list[Example]:
    days = [Post(text=DAY.format(number)) for number in range(20)]
    answers = [Post(text=THANKS.format(number), parent=f"How was day {number}?") for number in range(20)]
    return [
        Example(post=post, severity=Severity.GREEN, misinformation=False, group=f"group {number}")
        for posts in (days, answers)
        for number, post in enumerate(posts)
    ]


def is_in_other_words(text: str, posts: Iterable[str]) -> bool:
    """Whether some words of one of the posts were replaced by others, and fewer than half of them."""
    words = text.split()
    same = [sum(map(str.__eq__, words, post.split())) for post in posts if len(post.split()) == len(words)]
    return len(words) / 2 < max(same, default=0) < len(words)


def test_real_posts_without_a_label_are_asked_about(pool: Path) -> None:
    first, second, *variants = unlabelled_posts(pool, [])

    assert [first.text, second.text] == list(REAL.values())
    assert variants
    assert all(is_in_other_words(variant.text, REAL.values()) for variant in variants)


def test_pieces_are_a_few_whole_sentences_of_what_is_learnt_from(pool: Path, own: list[Example]) -> None:
    learnt_from = {example.post.text for example in split_by_group(own).train}
    asked = [post.text for post in unlabelled_posts(pool, own) if not post.parent]
    pieces = [text for text in asked if any(text in whole for whole in learnt_from)]

    assert len(pieces) > len(learnt_from) / 2
    for piece in pieces:
        assert piece[0].isupper()
        assert piece.count(".") in range(1, PIECE_SENTENCES + 1)


def test_some_words_of_what_is_learnt_from_are_replaced(pool: Path, own: list[Example]) -> None:
    learnt_from = {example.post.text for example in split_by_group(own).train}
    asked = {post.text for post in unlabelled_posts(pool, own) if not post.parent} - {*REAL.values()}
    others = {text for text in asked if not any(text in whole for whole in learnt_from)}

    assert len(others) > len(learnt_from) / 2
    assert all(is_in_other_words(text, [*learnt_from, *REAL.values()]) for text in others)


def test_answers_stand_under_other_posts(pool: Path, own: list[Example]) -> None:
    learnt_from = [example.post for example in split_by_group(own).train]
    parents = {post.parent for post in learnt_from} | {post.text for post in learnt_from if not post.parent}
    parents |= {*REAL.values()}
    texts = {post.text for post in learnt_from if post.parent}
    answers = [post for post in unlabelled_posts(pool, own) if post.parent]
    as_they_were = {post for post in answers if post.text in texts}

    assert {post.text for post in as_they_were} == texts
    assert {post.parent for post in answers} <= parents
    assert as_they_were - set(learnt_from)
    assert all(is_in_other_words(post.text, texts) for post in answers if post not in as_they_were)


def test_nothing_that_is_measured_on_is_asked_about(pool: Path, own: list[Example]) -> None:
    _, dev, test = split_by_group(own)
    asked = " ".join(post.text + post.parent for post in unlabelled_posts(pool, own))

    assert dev
    assert test
    for example in (*dev, *test):
        if example.post.parent:
            assert example.post.text not in asked
            assert example.post.parent not in asked
        else:
            assert example.post.text.partition(".")[0] + "." not in asked


def test_what_is_asked_stays_nearly_the_same_when_another_post_comes(pool: Path, own: list[Example]) -> None:
    before, after = set(unlabelled_posts(pool, own[1:])), set(unlabelled_posts(pool, own))
    answers = {post for post in before if post.parent}

    assert before - answers <= after
    assert len(answers & after) > len(answers) * 0.8


def test_lesson_belongs_to_a_post_in_its_place(pool: Path, own: list[Example], tmp_path: Path) -> None:
    asked = unlabelled_posts(pool, own)
    answer = next(post for post in asked if post.parent)
    file = tmp_path / "taught.jsonl"
    file.write_text(json.dumps({"sha256": lesson_key(answer), "chances": [0.9, 0.8, 0.1, 0.0]}) + "\n")

    assert [(one.post, one.taught) for one in taught_posts(pool, own, file)] == [(answer, (0.9, 0.8, 0.1, 0.0))]
    assert lesson_key(answer) != lesson_key(Post(text=answer.text))
