"""The short way for plain posts writes what the parser would."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.text.markdown import render, render_marks
from server.text.plain import is_plain

PIECES = (
    "I",
    "am",
    "1.",
    "2)",
    "-",
    "+",
    "\n",
    "\n\n",
    " ",
    "http:",
    "//x.de",
    "(c)",
    "--",
    "$5",
    "1986.",
    "½",
    "٣.",
    "漢字",
)
PROSE = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=list("ab1 2.,;:!?'\"()%/+\u2013\u2019\u201c\u2026€$\n\n  xyzéß漢"), max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
)


@settings(max_examples=500)
@given(PROSE)
def test_plain_posts_look_as_the_parser_would_show_them(text: str) -> None:
    assert render(text) == render_marks(text)


def test_no_character_that_passes_as_plain_means_anything_in_html() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    text = "a".join(character for character in characters if is_plain(f"a{character}a"))
    assert render(text) == render_marks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Day 12, and it gets easier.",
        "\u201cIs it normal?\u201d \u2013 yes (it is).",
        "One line\nand the next.\n\nAnd more: 3/4 of it.",
    ],
)
def test_usual_sentences_take_the_short_way(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize(
    "text",
    ["*so* tired", "- tea", "1. tea", "> you said", "see https://example.org", "a < b", "Q&A", "snake_case", " first",
     "a\\*b", "[x](https://example.org)", "spaces at the end  \nof a line"],
)  # fmt: skip
def test_anything_that_may_be_a_mark_takes_the_long_way(text: str) -> None:
    assert not is_plain(text)
