"""Variables: what stands in braces is filled in, and what there is nothing for drops out."""

from __future__ import annotations

import pytest

from server.answer_templates.forms import TemplateForm, check_template
from server.answer_templates.variables import EXAMPLE, VARIABLES, fill
from tests.support.templates import FIELDS


def wrong_with(text: str) -> str:
    return check_template(TemplateForm("A cup of tea", "first-answer", text)).get("text", "")


def test_each_variable_is_filled_in() -> None:
    text = " ".join(f"{{{name}}}." for name in VARIABLES)

    assert fill(text, EXAMPLE) == " ".join(f"{value}." for value in EXAMPLE.values())


def test_without_a_value_a_fitting_word_stands_there() -> None:
    filled = fill("Hello, {handle}. Call {crisis_line}!", {"handle": ""})

    assert filled == "Hello, friend. Call a crisis line near you (under “Help now”)!"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("I read it, {handle}. Under it is “{resource}”. How are you?", "I read it, calm-fern-12. How are you?"),
        ("“I put {resource} there.” How are you?", "How are you?"),
        ("How are you?\n\nSee {resource}.", "How are you?"),
        ("Is {resource} good? Tell us!\nWe listen.", "Tell us!\nWe listen."),
        ("What a day… And {resource}", "What a day…"),
    ],
)
def test_sentence_about_a_resource_drops_out_where_none_is_ticked(text: str, left: str) -> None:
    assert fill(text, EXAMPLE | {"resource": ""}) == left


def test_braces_in_a_value_stay_what_they_are() -> None:
    assert fill("{board}, {handle}.", {"board": "{resource} {0.__class__}", "handle": "x"}) == (
        "{resource} {0.__class__}, x."
    )


@pytest.mark.parametrize("text", ["Hello {name}.", "Hello {}.", "Hello { handle }.", "Hello {handle.__class__}."])
def test_unknown_variable_is_said_with_those_that_there_are(text: str) -> None:
    named = text[text.index("{") : text.index("}") + 1]

    assert f"nothing to put in place of {named}" in wrong_with(text)
    assert all(f"{{{name}}}" in wrong_with(text) for name in VARIABLES)


@pytest.mark.parametrize("text", ["Hello {handle.", "Hello handle}.", "Hello {{handle}}."])
def test_brace_that_stands_alone_is_said(text: str) -> None:
    assert "A brace stands alone" in wrong_with(text)


def test_words_that_are_about_a_resource_alone_are_none() -> None:
    assert "Something has to be left" in wrong_with("Read {resource}, {handle}.")


def test_amounts_are_no_words_for_somebody_in_distress() -> None:
    assert "No amounts" in wrong_with("How are you after those 500 mg?")


@pytest.mark.parametrize(
    ("field", "value"), [("label", ""), ("label", "x" * 81), ("situation", "rain"), ("text", ""), ("text", "x" * 1001)]
)
def test_what_is_missing_or_too_long_is_said_at_its_field(field: str, value: str) -> None:
    assert list(check_template(TemplateForm(**{**FIELDS, field: value}))) == [field]
