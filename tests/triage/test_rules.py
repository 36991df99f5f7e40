"""The rules screen finds what is plain and urgent, and nothing else. All sentences are made up."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.growth import grows_with_its_length
from tests.triage.everyday import CRIES, EVERYDAY
from tests.triage.let_through import ANSWERS_THAT_HELP, CRIES_THAT_NAME_A_MEANS, HARMLESS
from tests.triage.screened import SETBACKS, TELLING_HOW, URGENT
from tests.triage.screened_beside import (
    CHILD_BESIDE,
    ENCOURAGING,
    INTENT_IN_DOUBT,
    INTENT_WITH_FEELING,
    POISON_BESIDE,
    TAKEN_TO_THE_LAST,
    TELLING_HOW_BESIDE,
)
from triage.rules import screen
from triage.scales import Severity


@pytest.mark.parametrize(("text", "rule"), URGENT)
def test_urgent_post_is_found_with_its_rule(text: str, rule: str) -> None:
    assert rule in {hit.rule for hit in screen(text)}


@pytest.mark.parametrize(("text", "rule"), URGENT)
def test_urgent_sentence_is_found_amid_others(text: str, rule: str) -> None:
    story = f"It was a long week. The garden is fine, my neighbour has new tomatoes. {text}\nWe had soup."
    hits = {hit.rule: hit for hit in screen(story)}
    assert rule in hits
    assert hits[rule].severity >= Severity.RED
    start, end = hits[rule].span or (0, 0)
    assert start < story.index(text) + len(text)
    assert story.index(text) < end


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *((text, "intent") for text in INTENT_WITH_FEELING),
        *((text, "poison-taken") for text in POISON_BESIDE),
        *((text, "child-swallowed") for text in CHILD_BESIDE),
        *((text, "overdose-taken") for text in TAKEN_TO_THE_LAST),
    ],
)
def test_danger_is_found_whatever_else_its_sentence_speaks_of(text: str, rule: str) -> None:
    severities = {hit.rule: hit.severity for hit in screen(text)}

    assert severities.get(rule) in {Severity.CRISIS, *([Severity.RED] if "😂" in text else [])}


@pytest.mark.parametrize("text", INTENT_IN_DOUBT)
def test_plan_that_a_word_beside_it_makes_doubtful_is_red(text: str) -> None:
    assert [hit.severity for hit in screen(text) if hit.rule == "intent"] == [Severity.RED]


def test_plan_that_is_certain_elsewhere_in_the_post_stays_a_crisis() -> None:
    hits = screen("One more letter and I'm going to kill myself. It is decided. I am going to kill myself.")

    assert [(hit.rule, hit.severity) for hit in hits] == [("intent", Severity.CRISIS)]
    assert hits[0].span == (61, 87)


@pytest.mark.parametrize("text", ENCOURAGING)
def test_encouragement_is_found_however_it_is_spelt(text: str) -> None:
    assert "encourages-suicide" in [hit.rule for hit in screen(text)]


@pytest.mark.parametrize(("text", "rule"), SETBACKS)
def test_setback_is_found_and_is_not_urgent(text: str, rule: str) -> None:
    hits = screen(text)
    assert rule in {hit.rule for hit in hits}
    assert {hit.severity for hit in hits} == {Severity.AMBER}


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_post_is_let_through(text: str) -> None:
    assert screen(text) == []


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_post_in_the_words_of_a_cry_is_not_urgent(text: str) -> None:
    assert [hit for hit in screen(text) if hit.severity >= Severity.RED] == []


@pytest.mark.parametrize(("text", "rule"), CRIES)
def test_cry_in_the_form_of_an_everyday_post_is_found(text: str, rule: str) -> None:
    assert rule in {hit.rule for hit in screen(text) if hit.severity >= Severity.RED}


def test_the_most_urgent_rule_comes_first() -> None:
    hits = screen("Just kill yourself, said nobody. I swallowed all my pills. You should end your life.")
    assert [hit.severity for hit in hits] == sorted((hit.severity for hit in hits), reverse=True)
    assert len(hits) == 2


def test_title_that_tells_how_is_found() -> None:
    asked = "Please talk to me."
    how = "The best method for suicide is a belt"

    assert "tells-how" in [hit.rule for hit in screen(how)]
    [hit] = [hit for hit in screen(asked, title=how) if hit.rule == "tells-how"]
    assert hit.span is None


@pytest.mark.parametrize("text", [*TELLING_HOW, *TELLING_HOW_BESIDE])
def test_sentence_that_tells_others_how_is_found(text: str) -> None:
    assert "tells-how" in [hit.rule for hit in screen(text)]


@pytest.mark.parametrize("text", CRIES_THAT_NAME_A_MEANS)
def test_cry_for_help_that_names_a_means_or_an_amount_tells_nobody_how(text: str) -> None:
    assert "tells-how" not in [hit.rule for hit in screen(text)]


@pytest.mark.parametrize("text", ANSWERS_THAT_HELP)
def test_answer_that_may_save_a_life_tells_nobody_how(text: str) -> None:
    assert "tells-how" not in [hit.rule for hit in screen(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Suicide is my only option now.",
        "i feel like suicide is the only option",
        "dying is my only option left",
        "I can't go on. Dying is the best choice.",
        "I feel so worthless. Suicide is the only answer.",
        "I am going to kill myself tonight. You should just kill yourself.",
    ],
)
def test_who_speaks_of_themselves_pushes_nobody_on(text: str) -> None:
    hits = screen(text)

    assert hits[0].severity >= Severity.RED
    assert not any(hit.rule.startswith("encourages-") for hit in hits)


def test_who_pushes_others_and_tells_of_a_slip_still_pushes_others() -> None:
    rules = [hit.rule for hit in screen("I relapsed last night. You should just kill yourself.")]

    assert "encourages-suicide" in rules


def test_the_most_severe_of_what_may_encourage_is_kept() -> None:
    answer = "kill yourself. go on then. i hate myself"
    hits = screen(answer, parent="I am going to kill myself tonight.")

    assert [(hit.rule, hit.severity) for hit in hits] == [("may-encourage", Severity.CRISIS)]


def test_title_counts_and_needs_no_place() -> None:
    hits = screen("See title.", title="I'm going to kill myself tonight")
    assert {(hit.rule, hit.span) for hit in hits} == {("intent-with-time", None), ("intent", None)}


def test_signs_in_title_and_text_come_together() -> None:
    assert screen("My hands won't stop shaking and I am seeing things.", title="Day 3 without vodka")


def test_words_torn_apart_by_lines_and_stops_are_read_together() -> None:
    assert screen("i am going to\nkill myself\ntonight")
    assert screen("i. am. going. to. kill. myself. tonight.")
    assert screen("so " * 36 + "i am going to kill myself tonight " + "and so " * 30)


@settings(max_examples=200)
@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=200))
def test_any_text_can_be_screened(text: str, title: str, parent: str) -> None:
    for hit in screen(text, title=title, parent=parent):
        assert hit.explanation.endswith(".")
        assert hit.span is None or 0 <= hit.span[0] < hit.span[1] <= len(text)


WORDS = "i am not going to kill myself tonight he took all the pills my mum chest arm if never knife it"


@given(st.lists(st.sampled_from([*WORDS.split(), ".", "\n", "lol"]), max_size=120))
def test_any_mixture_of_the_rules_own_words_can_be_screened(words: list[str]) -> None:
    assert len(screen(" ".join(words))) <= 30


@pytest.mark.parametrize(
    "unit",
    [
        "i am going to ",
        "took all my ",
        "a",
        "he said ",
        "my ",
        "chest ",
        "k i ",
        "I. ",
        "\n",
        "> a\n",
        "tonight i am ",
        "5.4,",
        "5",
        "method a-",
        "smell/gas/",
        "smell. gas. ",
        "i/want/to/die/lol/",
    ],
)
def test_ten_times_the_length_is_not_a_hundred_times_the_work(unit: str) -> None:
    assert grows_with_its_length(screen, unit, 20_000)


def test_ordinary_post_takes_less_than_the_page_can_spare() -> None:
    post = "I went to the clinic today and the nurse was kind, we talked about sleep and my meds. " * 6
    best = min(_seconds(post) for _ in range(20))
    # The aim is one millisecond (scripts/bench/rules.py shows it); a busy machine gets room.
    assert best < 0.005


def _seconds(post: str) -> float:
    started = time.process_time()
    screen(post)
    return time.process_time() - started
