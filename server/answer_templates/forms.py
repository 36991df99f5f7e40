"""An answer template as its form holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from server.answer_templates.kinds import SITUATIONS
from server.answer_templates.variables import VARIABLES, fill, has_lone_brace, unknown_variables
from server.text.cleaning import clean_line, clean_text
from triage.details import find_sensitive_details

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_LABEL = 80
LONGEST_TEXT = 1000


class TemplateForm(msgspec.Struct, frozen=True):
    """A template as it is typed."""

    label: str = ""
    situation: str = ""
    text: str = ""


def read_template_form(fields: Mapping[str, str]) -> TemplateForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    return TemplateForm(
        label=clean_line(fields.get("label", "")),
        situation=clean_line(fields.get("situation", "")),
        text=clean_text(fields.get("text", "")),
    )


def check_template(form: TemplateForm) -> dict[str, str]:
    """Return what is wrong with a template, by field."""
    errors: dict[str, str] = {}
    if not form.label or len(form.label) > LONGEST_LABEL:
        errors["label"] = f"A few words by which it is found, at most {LONGEST_LABEL} characters."
    if form.situation not in SITUATIONS:
        errors["situation"] = "Please choose when it fits."
    if wrong := what_is_wrong_with(form.text):
        errors["text"] = wrong
    return errors


def what_is_wrong_with(text: str) -> str:
    """Return in a sentence why these words cannot be a template; empty where they can."""
    if not text:
        return "Please write the words."
    if len(text) > LONGEST_TEXT:
        return f"They have {len(text):,} characters; {LONGEST_TEXT:,} fit: somebody in distress should read to the end."
    if unknown := unknown_variables(text):
        return f"There is nothing to put in place of {_braced(unknown)}. What can be filled in: {_braced(VARIABLES)}."
    if has_lone_brace(text):
        return "A brace stands alone. Variables are written like {handle}."
    if not fill(text, {}):
        return "Something has to be left to say where no resource was ticked."
    if find_sensitive_details(text):
        return "No amounts and no means, please: whoever reads it may be in a dark hour."
    return ""


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
