"""What a tap on a number reaches: the number that was meant, or nothing."""

from __future__ import annotations

import re

import pytest

from server.help.dialling import dialled_number, texted_number
from server.seeding import read_helpline_seeds


@pytest.mark.parametrize(
    ("words", "dialled"),
    [
        ("116 123", "116123"),
        ("112, or 15 for the ambulance (SAMU)", "112"),
        ("988, then press 1", "988"),
        ("1-800-662-4357", "18006624357"),
        ("09.72.39.40.50", "0972394050"),
        ("+44 1708 765200", "+441708765200"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("(011) 5275-1135", "01152751135"),
        ("*4141", "*4141"),
        ("116 123 (24 hours)", "116123"),
        ("999 (24/7)", "999"),
        ("24 hours: 0800 1111", "08001111"),
        ("0800 111 0 111 / 0800 111 0 222", "08001110111"),
        ("15 for the ambulance, 17 for the police", "15"),
        ("24 hours, by chat", ""),
        ("see the website", ""),
        ("", ""),
    ],
)
def test_call_dials_the_first_number_in_the_words(words: str, dialled: str) -> None:
    assert dialled_number(words) == dialled


@pytest.mark.parametrize(
    ("words", "texted"),
    [
        ("Text HELLO to 50808", "50808"),
        ("Text START to 678-678", "678678"),
        ("Text SHOUT to 85258 (ages 5 to 18)", "85258"),
        ("Text 988, 24 hours", "988"),
        ("Text 0477 13 11 14", "0477131114"),
        ("Text 114 (for deaf, deaf-blind and hard of hearing people)", "114"),
        ("WhatsApp 600 000 016", ""),
        ("After registering at 112.ie, text 112", ""),
        ("SMS to 112 is possible; see the site", ""),
        ("", ""),
    ],
)
def test_text_goes_to_the_number_that_takes_it(words: str, texted: str) -> None:
    assert texted_number(words) == texted


def test_every_seeded_number_is_dialled_as_it_is_printed() -> None:
    for seed in read_helpline_seeds():
        if seed.phone:
            printed = re.sub(r"[^\d+*]", "", seed.phone)
            assert len(dialled_number(seed.phone)) >= 3, seed.slug
            assert printed.startswith(dialled_number(seed.phone)), seed.slug
