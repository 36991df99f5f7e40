"""The recovery phrase: how it is drawn, how it is read from what people type, and what is said about a slip."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.members.phrase import WORDS, nearest_word, new_phrase, normalise_phrase, unknown_words

if TYPE_CHECKING:
    from collections.abc import Sequence

PHRASE = "lantern otter meadow iris candle sparrow willow"
WORDS_AND_SLIPS = st.sampled_from(WORDS).flatmap(
    lambda word: st.tuples(
        st.just(word), st.integers(0, len(word) - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(0, 3)
    )
)


def slipped(word: str, place: int, letter: str, kind: int) -> str:
    """Make one slip: leave a letter out, add one, take a wrong one, or swap it with its neighbour."""
    before, after = word[:place], word[place:]
    return (
        before + after[1:],
        before + letter + after,
        before + letter + after[1:],
        before + after[1:2] + after[:1] + after[2:],
    )[kind]


def test_a_new_phrase_is_seven_words_of_the_list() -> None:
    words = new_phrase().split(" ")

    assert len(words) == 7
    assert set(words) <= set(WORDS)


def test_two_new_phrases_differ() -> None:
    assert len({new_phrase() for _ in range(200)}) == 200


def test_every_word_is_drawn_from_the_whole_list() -> None:
    offered: list[int] = []

    def take_the_last(words: Sequence[str]) -> str:
        offered.append(len(words))
        return words[-1]

    assert new_phrase(take_the_last) == " ".join([WORDS[-1]] * 7)
    assert offered == [2048] * 7


def test_words_come_about_equally_often() -> None:
    drawn = Counter(word for _ in range(3000) for word in new_phrase().split())

    # 21,000 draws: some 10 of each of the 2,048 words. A lopsided choice would miss many or repeat few.
    assert len(drawn) > 2000
    assert max(drawn.values()) < 40


def test_a_new_phrase_is_normal_already() -> None:
    phrase = new_phrase()

    assert normalise_phrase(phrase) == phrase
    assert unknown_words(phrase) == []


@pytest.mark.parametrize(
    "typed",
    [
        "Lantern Otter Meadow Iris Candle Sparrow Willow",
        "LANTERN OTTER MEADOW IRIS CANDLE SPARROW WILLOW",
        "  lantern   otter\tmeadow\niris\r\ncandle sparrow willow \n",
        "lantern-otter-meadow-iris-candle-sparrow-willow",
        "lantern\u2010otter\u2011meadow\u2013iris\u2014candle_sparrow\u00b7willow",
        "lantern, otter, meadow, iris, candle, sparrow, willow.",
        "1. lantern 2. otter 3. meadow 4. iris 5. candle 6. sparrow 7. willow",
        "1) Lantern\n2) Otter\n3) Meadow\n4) Iris\n5) Candle\n6) Sparrow\n7) Willow",
        "1lantern 2otter 3meadow 4iris 5candle 6sparrow 7willow",
        "\u201clantern otter meadow iris candle sparrow willow\u201d",
        "\u2022 lantern \u2022 otter \u2022 meadow \u2022 iris \u2022 candle \u2022 sparrow \u2022 willow",
        "lan\u00adtern ot\u200bter \u2066meadow\u2069 iris candle\ufeff sparrow willow",
        "lantern\u00a0otter\u3000meadow\u2009iris candle sparrow willow",
        "\uff2c\uff41\uff4e\uff54\uff45\uff52\uff4e otter meadow iris candle sparrow willow",
        "l\u00e1ntern otter me\u0301adow iris candle sparrow willow",
    ],
    ids=[
        *("capitals", "shouting", "white-space", "hyphens", "dashes", "commas", "numbered", "numbered-lines"),
        *("glued-numbers", "quotes", "bullets", "invisible", "wide-blanks", "wide-letters", "accents"),
    ],
)
def test_a_phrase_is_read_however_it_was_typed(typed: str) -> None:
    assert normalise_phrase(typed) == PHRASE


@pytest.mark.parametrize("typed", ["\u0130ris", "\u0131ris", "\u0130R\u0130S", "IRIS"])
def test_a_turkish_keyboard_makes_no_difference(typed: str) -> None:
    assert normalise_phrase(typed) == "iris"


@pytest.mark.parametrize("typed", ["", "   ", "1. 2. 3.", "\x00", "\u200b\u200d", "!?", "\ud800"])
def test_what_holds_no_letter_is_an_empty_phrase(typed: str) -> None:
    assert normalise_phrase(typed) == ""
    assert unknown_words(typed) == []


def test_letters_of_other_scripts_are_kept_as_other_words() -> None:
    assert normalise_phrase("lantern фонарь") == "lantern фонарь"
    assert unknown_words("lantern фонарь") == ["фонарь"]


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_reading_a_phrase_again_changes_nothing(typed: str) -> None:
    once = normalise_phrase(typed)

    assert normalise_phrase(once) == once


def test_different_words_are_never_read_as_the_same() -> None:
    assert len({normalise_phrase(word) for word in WORDS}) == 2048


def test_unknown_words_come_in_the_order_they_were_typed() -> None:
    assert unknown_words("1. Lantern, 2. Ottr, 3. meadow 4. Wilow") == ["ottr", "wilow"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ottr", "otter"),
        ("ottter", "otter"),
        ("ottre", "otter"),
        ("Lanturn", "lantern"),
        ("bluebel", "bluebell"),
        ("camra", "camera"),
        ("Garden\u2019s", "garden"),
        ("lanterrns", "lantern"),
        ("qqqqq", None),
        ("", None),
        ("a", None),
        ("lantern otter", None),
        ("фонарь", None),
    ],
)
def test_a_slip_leads_to_the_word_that_was_meant(typed: str, meant: str | None) -> None:
    assert nearest_word(typed) == meant


def test_a_word_of_the_list_is_nearest_to_itself() -> None:
    assert [word for word in WORDS if nearest_word(word) != word] == []


@given(WORDS_AND_SLIPS)
def test_a_single_slip_always_leads_back_into_the_list(slip: tuple[str, int, str, int]) -> None:
    assert nearest_word(slipped(*slip)) in WORDS


def test_nearly_every_slip_leads_to_the_very_word() -> None:
    chance = random.Random(2048)
    tries = [
        (word, slipped(word, chance.randrange(len(word)), chance.choice("aeiourstn"), kind))
        for word in WORDS[::8]
        for kind in range(4)
    ]
    wrong = [(word, typed, nearest_word(typed)) for word, typed in tries if nearest_word(typed) != word]

    assert len(wrong) < len(tries) / 20, wrong


def test_looking_for_the_nearest_word_of_a_very_long_one_takes_no_time() -> None:
    begun = time.perf_counter()
    for _ in range(100):
        assert nearest_word("lantern" * 140) is None

    assert time.perf_counter() - begun < 1
