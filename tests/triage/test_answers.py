"""What the rules screen says of a short answer is read from what it answers. All sentences are made up."""

from __future__ import annotations

import pytest

from triage.rules import screen
from triage.scales import Severity

CRISIS = "I am going to end my life tonight."
THOUGHTS = "I am suicidal. I do not know if I can ring the helpline tomorrow."
SUPPORT = [
    "It feels like nobody cares, but I do. Please stay.",
    "You can do it. Ring them, we are here.",
    "Go ahead and ring them, they are kind",
    "Hurry up and ring 999, please",
    "go for it, call the helpline",
    "Good luck with it, the helpline was kind to me",
    "I'm in tears reading this",
    "I'm in the same place, please ring them",
    "Let's go to A&E together",
    "with you all the way",
    "Wait for me, I'll ring you an ambulance",
    "Wait for me, I'm coming over.",
    "Together we get through tonight, one hour at a time.",
    "It is not true that nobody cares. I care, and so do the people here.",
    "I know it feels like nobody cares. We do.",
    "You think no one cares. All of us here care.",
    "It is a lie that nobody cares about you.",
    "You are not attention seeking at all. Thank you for saying it out loud.",
    "Hurry up and get some rest, love.",
    "Go ahead, I'm listening ❤️",
    "Do it! You deserve help.",
    "Please do it, they will listen.",
]
KIND = [
    "Your mum cares about you so much.",
    "Everyone here cares about you.",
    "somebody cares about you",
    "You got this. Stay strong, sending love",
    "Good luck",
    "You can do it, hold on",
    "Go ahead, tell your mum how you feel",
    "Hurry up and text me",
    "That was never attention seeking.",
    "Go ahead, we are reading",
    "You can do it, talk to us",
]
CHEERS = ["You can do it!", "Good luck with it", "Go for it", "I hope it works this time"]
"""Harmless under somebody who hopes to live on, and a push under who is about to die."""


@pytest.mark.parametrize(
    "answer", ["me too, tonight", "same here", "let's go together", "Same. Tonight.", "I'm in", "With you."]
)
def test_short_answer_joins_in_with_a_crisis_and_with_nothing_else(answer: str) -> None:
    assert [hit.rule for hit in screen(answer, parent=CRISIS)] == ["joins-in"]
    assert screen(answer, parent="Who comes to the quiz tonight?") == []


@pytest.mark.parametrize(
    "answer",
    [
        "do it",
        "Go on then, nobody cares.",
        "tick tock",
        "just do it already",
        "nobody will stop you",
        "no one cares about you",
        "Please do not chicken out",
        "Go on then, tell your mum goodbye",
        "Go on then and text me when it is done",
        "Hold on to your nerve and get on with it",
        "do it, i am here watching",
        "nobody cares, i will come and watch",
        "no one would even stop you",
        "no-one cares about you",
        "Why not get on with it",
        "You feel like nobody cares because nobody cares",
        "you deserve to die",
        "You don't matter, nobody cares",
        "Why don't you get on with it",
        "go ahead, they will understand",
        "go ahead, you deserve to rest",
        "do it, you deserve it",
        "Hurry up, you're just attention seeking",
        "Go on then. Don't ring the hotline.",
        "Do it. No need to call the helpline.",
        "Go on then. Don't you dare ring the helpline.",
    ],
)
def test_short_answer_that_pushes_on_is_found_under_a_crisis(answer: str) -> None:
    hits = screen(answer, parent=CRISIS)
    assert any(hit.rule.startswith("encourages-") for hit in hits)
    assert hits[0].severity is Severity.CRISIS


@pytest.mark.parametrize(
    "answer",
    [
        "Please call someone, I am with you.",
        "> I am going to end my life tonight.\n\nPlease stay. Can you ring the crisis line with me?",
        "I felt the same two years ago, me too, and I am so glad that I rang.",
        "Don't do it. Where are you? Is anyone with you?",
        "Same feeling in 2019. Please hold on, it passed for me.",
        *SUPPORT,
        *KIND,
    ],
)
def test_support_under_a_crisis_is_no_crisis(answer: str) -> None:
    assert screen(answer, parent=CRISIS) == []


@pytest.mark.parametrize("answer", [*SUPPORT, *KIND, *CHEERS])
def test_support_under_thoughts_of_dying_is_no_crisis(answer: str) -> None:
    assert screen(answer, parent=THOUGHTS) == []


@pytest.mark.parametrize("answer", CHEERS)
def test_cheering_on_who_is_about_to_act_is_found(answer: str) -> None:
    assert [hit.rule for hit in screen(answer, parent=CRISIS)] == ["encourages-answer"]


@pytest.mark.parametrize("answer", ["Go ahead.", "Go ahead and vent", "Do it!", "Please do it", "just do it, love"])
@pytest.mark.parametrize(
    "parent",
    [
        "I'm suicidal and I need to vent. Can I talk here?",
        "I've been thinking about suicide for weeks. Thinking of telling my GP tomorrow.",
        "I want to die. I keep nearly ringing the crisis team.",
        "I want to die. Should I tell my mum?",
    ],
)
def test_answer_to_who_asks_whether_to_speak_is_doubtful_and_not_held(parent: str, answer: str) -> None:
    assert [(hit.rule, hit.severity) for hit in screen(answer, parent=parent)] == [("may-encourage", Severity.RED)]
    assert [hit.rule for hit in screen(answer, parent=CRISIS)] == ["encourages-answer"]


@pytest.mark.parametrize(
    "answer",
    [
        "Go ahead, nobody cares.",
        "go ahead, end it",
        "go ahead and do it",
        "do it and get on with it",
        "do it. tick tock",
        "Hurry up. You think anyone here? We care about you when you're gone.",
        "No balls. Get some sleep.",
        "Stop whining and get some help.",
        "Go on then. As if we care.",
        "Go on then. Do you think you deserve help?",
        "Nobody cares. Get some help.",
        "I said go on then.",
        "Like I said, nobody cares.",
        "You never get on with it.",
    ],
)
def test_answer_that_pushes_on_who_asks_whether_to_speak_is_found(answer: str) -> None:
    hits = screen(answer, parent="I want to die. I keep nearly ringing the crisis team.")

    assert [hit.rule for hit in hits] == ["encourages-answer"]


@pytest.mark.parametrize("answer", ["Go ahead.", "Just do it.", "Do it."])
@pytest.mark.parametrize(
    "parent",
    [
        "I'm going to jump off a bridge tonight.",
        "I'm going to kill myself tonight. Tell my mum I'm sorry.",
        "I'm going to kill myself tonight. I can't talk to anyone.",
    ],
)
def test_answer_that_pushes_on_who_is_about_to_act_is_no_doubt(parent: str, answer: str) -> None:
    assert [hit.rule for hit in screen(answer, parent=parent)] == ["encourages-answer"]


@pytest.mark.parametrize(
    "answer",
    ["nobody cares about me either", "nobody cares if I live", "Finally someone who says it. I feel the same."],
)
def test_answer_that_tells_of_its_own_author_pushes_nobody_on(answer: str) -> None:
    assert not any(hit.rule.startswith("encourages-") for hit in screen(answer, parent=CRISIS))


def test_quotation_of_somebody_else_than_the_parent_counts() -> None:
    assert screen("> I am going to end my life tonight.", parent="Lovely weather.")


def test_line_that_quotes_several_sentences_of_the_parent_is_not_the_answer() -> None:
    parent = "I cannot go on. I will kill myself tonight."

    assert screen(f"> {parent}\n\nPlease stay, I am here.", parent=parent) == []
    assert screen(f"> {parent} I will too.\n\nI am here.", parent=parent) == []
    assert screen(f"> {parent} I will kill myself too.\n\nI am here.", parent=parent)


def test_short_answer_under_a_long_quotation_joins_in() -> None:
    parent = f"{CRISIS} I have thought of it for weeks, and I have told nobody, and the house is quiet when they sleep."
    answer = "me too"

    [hit] = screen(f"> {parent}\n\n{answer}", parent=parent)

    assert hit.rule == "joins-in"
    assert hit.span == (len(parent) + 4, len(parent) + 4 + len(answer))
