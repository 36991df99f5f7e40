"""Handles: what is suggested, what may be taken, and what would give a member away."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.errors import KithError
from server.members.handles import (
    ADJECTIVES,
    ANIMALS,
    NUMBERS,
    HandleNotAllowed,
    check_handle,
    compose_handle,
    suggest_handle,
)
from tests.support.people import a_member

if TYPE_CHECKING:
    from litestar import Litestar


def refusal_of(typed: str) -> str:
    """Return the sentence with which a handle is refused."""
    with pytest.raises(HandleNotAllowed) as refused:
        check_handle(typed)
    return refused.value.sentence


def test_a_suggestion_is_an_adjective_an_animal_and_a_number() -> None:
    suggestion = compose_handle(random.Random(41))

    adjective, animal, number = suggestion.split("-")
    assert adjective in ADJECTIVES
    assert animal in ANIMALS
    assert 10 <= int(number) <= 999


def test_suggestions_follow_the_given_chance() -> None:
    assert compose_handle(random.Random(7)) == compose_handle(random.Random(7))
    assert len({compose_handle(random.Random(seed)) for seed in range(100)}) == 100


def test_there_are_enough_words_for_millions_of_names() -> None:
    assert len(set(ADJECTIVES)) == len(ADJECTIVES) >= 120
    assert len(set(ANIMALS)) == len(ANIMALS) >= 120
    assert len(ADJECTIVES) * len(ANIMALS) * len(NUMBERS) > 10_000_000


def test_every_suggestion_may_be_taken() -> None:
    refused = [
        handle
        for adjective in ADJECTIVES
        for animal in ANIMALS
        if check_handle(handle := f"{adjective}-{animal}-{NUMBERS[-1]}") != handle
    ]

    assert refused == []


def test_no_suggestion_carries_a_number_that_stands_for_something() -> None:
    assert {88, 112, 420, 666, 911, 988, 999}.isdisjoint(NUMBERS)
    assert len(NUMBERS) > 950


def test_suggested_adjectives_are_kind() -> None:
    lines = (Path(__file__).parent / "unkind_words.txt").read_text("ascii").splitlines()
    unkind = {word for line in lines if not line.startswith("#") for word in line.split()}

    # Ranks, looks, family and faith are unkind in a phrase that one must keep; these are only gentle in a name.
    assert set(ADJECTIVES) & unkind <= {"mellow", "noble"}


async def test_a_suggested_handle_is_free(app: Litestar) -> None:
    first = await suggest_handle(random.Random(3))
    await a_member(first)

    second = await suggest_handle(random.Random(3))

    assert second != first
    assert check_handle(second) == second


async def test_something_is_suggested_even_where_everything_at_hand_is_taken(app: Litestar) -> None:
    chance = random.Random(5)
    for handle in {compose_handle(chance) for _ in range(50)}:
        await a_member(handle)

    assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", await suggest_handle(random.Random(5)))


@pytest.mark.parametrize(
    "typed",
    ["otter", "Quiet-Otter-41", "quiet_otter", "q7x", "7-dwarves", "otter--41", "x" * 30, "Zo3"],
)
def test_a_name_of_letters_digits_hyphens_and_underscores_is_taken_as_it_is(typed: str) -> None:
    assert check_handle(typed) == typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  quiet-otter \n", "quiet-otter"), ("\uff51\uff55\uff49\uff45\uff54-\uff17\uff17", "quiet-77")],
    ids=["blanks", "wide-letters"],
)
def test_a_name_is_kept_in_its_plain_form(typed: str, kept: str) -> None:
    assert check_handle(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "ab", "x" * 31])
def test_a_name_that_is_too_short_or_too_long_is_refused(typed: str) -> None:
    assert "3 to 30 characters" in refusal_of(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("quiet otter", "quiet.otter", "-otter", "otter_", "---", "ott\u00e9r", "\u043etter", "otter\u200b41"),
        *(
            "otter\u202e41",
            "\u2603\u2603\u2603",
            "otter\x0041",
            "otter\n41",
            "<b>otter</b>",
            "otter/41",
            "\ud800\ud800\ud800",
        ),
        *("\u0663\u0664\u0665", "'; DROP--"),
    ],
)
def test_a_name_with_other_signs_is_refused(typed: str) -> None:
    assert "letters a to z" in refusal_of(typed)


@pytest.mark.parametrize(
    "typed", ["jane@example.org", "a@b", "jane\uff20example", "jane-at-mail-com", "Jane_AT_example_org", "jane-d-gmail"]
)
def test_what_looks_like_an_email_address_is_refused(typed: str) -> None:
    assert "e-mail" in refusal_of(typed)


@pytest.mark.parametrize("typed", ["cat-at-home", "at-ease", "big-mailbox", "commodore"])
def test_a_name_that_only_resembles_an_email_address_is_taken(typed: str) -> None:
    assert check_handle(typed) == typed


@pytest.mark.parametrize("typed", ["5551234567", "otter-555-1234", "555_123_4567", "o5t5t5e1r2x3y4", "07700900123"])
def test_seven_digits_look_like_a_phone_number(typed: str) -> None:
    assert "phone number" in refusal_of(typed)


@pytest.mark.parametrize("typed", ["otter1987", "1930-otter", "otter_2015", "o2000o", "otter-1999-x"])
def test_a_year_of_birth_is_refused(typed: str) -> None:
    assert "year of birth" in refusal_of(typed)


@pytest.mark.parametrize("typed", ["988", "116-123", "24_7"])
def test_a_name_without_a_letter_could_be_a_number_to_call(typed: str) -> None:
    assert "at least one letter" in refusal_of(typed)


@pytest.mark.parametrize("typed", ["otter1929", "otter-2016", "otter-19870", "otter-198-7", "otter-123456"])
def test_other_numbers_are_taken(typed: str) -> None:
    assert check_handle(typed) == typed


@pytest.mark.parametrize("word", ["admin", "moderator", "kith", "staff", "clinician", "doctor", "support", "official"])
@pytest.mark.parametrize("shape", ["{}", "the-{}", "{}_41", "{}7", "{}s", "kith{}"])
def test_nobody_can_pass_for_the_team(word: str, shape: str) -> None:
    for typed in (shape.format(word), shape.format(word).upper(), shape.format(word.capitalize())):
        assert "people who run this place" in refusal_of(typed)


@pytest.mark.parametrize(
    "typed", ["adm1n", "m0derator", "5taff-41", "0fficia1", "K1th", "theAdmin", "aDmIn", "Kith-Cat"]
)
def test_nobody_can_pass_for_the_team_by_a_trick(typed: str) -> None:
    assert "people who run this place" in refusal_of(typed)


@pytest.mark.parametrize("typed", ["supportive", "modest-otter", "kithara", "administer", "doctorow", "modern"])
def test_words_that_only_begin_alike_are_taken(typed: str) -> None:
    assert check_handle(typed) == typed


def test_a_refusal_is_a_value_error_that_pages_can_show() -> None:
    with pytest.raises(ValueError, match="3 to 30 characters") as refused:
        check_handle("x")

    assert isinstance(refused.value, KithError)
    assert refused.value.status == 422
