"""What somebody typed who speaks up: cleaned, checked, and always given back."""

from __future__ import annotations

import msgspec

from server.reports.outcomes import REASONS, SOMETHING_ELSE
from server.text.cleaning import clean_text, visible_length
from server.text.limits import MAX_REASON_CHARACTERS


class ReportForm(msgspec.Struct, frozen=True):
    """A few words to the moderators; ``breaks`` names the reason where a rule is meant."""

    breaks: str = ""
    details: str = ""


def read_report(fields: dict[str, str]) -> ReportForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    breaks = fields.get("breaks", "")
    return ReportForm(breaks if breaks in REASONS else "", clean_text(fields.get("details", "")))


def check_details(form: ReportForm) -> dict[str, str]:
    """Return what is wrong with the words to the moderators, by field."""
    if len(form.details) > MAX_REASON_CHARACTERS:
        return {"details": f"Your note has {len(form.details):,} characters; {MAX_REASON_CHARACTERS:,} fit."}
    return {}


def check_rules_report(form: ReportForm) -> dict[str, str]:
    """Return what is wrong with a report of a broken rule, by field."""
    errors = check_details(form)
    if not form.breaks:
        errors = {"breaks": "Please choose what fits best.", **errors}
    elif form.breaks == SOMETHING_ELSE and visible_length(form.details) == 0:
        errors["details"] = "Please say in a few words what is wrong."
    return errors
