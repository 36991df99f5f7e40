"""Goes through a post with the rules. Fast enough for the web process, linear in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from triage.rules import emergency, ideation, others, overdose, setbacks, suicide, violence
from triage.rules.index import PhraseIndex
from triage.rules.passages import Passage, join_torn, read_sentences
from triage.rules.phrases import any_of
from triage.rules.telling_how import find_telling_how, is_about_dying
from triage.rules.vocabulary import VOCABULARY
from triage.scales import Severity

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from triage.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *suicide.RULES,
    *ideation.RULES,
    *overdose.RULES,
    *emergency.RULES,
    *violence.RULES,
    *others.RULES,
    *setbacks.RULES,
)
MOST_CHARACTERS = 20_000
"""More of one text is not read by rules; the model reads all of it."""
TELLS_HOW = "tells-how"
SHORT_ANSWER = 120
"""Characters of an answer that can lean on its parent."""
_INDEX = PhraseIndex(RULES)
_JOINING, _EGGING_ON = any_of(others.JOINING, VOCABULARY), any_of(others.EGGING_ON, VOCABULARY)


class Hit(NamedTuple):
    """A rule that fired."""

    rule: str
    severity: Severity
    explanation: str
    """A sentence for the moderator."""
    span: tuple[int, int] | None
    """The sentence in the text; None where it is in the title."""


def screen(text: str, *, title: str = "", parent: str = "") -> list[Hit]:
    """Return the rules that fire on a post, each once, the most urgent first."""
    text = text[:MOST_CHARACTERS]
    headline = [sentence._replace(place=-1) for sentence in read_sentences(title)]
    body = read_sentences(text, quoted_from=f"{title}\n{parent}")
    found = _INDEX.find([*headline, *body, *join_torn(body, text)])
    hits = [
        hit for number, rule in enumerate(RULES) if (hit := _first_hit(rule, found.get(number, ()), headline, body))
    ]
    hits = list({hit.rule: hit for hit in reversed(hits)}.values())
    hits += _telling_how(text, title)
    if parent and len(text) <= SHORT_ANSWER:
        hits += _leaning_on(parent, body, len(text))
    return sorted(hits, key=lambda hit: -hit.severity)


def _first_hit(
    rule: Rule, found: Sequence[Passage], headline: Sequence[Passage], body: Sequence[Passage]
) -> Hit | None:
    for passage in found:
        if (rule.may_be_quoted and passage.has_quotation) or rule.unless.search(passage.plain):
            continue
        around = [passage]
        if rule.reach:
            around += [*body[max(0, passage.place - rule.reach) : passage.place + rule.reach + 1], *headline]
        if all(_supported(further, around, rule.unless) for further in rule.also):
            span = None if passage.place < 0 else (passage.span.start, passage.span.end)
            return Hit(rule.slug, rule.severity, rule.explanation, span)
    return None


def _supported(further: re.Pattern[str], around: Sequence[Passage], unless: re.Pattern[str]) -> bool:
    return any(further.search(one.plain) and not unless.search(one.plain) for one in around)


def _telling_how(text: str, title: str) -> Iterator[Hit]:
    """Find a sentence that tells how, by which means or where, in a post about suicide, self-harm or overdose."""
    in_text, in_title = list(find_telling_how(text)), list(find_telling_how(title))
    if (in_text or in_title) and is_about_dying(f"{title}\n{text}"):
        span = in_text[0] if in_text else None
        yield Hit(TELLS_HOW, Severity.RED, "Seems to tell how somebody could be harmed.", span)


def _leaning_on(parent: str, body: Sequence[Passage], length: int) -> Iterator[Hit]:
    """Read a short answer in the light of a post that hits by itself: "me too, tonight", "go on then"."""
    first = body[0].plain if body else ""
    joins, eggs_on = _JOINING.search(first), any(_EGGING_ON.search(passage.plain) for passage in body)
    if not (joins or eggs_on):
        return
    urgent = [hit for hit in screen(parent) if hit.rule in suicide.SLUGS | ideation.SLUGS]
    if urgent and joins:
        yield Hit("joins-in", urgent[0].severity, "A short answer that joins in with a post about dying.", (0, length))
    elif urgent:
        yield Hit(
            "encourages-answer",
            Severity.CRISIS,
            "A short answer that pushes on somebody who may be about to die.",
            (0, length),
        )
