"""The words of recovery phrases: as many as promised, none mistaken for another, and none that hurts to read.

Beside this file lie the lists that a new word is measured against. ``homophones.txt`` and ``spellings.txt`` hold a set
of like-sounding words, or the spellings of one word, a line. ``unkind_words.txt`` holds what was left out, by reason:
slang, what recalls a death or an illness, and so on. The two short ones say on top what they are for.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.members.phrase import WORDS

HERE = Path(__file__).parent
KNOWN = frozenset(WORDS)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def sets_in(name: str) -> list[list[str]]:
    """Return the lines of one of the lists beside this file, each as its words."""
    lines = (HERE / name).read_text("ascii").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def words_in(name: str) -> set[str]:
    """Return all words of one of those lists."""
    return {word for line in sets_in(name) for word in line}


def slips(word: str) -> set[str]:
    """Return all that one slip of the pen makes of a word: a letter missing, added, wrong, or two swapped."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    missing = {before + after[1:] for before, after in cuts if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    wrong = {before + letter + after[1:] for before, after in cuts if after for letter in LETTERS}
    added = {before + letter + after for before, after in cuts for letter in LETTERS}
    return (missing | swapped | wrong | added) - {word}


def forms(word: str) -> set[str]:
    """Return the forms of a word that would be mistaken for it when heard: plural, past, -ing, -er, -ly, -y."""
    bases = {word, word + word[-1], word.removesuffix("e"), re.sub("y$", "i", word)}
    return {base + ending for base in bases for ending in ("s", "es", "d", "ed", "ing", "er", "r", "ly", "y")} - {word}


def test_there_are_2048_different_words_in_order() -> None:
    assert len(WORDS) == 2048
    assert list(WORDS) == sorted(KNOWN)


def test_every_word_has_three_to_eight_plain_letters() -> None:
    assert [word for word in WORDS if not re.fullmatch("[a-z]{3,8}", word)] == []


def test_the_file_has_one_word_a_line() -> None:
    text = (HERE.parents[1] / "server" / "members" / "words.txt").read_bytes()

    assert text == "".join(f"{word}\n" for word in WORDS).encode("ascii")


def test_one_slip_of_the_pen_never_gives_another_word() -> None:
    assert [(word, sorted(KNOWN & slips(word))) for word in WORDS if KNOWN & slips(word)] == []


def test_no_word_is_a_plural_or_another_form_of_one_in_the_list() -> None:
    assert [(word, sorted(KNOWN & forms(word))) for word in WORDS if KNOWN & forms(word)] == []


def test_no_two_words_read_as_a_third_when_run_together() -> None:
    run_together = [
        (word[:cut], word[cut:])
        for word in WORDS
        for cut in range(1, len(word))
        if word[:cut] in KNOWN and word[cut:] in KNOWN
    ]

    assert run_together == []


def test_no_word_sounds_like_a_different_one() -> None:
    heard_alike = sets_in("homophones.txt")

    assert len(heard_alike) > 400
    assert [alike for alike in heard_alike if KNOWN.intersection(alike)] == []


def test_no_word_is_spelt_in_two_ways() -> None:
    spelt_in_two_ways = sets_in("spellings.txt")

    assert len(spelt_in_two_ways) > 200
    assert [spellings for spellings in spelt_in_two_ways if KNOWN.intersection(spellings)] == []


@pytest.mark.parametrize("ending", ["our", "[^aeiou]re", "ise", "ize", "yse", "ogue", "gramme", "ll(?:ed|ing|er)"])
def test_no_word_ends_as_british_and_american_writers_spell_differently(ending: str) -> None:
    the_same_everywhere = {"acre", "anise", "concise", "moonrise", "precise", "promise", "sunrise", "surprise"}
    the_same_everywhere |= {"tortoise", "tour", "velour", "willing"}

    assert [word for word in WORDS if re.search(f"{ending}$", word) and word not in the_same_everywhere] == []


def test_no_word_is_unkind() -> None:
    left_out = words_in("unkind_words.txt")

    assert len(left_out) > 2000
    assert sorted(KNOWN & left_out) == []


def test_no_word_holds_a_stem_that_hurts() -> None:
    stems = words_in("hurtful_stems.txt")

    assert stems
    assert [(word, stem) for word in WORDS for stem in stems if stem in word] == []


def test_one_slip_never_gives_one_of_the_hardest_words() -> None:
    hardest = words_in("hardest_words.txt")

    assert hardest
    assert [(hard, sorted(KNOWN & slips(hard))) for hard in hardest if KNOWN & slips(hard)] == []
