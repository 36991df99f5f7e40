"""The rules screen finds what is plain and urgent, and nothing else. All sentences are made up."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.rules import screen
from triage.scales import Severity

URGENT = [
    ("I am going to kill myself tonight.", "intent-with-time"),
    ("gonna end it all before sunrise", "intent-with-time"),
    ("im about to unalive myself rn", "intent-with-time"),
    ("I\u2019m going to k1ll mys3lf tonight", "intent-with-time"),
    ("I will take my own life on Friday", "intent-with-time"),
    ("I have decided that I want to die.", "decided-or-prepared"),
    ("My plan is set for tonight.", "decided-or-prepared"),
    ("I've written my suicide note.", "decided-or-prepared"),
    ("By the time you read this I won't be here.", "goodbye"),
    ("Tonight is my last night on earth.", "goodbye"),
    ("goodbye everyone", "goodbye"),
    ("I just swallowed all my tablets", "overdose-taken"),
    ("My sister took a bunch of pills", "overdose-taken"),
    ("he took too many painkillers", "overdose-taken"),
    ("I took more paracetamol than I should have", "overdose-taken"),
    ("Crushing pain in my chest and it goes down my arm", "medical-emergency"),
    ("Her face is drooping and she can't move her arm on that side", "medical-emergency"),
    ("My throat is closing up", "medical-emergency"),
    ("I'm vomiting blood", "medical-emergency"),
    ("I can't wake her up", "medical-emergency"),
    ("his lips are blue", "medical-emergency"),
    ("He's outside banging on the door and says he will kill me", "violence-now"),
    ("She has got a knife and she is at the door", "violence-now"),
    ("I'm going to kill him when he comes home, the gun is loaded", "threat-to-others"),
    ("My brother just texted me goodbye and his phone is off", "third-person-now"),
    ("a friend says she's doing it tonight", "third-person-now"),
    ("You should just kill yourself", "encourages-suicide"),
    ("kys", "encourages-suicide"),
    ("nobody would miss you", "encourages-suicide"),
    ("I'm 13 and he comes into my room at night", "child-in-danger"),
    ("Stopped drinking on Monday. Now I am shaking badly and seeing things.", "dangerous-withdrawal"),
]

HARMLESS = [
    "I am going to kill it at the quiz tonight!",
    "This exam will kill me tomorrow, lol",
    "I'm not going to kill myself tonight, I promised my wife.",
    "In the film he says he is going to kill himself tonight.",
    "Years ago I was going to end my life that night. Today I teach.",
    "He said he'd kill himself once, back in 2009; he is fine now.",
    "I want to die of embarrassment today",
    "We are going to end it between us tonight, the marriage is over.",
    "Bye everyone, off camping, no signal till Sunday!",
    "This is my last message before the holiday.",
    "I took all my tablets as prescribed today.",
    "I nearly took all the pills, then I gave them to my mum.",
    "Five years ago I took all my tablets. I'm glad I was found.",
    "If someone is not breathing, call an ambulance.",
    "Signs of a stroke: the face is drooping on one side, the arm is weak.",
    "My dog won't wake up before nine.",
    "The phone says the battery won't stop bleeding charge",
    "Mum had chest pain going down her arm last year, all clear now.",
    "He's banging on about football again.",
    "I'll kill him for eating my cake, haha",
    "My brother texted goodbye from the airport, his party was lovely, and he gave me a goodbye card.",
    "Somebody told me to kill yourself, who writes that to a stranger?",
    "Please don't kill yourself, call a line tonight.",
    "I stopped drinking two years ago and my hands are steady.",
    "Quit coffee, my hands are shaking, haha.",
    "People can have seizures when they stop drinking, ask a doctor first.",
    "Dying for a cup of tea tonight",
    "World Suicide Prevention Day is tomorrow.",
    "The suicide squad film is on tonight",
    "I will end my life chapter here tonight and start the sequel of my novel.",
    "My plan for tonight: soup.",
    "Took the bus, it took too long.",
]


@pytest.mark.parametrize(("text", "rule"), URGENT, ids=[text[:40] for text, _ in URGENT])
def test_urgent_post_is_found_with_its_rule_and_sentence(text: str, rule: str) -> None:
    hits = {hit.rule: hit for hit in screen(f"Hello all. {text}")}
    assert rule in hits
    assert hits[rule].severity >= Severity.RED
    if hits[rule].span is not None:
        start, end = hits[rule].span
        assert text.rstrip(".!?").endswith(f"Hello all. {text}"[start:end].rstrip(".!?")[-10:])


@pytest.mark.parametrize("text", HARMLESS, ids=[text[:40] for text in HARMLESS])
def test_harmless_post_is_let_through(text: str) -> None:
    assert screen(text) == []


def test_title_counts() -> None:
    assert [hit.rule for hit in screen("See title.", title="I'm going to kill myself tonight")] == ["intent-with-time"]


@pytest.mark.parametrize("answer", ["me too, tonight", "same here", "let's go together"])
def test_short_answer_joins_in_with_a_crisis_and_with_nothing_else(answer: str) -> None:
    assert screen(answer, parent="I am going to end my life tonight.")[0].rule == "joins-in"
    assert screen(answer, parent="Who comes to the quiz tonight?") == []


def test_support_under_a_crisis_is_no_crisis() -> None:
    assert screen("Please call someone, I am with you.", parent="I am going to end my life tonight.") == []


@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=200))
def test_any_text_can_be_screened(text: str, title: str, parent: str) -> None:
    for hit in screen(text, title=title, parent=parent):
        assert hit.explanation.endswith(".")


@pytest.mark.parametrize(
    "unit", ["i am going to ", "took all my ", "a", "he said ", "my ", "chest ", "k i ", "I. ", "\n"]
)
def test_long_texts_take_no_more_than_their_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()
        screen(text)
        return time.process_time() - started

    assert seconds(20_000) < 25 * seconds(2_000) + 0.3
