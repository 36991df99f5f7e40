"""What a rule is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from triage.rules.phrases import Phrase, any_of, phrases
from triage.rules.vocabulary import VOCABULARY
from triage.scales import Severity

if TYPE_CHECKING:
    import re


class Rule(NamedTuple):
    """One thing that must not wait."""

    slug: str
    severity: Severity
    explanation: str
    """A sentence for the moderator."""
    sign: tuple[Phrase, ...]
    """One of these has to be found; its sentence is shown."""
    also: tuple[re.Pattern[str], ...]
    """Each of these has to be found in the same sentence, or within reach."""
    unless: re.Pattern[str]
    """What makes the sentences mean something else, wherever it stands in them."""
    unless_beside: re.Pattern[str] | None
    """What does so in the same sentence, or in the one before or after."""
    doubt: re.Pattern[str] | None
    """What only makes it doubtful that the sign is meant: the rule then fires as red."""
    unless_before: re.Pattern[str] | None
    """What does so right before a sign that does not say who."""
    reach: int
    """How many sentences away the further signs may stand."""
    may_be_quoted: bool
    """Whether quotation marks mean that somebody else said it."""


def rule(
    slug: str,
    explanation: str,
    sign: str,
    *also: str,
    unless: str = "",
    unless_beside: str = "",
    doubt: str = "",
    unless_before: str = "",
    reach: int = 0,
    severity: Severity = Severity.CRISIS,
    may_be_quoted: bool = False,
) -> Rule:
    """Write down a rule: its signs and exceptions are phrases (see ``triage.rules.phrases``).

    What is said in jokes (``<joking>``) is an exception; a rule with doubts names it among them, or does not mind it.
    """
    return Rule(
        slug=slug,
        severity=severity,
        explanation=explanation,
        sign=phrases(sign, VOCABULARY),
        also=tuple(any_of(further, VOCABULARY) for further in also),
        unless=any_of(f"<elsewhere>\n{unless}" if doubt else f"<elsewhere>\n<joking>\n{unless}", VOCABULARY),
        unless_beside=any_of(unless_beside, VOCABULARY) if unless_beside else None,
        doubt=any_of(doubt, VOCABULARY) if doubt else None,
        unless_before=any_of(unless_before, VOCABULARY) if unless_before else None,
        reach=reach,
        may_be_quoted=may_be_quoted,
    )
