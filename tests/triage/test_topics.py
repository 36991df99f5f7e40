"""The heavy topics of a text are named, also where only a rule knows them. All texts are made up."""

from __future__ import annotations

import pytest

from triage.assessment import Reason
from triage.rules.screen import RULES
from triage.scales import Severity
from triage.topics import HEAVY_TOPICS, OF_RULES, OF_SUMMARY, heavy_topics_of, topics_in

FROM_SHORT_ANSWERS = {"joins-in", "encourages-answer", "may-encourage", "tells-how"}
"""Rules that have no phrases of their own."""


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("I think of suicide again.", ["suicide-and-self-harm"]),
        ("I don\N{RIGHT SINGLE QUOTATION MARK}t want to live like this.", ["suicide-and-self-harm"]),
        ("I started cutting myself after he hit me.", ["suicide-and-self-harm", "abuse-and-violence"]),
        ("Another binge, and I purged.", ["eating-disorders"]),
        ("I used heroin on Friday.", ["overdose-and-drugs"]),
        ("The voices are back.", ["psychosis-or-mania"]),
        ("Her funeral was on Monday.", ["grief"]),
        ("Chest pain, so we called an ambulance.", ["medical-emergencies"]),
        ("I thought about su1c1de.", ["suicide-and-self-harm"]),
        ("My therapist is therapeutic, I studied at Spain's grapefruit institute.", []),
        ("She was raped, and he beats me.", ["abuse-and-violence"]),
        ("My new job starts on Monday.", []),
        ("I do sh, again.", ["suicide-and-self-harm"]),
        ("What a sh*t day, a real sh!tshow.", []),
        ("", []),
    ],
)
def test_topics_are_found_in_the_text(text: str, topics: list[str]) -> None:
    assert heavy_topics_of(text, ()) == topics


def test_a_rule_knows_a_topic_that_no_word_gives_away() -> None:
    reason = Reason("rule", "goodbye", "Reads like a goodbye for ever.")

    assert heavy_topics_of("You were all so good to me. Farewell.", [reason]) == ["suicide-and-self-harm"]


def test_only_rules_are_read_as_rules() -> None:
    assert heavy_topics_of("", [Reason("report", "goodbye", "A member reports.")]) == []


def test_every_urgent_rule_has_a_topic_and_no_topic_waits_for_a_rule_that_is_gone() -> None:
    urgent = {rule.slug for rule in RULES if rule.severity >= Severity.RED}
    known = {rule.slug for rule in RULES} | FROM_SHORT_ANSWERS

    assert urgent | FROM_SHORT_ANSWERS <= set(OF_RULES) <= known
    assert set(OF_RULES.values()) <= set(HEAVY_TOPICS)


def test_every_heavy_topic_can_be_found_and_no_name_is_misspelt() -> None:
    words = "suicide self-harm overdose ambulance abuse heroin cocaine bipolar anorexia grief"

    assert set(OF_SUMMARY) <= set(topics_in(words))
    assert set(OF_SUMMARY.values()) == set(HEAVY_TOPICS)
