"""What is stored of a member's words."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.text.cleaning import clean_line, clean_text, visible_length

# Characters that meet badly: what joins, marks, hides, turns or composes, among letters that do not.
TRICKY = st.text(
    alphabet=st.sampled_from(
        "ae1# *\t\n\r\x00\x85\u2028\u05d0\u0915\u094d\u093c\u200c\u200d\u200b\ufe0f\ufe0e\u263a\u0301\u0308\u0344\u0327"
        "\u212a\u037e\u200e\u200f\u061c\u202e\u2066\ud800\xa0\xad\u1100\u1161\u11a8\u2000\ufeff"
        "\U0001f469\U0001f3fd\U0001f3f4\U000e0067\U000e007f\U000e0101\U0001f1e6"
    ),
    max_size=40,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
RAINBOW_FLAG = "\U0001f3f3\ufe0f\u200d\U0001f308"
SCOTLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
WAVING_HAND = "\U0001f44b\U0001f3fd"
KEYCAP_ONE = "1\ufe0f\u20e3"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # "I want", written with a non-joiner
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"  # "Sri", written with a joiner
HEBREW = "\u05e9\u05dc\u05d5\u05dd!\u200f"


@settings(max_examples=1500, deadline=None)
@given(TRICKY | st.text())
def test_cleaning_twice_is_cleaning_once(raw: str):
    cleaned = clean_text(raw)
    assert clean_text(cleaned) == cleaned


@settings(max_examples=1500, deadline=None)
@given(TRICKY | st.text())
def test_what_is_cleaned_can_be_stored(raw: str):
    cleaned = clean_text(raw)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\x00" not in cleaned.encode().decode()


@settings(max_examples=500, deadline=None)
@given(TRICKY | st.text())
def test_a_cleaned_line_is_one_line_and_stays_as_it_is(raw: str):
    line = clean_line(raw)
    assert len(line.splitlines()) <= 1
    assert clean_line(line) == line


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126)))
def test_plain_letters_are_kept_as_they_are(word: str):
    assert clean_text(word) == word


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\x0c"])
def test_every_kind_of_newline_becomes_one(newline: str):
    assert clean_text(f"one{newline}two") == "one\ntwo"


def test_more_than_two_blank_lines_become_two():
    assert clean_text("a\n\n\n\n \n\t\n\nb") == "a\n\n\nb"
    assert clean_text("a\n\n\nb") == "a\n\n\nb"


def test_ends_are_stripped_and_tabs_inside_are_kept():
    assert clean_text(" \n\tone\ttwo  \nthree\u3000\n ") == "one\ttwo\nthree"


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202a", "\u202e", "\u2066", "\u2069", "\u200b",
        "\u2060", "\ufeff", "\xad", "\u3164", "\U000e0041", "\U000e0001", "\u200d", "\u200c", "\ufe0f", "\U000e0101",
        "\u200e", "\u200f", "\ufdd0", "\uffff", "\u034f", chr(0xD800), chr(0xDFFF),
    ],
)  # fmt: skip
def test_what_only_hides_is_dropped(hidden: str):
    assert clean_text(f"help{hidden}line") == "helpline"


@pytest.mark.parametrize(
    "text", [FAMILY, RAINBOW_FLAG, SCOTLAND, WAVING_HAND, KEYCAP_ONE, PERSIAN, SINHALA, HEBREW, "\u2764\ufe0f"]
)
def test_what_languages_and_emoji_need_is_kept(text: str):
    assert clean_text(text) == text


def test_a_virama_keeps_its_joiner_at_the_end_of_a_word():
    malayalam = "\u0d05\u0d35\u0d28\u0d4d\u200d"
    assert clean_text(malayalam + " ok") == malayalam + " ok"


def test_letters_are_composed():
    assert clean_text("cafe\u0301") == "caf\xe9"


def test_marks_piled_on_a_letter_are_capped_at_four():
    assert clean_text("x" + "\u0334\u0335\u0336" * 50 + "y") == "x" + "\u0334\u0335\u0336\u0334" + "y"


def test_marks_that_a_hidden_character_parted_are_capped_together():
    assert clean_text("x" + "\u0334\u200b\u0335\u200d" * 50) == "x" + "\u0334\u0335\u0334\u0335"


def test_a_title_is_put_on_one_line():
    assert clean_line("  Day\u00a045\n\nstill \t here\u2028") == "Day 45 still here"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("two words", 8),
        ("\u00a0\u200b\u2800\u115f", 0),
        ("e\u0301", 1),
        (FAMILY, 1),
        (RAINBOW_FLAG, 1),
        (WAVING_HAND, 1),
        (KEYCAP_ONE, 1),
        ("\U0001f1ec\U0001f1e7\U0001f1ee\U0001f1ea", 2),
        (PERSIAN, 7),
    ],
)
def test_visible_length_counts_what_a_reader_sees(text: str, length: int):
    assert visible_length(text) == length


@pytest.mark.parametrize(
    "flood", ["a\u0315\u0300", "\u0315\u0300", "\u200d", "\u094d\u200d", "\xe9\u200d\u0301", " ", "\n ", "\u263a\ufe0f"]
)
def test_a_hundred_kilobytes_of_nonsense_are_cleaned_at_once(flood: str):
    raw = (flood * 100_000)[:100_000] + "x"
    start = time.process_time()
    clean_text(raw)
    assert time.process_time() - start < 1
