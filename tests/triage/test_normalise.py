"""Hidden words come out in plain letters; what is no trick stays as it was written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.disguise import segmented
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
        ("kiiillll", "kill"),
        ("ki11 mys3lf", "kill myself"),
        ("d-i-e", "die"),
        ("k\u2014i\u2014l\u2014l", "kill"),
        ("#su1c1de!", "#suicide!"),
        ("su*cide, s***ide", "suicide, suicide"),
        ("iwanttokillmyself", "i want to kill myself"),
        ("k\u0337\u0322i\u0338l\u0335l\u0336", "kill"),
        ("\u1d0b\u026a\u029f\u029f", "kill"),
        ("\U0001f17a\U0001f178\U0001f17b\U0001f17b", "kill"),
        ("\U0001f1e9\U0001f1ee\U0001f1ea", "die"),
        ("I want to \u0501\u0456\u0435", "I want to die"),
        ("k\u0131ll", "kill"),
        ("ki\ufe0fll, k\ufe0eill, kil\u115fl", "kill, kill, kill"),
        ("ki\u1160ll, k\u3164ill, kil\uffa0l", "kill, kill, kill"),
        ("ki\u17b4ll, k\u17b5ill, kil\U000e0041l", "kill, kill, kill"),
        ("k\u00b7i\u00b7l\u00b7l my\u00b7self", "kill my\u00b7self"),
        ("d\u2022i\u2022e, k~i~l~l", "die, kill"),
        ("\u1d0f\u0493\u0493 \u1d0d\u028f\ua731\u1d07\u029f\u0493", "off myself"),
        ("o\u0493\u0493 mysel\u0493", "off myself"),
        ("iamgoingtokillmyself", "i am going to kill myself"),
        ("iwillkillmyselftonight", "i will kill myself tonight"),
        ("IAmGoingToHangMyself", "I Am Going To Hang Myself"),
        ("iWillJumpTomorrow", "i Will Jump Tomorrow"),
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
        "mail me (1) or @home, anna@example.org",
        "GPT-4, A1c 6.5, H1N1, C4, 2nd, 5-HTP, w/o, B12!",
        "Don't!! I'm off!!! Well... no_way, on-off.",
        "Tap 5 4 5 5 1, then A B C D.",
        "Dié de baja, thé à la menthe, I was told.",
        "\u041d\u0435 \u0441\u043f\u043b\u044e, \u043f\u0440\u043e\u0448\u0443 \u0441\u043e\u0432\u0435\u0442",
        "\u0391\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03b5 \u03c4\u03b9 \u03ba\u03ac\u03bd\u03b5\u03b9\u03c2",
        "\U0001f1ec\U0001f1e7\U0001f1eb\U0001f1f7 and a \U0001f600",
        "Of methods and parodies: the therapist, today, together.",
        "PlayStation, JavaScript, WhatsApp, McDonalds, OnlyFans, ADHDers, PowerPoint, iPhone, LibreOffice, DoNoT",
        "\u049b\u0430\u0437\u0430\u049b \u0442\u0456\u043b\u0456, \u0431\u0430\u0493",
        "a ~ b, 3~4 days, Sun\u00b7day, one \u2022 two",
    ],
)
def test_ordinary_writing_stays_as_it_is(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u3164", "\ufe0f"])
def test_invisible_signs_between_words_are_blanks(sign: str) -> None:
    text = "i have been clean for a year but tonight i will end my life with the pills i saved"
    assert normalise(text.replace(" ", sign)) == text
    assert normalise(f"well, i will{sign}jump{sign}tonight") == "well, i will jump tonight"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("some\u00adthing in\u00adfor\u00adma\u00adtion", "something information"),
        ("to\u200bnight, su\u200bi\u200bcide", "tonight, suicide"),
        ("\u2764\ufe0f me", "\u2764 me"),
    ],
)
def test_invisible_signs_in_words_go(written: str, read: str) -> None:
    assert normalise(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("bought \U0001f48a\U0001f48a\U0001f48a today", "bought pill today"),
        ("\u26b0\ufe0fsoon", "coffin soon"),
        ("I'm \U0001f480", "I'm skull"),
        ("bye\U0001f44b", "bye waving goodbye"),
    ],
)
def test_emoji_that_may_matter_for_safety_are_words(written: str, read: str) -> None:
    assert normalise(written) == read


def test_letters_are_only_joined_where_words_come_out() -> None:
    assert segmented("imcyclingtodie") == []
    assert segmented("iwanttodie") == ["i", "want", "to", "die"]
    assert segmented("method") == ["method"]


@given(st.text(max_size=300))
def test_any_text_can_be_normalised_and_is_then_at_rest_but_for_new_words(text: str) -> None:
    once = normalise(text)
    assert "\u200b" not in once
    assert "\x00" not in once


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a ",
        "1",
        "a1",
        "a.b",
        "!",
        "k i l l ",
        "\u0301",
        "*",
        "k*",
        "nonotno",
        "\u0430",
        "a\u200b",
        "my\u200b",
        "Ab",
        "A",
    ],
)
def test_long_texts_take_no_more_than_their_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()
        normalise(text)
        return time.process_time() - started

    # Quadratic work would be a hundred times as long; a fixed sum covers the noise of small times.
    assert seconds(40_000) < 25 * seconds(4_000) + 0.3
