"""The heavy topics that a case touches, by name, so that nobody has to read one that they asked not to be handed.

They come from what the summary and the rules find. When in doubt a topic is named: the case then goes to a colleague.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.normalise import normalise
from triage.summary import topics_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.assessment import Reason

HEAVY_TOPICS: dict[str, str] = {
    "suicide-and-self-harm": "Suicide and self-harm",
    "abuse-and-violence": "Abuse and violence",
    "eating-disorders": "Eating disorders",
    "overdose-and-drugs": "Overdose and drugs",
    "psychosis-or-mania": "Psychosis or mania",
    "grief": "Grief",
    "medical-emergencies": "Medical emergencies",
}
"""What people call each, by name."""

OF_SUMMARY: dict[str, str] = {
    "suicide": "suicide-and-self-harm", "self-harm": "suicide-and-self-harm", "abuse": "abuse-and-violence",
    "eating": "eating-disorders", "overdose": "overdose-and-drugs", "opioids": "overdose-and-drugs",
    "other drugs": "overdose-and-drugs", "psychosis or mania": "psychosis-or-mania", "grief": "grief",
    "medical emergency": "medical-emergencies",
}  # fmt: skip
"""By the summary's own topic."""

OF_RULES: dict[str, str] = {
    **dict.fromkeys(
        ("intent-with-time", "intent", "decided-or-prepared", "prepared-for-death", "goodbye", "attempt-under-way",
         "wish-to-die", "wish-to-die-elsewhere", "self-harm-now", "tells-how",
         "third-person-now", "encourages-suicide", "joins-in", "encourages-answer"),
        "suicide-and-self-harm",
    ),
    **dict.fromkeys(("violence-now", "threat-to-others", "child-in-danger"), "abuse-and-violence"),
    **dict.fromkeys(("overdose-taken", "dangerous-withdrawal", "relapse"), "overdose-and-drugs"),
    **dict.fromkeys(
        ("child-swallowed", "emergency-unresponsive", "emergency-heart", "emergency-stroke", "emergency-airway",
         "emergency-bleeding", "emergency-seizure", "emergency-sugar"),
        "medical-emergencies",
    ),
    "voices-that-order": "psychosis-or-mania",
    "fresh-loss": "grief",
}  # fmt: skip
"""By the rule that fired; a rule may know a topic that no single word gives away."""


def heavy_topics_of(text: str, reasons: Iterable[Reason]) -> list[str]:
    """Return the names of the heavy topics in a text, and in why it was flagged, in the order of ``HEAVY_TOPICS``."""
    found = {OF_SUMMARY.get(topic) for topic in topics_in(normalise(text))}
    found |= {OF_RULES.get(reason.detail) for reason in reasons if reason.kind == "rule"}
    return [topic for topic in HEAVY_TOPICS if topic in found]
