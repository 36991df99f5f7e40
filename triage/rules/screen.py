"""Goes through a post sentence by sentence with the rules. Fast enough for the web process, linear in the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from triage.normalise import normalise
from triage.rules.table import EVERYWHERE, JOINING, RULES, STEMS, Rule
from triage.sentences import Span, split_sentences

if TYPE_CHECKING:
    from triage.scales import Severity

MOST_CHARACTERS = 20_000
"""More of one text is not read by rules; the model reads all of it."""
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201b": "'", "`": "'", "\u00b4": "'"})


class Hit(NamedTuple):
    """A rule that fired."""

    rule: str
    severity: Severity
    explanation: str
    """A sentence for the moderator."""
    span: Span | None
    """The sentence in the text; None where it is in the title, or in several places."""


def screen(text: str, *, title: str = "", parent: str = "") -> list[Hit]:
    """Return the rules that fire on a post, each once, the most urgent first."""
    hits: dict[str, Hit] = {}
    for part, is_text in ((title, False), (text[:MOST_CHARACTERS], True)):
        plain = _plain(part)
        if not STEMS.search(plain):
            continue
        for span in split_sentences(part):
            sentence = _plain(part[span.start : span.end]) if len(part) > span.end - span.start else plain
            for rule in RULES:
                if rule.slug not in hits and _fires(rule, sentence):
                    hits[rule.slug] = Hit(rule.slug, rule.severity, rule.explanation, span if is_text else None)
        for rule in EVERYWHERE:
            if rule.slug not in hits and _fires(rule, plain):
                hits[rule.slug] = Hit(rule.slug, rule.severity, rule.explanation, None)
    if not hits and parent and (joined := _joins(text, parent)):
        return [joined]
    return sorted(hits.values(), key=lambda hit: -hit.severity)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", normalise(text).translate(_APOSTROPHES).lower()).strip()


def _fires(rule: Rule, sentence: str) -> bool:
    if not all(pattern.search(sentence) for pattern in rule.signs):
        return False
    return rule.unless is None or rule.unless.search(sentence) is None


def _joins(text: str, parent: str) -> Hit | None:
    """Tell whether a short answer joins in with what its parent says: "me too, tonight"."""
    if not JOINING.search(_plain(text[:200])) or len(text) > 120:
        return None
    own = [hit for hit in screen(parent) if hit.severity.is_urgent]
    if not own:
        return None
    explanation = "A short answer that joins in with a post about suicide or danger."
    return Hit("joins-in", own[0].severity, explanation, Span(0, len(text)))
