"""What comes out of triage: one reading of one post, and why."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from triage.scales import Severity


class Route(StrEnum):
    """What happens to the post until a person has looked."""

    PUBLISH = "publish"
    COVER = "cover"
    HOLD = "hold"


class Reason(msgspec.Struct, frozen=True):
    """One thing that made triage judge as it did; it never quotes the post."""

    kind: str
    """``model``, ``rule``, ``myth``, ``deadly``, ``language``, ``unreadable``, ``near-threshold`` or ``failure``."""
    detail: str
    """The rule's or myth's name, the language, the score."""
    explanation: str
    """A sentence for the moderator."""
    start: int | None = None
    """Where in the text it is, if at one place; ``end`` likewise."""
    end: int | None = None


UNREAD = Reason("failure", "unread", "The classifier failed on this post again and again: please read it yourself.")
NOT_READ = ("failure", "language", "unreadable")
"""Kinds of reasons with which nobody knows how urgent a post is before a person has read it."""


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """One model's reading of one post, with what rules, language and myths add. Scores are probabilities, 0-1."""

    severity: Severity
    scores: tuple[float, float, float, float]
    """Of green, amber, red and crisis."""
    urgent: float
    """Of red or crisis."""
    misinformation: float
    is_misinformation: bool
    myth: str | None
    needs_review: bool
    route: Route
    reasons: tuple[Reason, ...]
    model: str
    meaning: bytes = b""
    """What the post means to that model, as ``triage.meaning`` packs it; empty where nobody worked it out."""

    @property
    def is_read(self) -> bool:
        """Whether the severity says how urgent it is; else a person has to read it first."""
        return not any(reason.kind in NOT_READ for reason in self.reasons)
