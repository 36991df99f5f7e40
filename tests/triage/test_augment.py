"""Rows that training adds: they keep their label, and are the same for the same seed."""

from __future__ import annotations

import random

from triage.posts import Post
from triage.scales import Severity
from triage.training.augment import augmented, typed_in_a_hurry
from triage.training.examples import Example

WORDS = {
    Severity.GREEN: "The tomatoes are ripe and the cat is asleep on the wall.",
    Severity.AMBER: "I have been low and lonely for weeks, talking would help.",
    Severity.RED: "Most mornings I wish that I had not woken up at all.",
    Severity.CRISIS: "My note is written and I am going to die tonight.",
}
EXAMPLES = [
    Example(
        post=Post(text=f"{words} ({number})"), severity=severity, misinformation=False, group=f"{severity}-{number}"
    )
    for severity, words in WORDS.items()
    for number in range(25)
]


def test_further_rows_keep_the_label_of_what_they_hold() -> None:
    rows = augmented(EXAMPLES, seed=1)
    buried = [row for row in rows if any(words in row.post.text for words in WORDS.values())]
    assert {row.severity for row in buried} == set(Severity)
    for row in buried:
        held = [severity for severity, words in WORDS.items() if words in row.post.text]
        assert row.severity == max(held)
    assert len(buried) < len(rows)


def test_same_seed_gives_the_same_rows() -> None:
    assert augmented(EXAMPLES, seed=1) == augmented(EXAMPLES, seed=1)
    assert augmented(EXAMPLES, seed=1) != augmented(EXAMPLES, seed=2)


def test_without_green_posts_nothing_is_buried() -> None:
    urgent = [example for example in EXAMPLES if example.severity == Severity.CRISIS]
    assert len(augmented(urgent, seed=1)) == round(len(urgent) * 0.12)


def test_hurried_text_stays_about_as_long() -> None:
    chance = random.Random(1)
    text = " ".join(WORDS.values())
    typed = [typed_in_a_hurry(text, chance) for _ in range(20)]
    assert all(0.85 * len(text) < len(one) < 1.1 * len(text) for one in typed)
    assert len(set(typed)) == len(typed)
