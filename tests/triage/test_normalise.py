"""Hidden words come out in plain letters; what is no trick stays as it was written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I want to k i l l myself", "I want to kill myself"),
        ("thinking of su1c1de", "thinking of suicide"),
        ("k!ll mys3lf", "kill myself"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("su.i.ci.dal again", "suicidal again"),
        ("I just want to diiiiieeee", "I just want to die"),
        ("an 0verd0se", "an overdose"),
        ("\u043aill myself", "kill myself"),
        ("k\u200bi\u200bl\u200bl", "kill"),
        ("\uff4b\uff49\uff4c\uff4c", "kill"),
        ("e n d my l i f e", "end my life"),
        ("k*ll", "kill"),
        ("soooo tired", "soo tired"),
    ],
)
def test_hidden_words_come_out(written: str, read: str) -> None:
    assert normalise(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "Day 12, up at 4am, 50mg of B12 for my T1D.",
        "Well-being, U.S.A., e.g. 24/7 and 3.5 to 1000.",
        "This is sh*t, f*ck it.",
        "Я просто устал, и всё.",
        "naïve café, señor Zoë",
        "I got an A, a B and a C.",
        "mail me (1) or @home",
    ],
)
def test_ordinary_writing_stays_as_it_is(text: str) -> None:
    assert normalise(text) == text


@given(st.text(max_size=300))
def test_any_text_can_be_normalised_and_is_then_at_rest_but_for_new_words(text: str) -> None:
    once = normalise(text)
    assert "\u200b" not in once
    assert "\x00" not in once


@pytest.mark.parametrize("unit", ["a", "a ", "1", "a1", "a.b", "!", "k i l l ", "\u0301", "*"])
def test_long_texts_take_no_more_than_their_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()
        normalise(text)
        return time.process_time() - started

    # Quadratic work would be a hundred times as long; a fixed sum covers the noise of small times.
    assert seconds(40_000) < 25 * seconds(4_000) + 0.3
