"""The two scales in which triage judges a post."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How urgently a person should look: the scale of the ReachOut triage corpus (Milne et al., CLPsych 2016)."""

    GREEN = 0
    """Needs no moderator."""
    AMBER = 1
    """Look when you can."""
    RED = 2
    """Look as soon as possible."""
    CRISIS = 3
    """Somebody may be in immediate danger."""

    @property
    def label(self) -> str:
        """The word for it in files, forms and pages."""
        return self.name.lower()

    @property
    def is_urgent(self) -> bool:
        """Red or crisis."""
        return self >= Severity.RED


def severity_of(label: str) -> Severity:
    """Return the severity with this label.

    Raises: ValueError, which names the labels that there are.
    """
    for severity in Severity:
        if severity.label == label:
            return severity
    raise ValueError(f"{label!r} is no severity; use one of {', '.join(one.label for one in Severity)}")
