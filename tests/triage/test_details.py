"""What others should not read is found where it stands; the covered view says nothing of it. All texts are made up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.answer_templates.forms import what_is_wrong_with
from triage.details import find_sensitive_details
from triage.rules import screen
from triage.rules.screen import TELLS_HOW
from triage.scales import Severity
from triage.summary import summarise

SERVER = Path(__file__).parents[2] / "server"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("My doctor put me on 50 mg sertraline last week.", [("50 mg sertraline", "dose")]),
        ("I take 20mg in the morning and 10 mg at night.", [("20mg", "dose"), ("10 mg", "dose")]),
        ("She had a handful of pills.", [("a handful of pills", "dose")]),
        ("Hello. The best way is a belt, they say. Bye.", [("The best way is a belt, they say.", "means")]),
        ("There is a guide at https://example.org/x for it.", None),
        ("I took 32 paracetamol.", [("32 paracetamol", "dose")]),
        ("She counted 32 paracetamol tablets.", [("32 paracetamol tablets", "dose")]),
        ("It was forty codeine with a bottle of vodka.", [("forty codeine", "dose"), ("a bottle of vodka", "dose")]),
        ("He bought two packets of paracetamol.", [("two packets of paracetamol", "dose")]),
        ("A point of view, a drop in mood and a bag of crisps.", []),
        ("I walked 5 km and drank two coffees.", []),
        ("Day 12 and I have 3 kids.", []),
        ("I bought a belt for my trousers.", []),
        ("See you in Aug 2026, Anu and the AML ward.", []),
        ("I am here 4 u, talk 2 u soon, and then a u-turn.", []),
        ("Just take 4u of it.", []),
        ("i took 4u of novorapid", [("4u of novorapid", "dose")]),
        ("2 u novorapid", [("2 u novorapid", "dose")]),
        ("took 4 u insulin", [("4 u insulin", "dose")]),
        ("One gram, 40u, a\u00a0pill.", [("One gram", "dose"), ("40u", "dose"), ("a\u00a0pill", "dose")]),
        ("The method is at far-away.to/how, they say.", None),
        ("There is a guide at far-away.ru and they send it.", None),
        ("The easiest guide is at far-away.to.", None),
        ("There is a guide, buy at far-away.to!", None),
        ("There is a guide at far-away.to today, they say.", None),
        ("i give up.to be honest the best way is to sleep", []),
        ("i cant sleep.ru still up? you just need to call", []),
    ],
)
def test_detail_is_found_where_it_stands(text: str, shown: list[tuple[str, str]] | None) -> None:
    found = [(text[start:end], kind) for start, end, kind in find_sensitive_details(text)]
    assert found == (shown if shown is not None else [(text, "address")])


def test_address_of_what_comes_with_kith_tells_nobody_how() -> None:
    library = "".join((SERVER / file).read_text() for file in ("help/helplines.json", "resources/resources.json"))
    addresses = re.findall(r'"(?:url|website|chat_url)": "(https?:[^"]+)"', library)

    assert len(addresses) > 300
    assert [address for address in addresses if find_sensitive_details(f"You can go to {address} and talk.")] == []


@pytest.mark.parametrize(
    "address",
    [
        "https://988lifeline.org@far-away.org/x",
        "https://988lifeline.org:x@far-away.org",
        "https://988lifeline.org.far-away.org",
        "https://not988lifeline.org",
        "https://far-away.org/?to=988lifeline.org",
    ],
)
def test_address_that_only_looks_like_one_of_ours_is_found(address: str) -> None:
    assert [kind for _, _, kind in find_sensitive_details(f"You can go to {address} and read.")] == ["address"]


@given(st.text(max_size=300))
def test_details_lie_in_the_text_and_never_overlap(text: str) -> None:
    end = 0
    for detail in find_sensitive_details(text):
        assert end <= detail.start < detail.end <= len(text)
        end = detail.end


def test_summary_names_topics_urgency_and_length_and_quotes_nothing() -> None:
    text = "I relapsed on vodka last night and my husband left. " * 10
    assert summarise(text, Severity.AMBER) == "About alcohol, other drugs, family or partner. Amber. About 100 words."
    assert summarise("zxq", Severity.RED) == "Red. A few words."
    assert summarise("zxq") == "A few words."
    assert "false health claim" in summarise("Insulin is a lie", Severity.RED, is_misinformation=True)


@pytest.mark.parametrize(
    "text",
    [
        "i want to die.to be honest you can all go on without me",
        "ive been suicidal too.to be honest you just need to go to a&e they were great",
        "Overdose Awareness Day is on 31 Aug and you can take the 42 bus to the vigil.",
    ],
)
def test_words_of_a_phone_hold_nothing_back(text: str) -> None:
    assert not any(hit.rule == TELLS_HOW for hit in screen(text))


def test_template_may_name_a_month() -> None:
    assert what_is_wrong_with("Our next meeting is in Aug, and you are welcome there.") == ""
