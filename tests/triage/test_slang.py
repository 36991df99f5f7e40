"""Algospeak comes out in plain words where it cannot mean anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.slang import MEANINGS, expand_slang


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("thinking of unaliving myself", "thinking of killing myself"),
        ("KMS tonight", "kill myself tonight"),
        ("i want to unsubscribe from life", "i want to end my life"),
        ("she od'd on fent", "she overdosed on fentanyl"),
        ("sewer slide again, sh too", "suicide again, self-harm too"),
        ("going to off myself", "going to kill myself"),
        ("Off yourself. I'll off myself too", "kill yourself. I'll kill myself too"),
        ("thinking of kms, sick of it", "thinking of kill myself, sick of it"),
        ("top myself or delete myself from this world", "kill myself or kill myself"),
    ],
)
def test_algospeak_is_expanded(written: str, plain: str) -> None:
    assert expand_slang(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "I ran 5 kms",
        "10kms an hour",
        "sh.py and shh",
        "catch the bus at nine",
        "log off for good",
        "Suit yourself",
        "the beans",
        "my sleep was sh*t",
        "what a sh!t day",
        "sh@t happens",
        "take the pressure off myself",
        "He could not get the dog off himself",
        "a couple of kms and a few kms more",
        "top myself up with coffee",
        "delete myself from the group chat",
        "Chop Suey",
    ],
)
def test_everyday_words_stay(text: str) -> None:
    assert expand_slang(text) == text


@given(st.text())
def test_any_text_can_be_expanded(text: str) -> None:
    assert expand_slang(expand_slang(text)) == expand_slang(text)


def test_table_holds_plain_words_only() -> None:
    assert all(expand_slang(meaning) == meaning for meaning in MEANINGS.values())
