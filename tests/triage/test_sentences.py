"""Sentences are found in the text as it was written, with and without full stops."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.growth import grows_with_its_length
from triage.sentences import LONGEST_WORDS, split_sentences


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I saw Dr. Lee today.  She was kind!", ["I saw Dr. Lee today.", "She was kind!"]),
        ("First thing\n\n- one\n- two; really", ["First thing", "- one", "- two", "really"]),
        ("1. Sleep. 2. Eat.", ["1. Sleep.", "2. Eat."]),
        ("a) rest\nb) water", ["a) rest", "b) water"]),
        ("Is it? It is!! Good…", ["Is it?", "It is!!", "Good…"]),
        ("He said 'no.' Then he left.", ["He said 'no.'", "Then he left."]),
        ("I am done.Then I slept.", ["I am done.", "Then I slept."]),
        ("It was 3.5 on www.example.org at 5 p.m. or so", ["It was 3.5 on www.example.org at 5 p.m.", "or so"]),
        ("Bus no. 5 came, I said no. Then it left.", ["Bus no. 5 came, I said no.", "Then it left."]),
        ("今天很累。睡不着。", ["今天很累。", "睡不着。"]),
        ("i cant \U0001f62d", ["i cant \U0001f62d"]),
        ("", []),
        ("  \n \n", []),
        ("...", ["..."]),
    ],
)
def test_sentences_are_found(text: str, sentences: list[str]) -> None:
    assert pieces(text) == sentences


def test_long_text_without_any_stop_is_cut_where_a_thought_begins() -> None:
    text = "we went to the big shop on the hill with my old dog and " * 12
    parts = pieces(text)
    assert len(parts) > 2
    assert all(len(part.split()) <= LONGEST_WORDS for part in parts)
    assert all(part.startswith("and") for part in parts[1:])


def test_long_text_without_any_stop_or_thought_is_cut_all_the_same() -> None:
    assert [len(part.split()) for part in pieces("word " * 150)] == [40, 40, 40, 30]


@given(st.text())
def test_every_word_is_in_exactly_one_sentence(text: str) -> None:
    spans = split_sentences(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    between = set(range(len(text))).difference(*(range(start, end) for start, end in spans))
    assert all(text[place].isspace() or text[place] in ";•" for place in between)


@pytest.mark.parametrize("unit", ["a", "a ", ". ", "\n", "1. ", "; ", "Dr. ", "?", "\u3002", " "])
def test_ten_times_the_length_is_not_a_hundred_times_the_work(unit: str) -> None:
    assert grows_with_its_length(split_sentences, unit, 100_000)
