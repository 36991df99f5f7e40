"""Goes through a post with the rules. Fast enough for the web process, linear in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from triage.assessment import Reason
from triage.rules import emergency, ideation, others, overdose, setbacks, suicide, violence
from triage.rules.clauses import has_subject, is_elsewhere, is_of_animal
from triage.rules.index import PhraseIndex, Signs
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
ENCOURAGEMENT = "encourages-"
"""Beginning of the names of rules that find somebody who pushes others."""
MAY_ENCOURAGE = "may-encourage"
"""What is found instead where the text speaks of its own author."""
SHORT_ANSWER = 120
"""Characters of an answer that can lean on its parent."""
_INDEX = PhraseIndex(RULES)
_JOINING, _JOINING_ALONE = any_of(others.JOINING, VOCABULARY), any_of(others.JOINING_ALONE, VOCABULARY)
_EGGING_ON, _CHEERING = any_of(others.EGGING_ON, VOCABULARY), any_of(others.CHEERING, VOCABULARY)
_TAKEN_BACK, _GO_ON = any_of(others.TAKEN_BACK, VOCABULARY), any_of(others.GO_ON, VOCABULARY)
_KIND = any_of(others.KIND, VOCABULARY)
_REACHING_OUT = any_of(others.REACHING_OUT, VOCABULARY)
_HELPING, _OF_AUTHOR = any_of(others.HELPING, VOCABULARY), any_of(others.SPEAKS_OF_AUTHOR, VOCABULARY)
_OWN_DANGER = suicide.SLUGS | ideation.SLUGS


class Hit(NamedTuple):
    """A rule that fired."""

    rule: str
    severity: Severity
    explanation: str
    """A sentence for the moderator."""
    span: tuple[int, int] | None
    """The sentence in the text; None where it is in the title."""

    @property
    def reason(self) -> Reason:
        """Why the post was flagged, as a moderator reads it."""
        return Reason("rule", self.rule, self.explanation, *(self.span or (None, None)))


def screen(text: str, *, title: str = "", parent: str = "") -> list[Hit]:
    """Return the rules that fire on a post, each once, the most urgent first."""
    text = text[:MOST_CHARACTERS]
    headline = [sentence._replace(place=-1) for sentence in read_sentences(title)]
    body = read_sentences(text, quoted_from=f"{title}\n{parent}")
    found = _INDEX.find([*headline, *body, *join_torn(body, text)])
    hits = [
        hit for number, rule in enumerate(RULES) if (hit := _first_hit(rule, found.get(number, ()), headline, body))
    ]
    hits += _telling_how(text, title)
    if parent and body and sum(sentence.span.end - sentence.span.start for sentence in body) <= SHORT_ANSWER:
        hits += _leaning_on(parent, body)
    if any(hit.rule.startswith(ENCOURAGEMENT) for hit in hits) and _speaks_of_author(hits, [*headline, *body]):
        hits = [_doubted(hit) for hit in hits]
    hits.reverse()
    # Of hits with one name the most severe is kept.
    once = {hit.rule: hit for hit in sorted(hits, key=lambda hit: hit.severity)}
    return sorted(once.values(), key=lambda hit: -hit.severity)


def _first_hit(rule: Rule, found: Sequence[Signs], headline: Sequence[Passage], body: Sequence[Passage]) -> Hit | None:
    """Return the first hit that nothing makes doubtful, else the first that something does."""
    doubtful: Hit | None = None
    for passage, starts in found:
        if (rule.may_be_quoted and passage.has_quotation) or rule.unless.search(passage.plain):
            continue
        if all(_means_something_else(passage.plain, start, rule) for start in starts):
            continue
        if rule.unless_beside and _is_beside(rule.unless_beside, body, passage.place):
            continue
        around = [passage]
        if rule.reach:
            around += [*body[max(0, passage.place - rule.reach) : passage.place + rule.reach + 1], *headline]
        if all(_supported(further, around, rule.unless) for further in rule.also):
            span = None if passage.place < 0 else (passage.span.start, passage.span.end)
            hit = Hit(rule.slug, rule.severity, rule.explanation, span)
            if rule.doubt is None or not rule.doubt.search(passage.plain):
                return hit
            doubtful = doubtful or hit._replace(severity=Severity.RED)
    return doubtful


def _means_something_else(plain: str, start: int, rule: Rule) -> bool:
    if is_elsewhere(plain, start):
        return True
    if rule.unless_before is None:
        return False
    before, sign = plain[:start], plain[start:]
    return is_of_animal(before, sign) if has_subject(sign) else rule.unless_before.search(before) is not None


def _is_beside(pattern: re.Pattern[str], body: Sequence[Passage], place: int) -> bool:
    return any(pattern.search(one.plain) for one in body[max(0, place - 1) : place + 2])


def _supported(further: re.Pattern[str], around: Sequence[Passage], unless: re.Pattern[str]) -> bool:
    return any(
        further.search(one.plain) and not unless.search(one.plain) and not is_elsewhere(one.plain) for one in around
    )


def _telling_how(text: str, title: str) -> Iterator[Hit]:
    """Find a sentence that tells how, by which means or where, in a post about suicide, self-harm or overdose."""
    in_text, in_title = list(find_telling_how(text)), list(find_telling_how(title))
    if (in_text or in_title) and is_about_dying(f"{title}\n{text}"):
        span = in_text[0] if in_text else None
        yield Hit(TELLS_HOW, Severity.RED, "Seems to tell how somebody could be harmed.", span)


def _leaning_on(parent: str, answer: Sequence[Passage]) -> Iterator[Hit]:
    """Read a short answer in the light of a post that hits by itself: "me too, tonight", "go on then"."""
    whole = "".join(passage.plain for passage in answer)
    joins = _JOINING.search(answer[0].plain) or _JOINING_ALONE.search(whole)
    cheers, pushes = _CHEERING.search(whole), [push for passage in answer for push in _pushes_in(passage.plain)]
    if not (joins or cheers or pushes) or _HELPING.search(whole):
        return
    may_be_kind = all(map(_GO_ON.match, pushes))
    if may_be_kind and not joins and any(_KIND.search(passage.plain) for passage in answer):
        return
    urgent = [hit for hit in screen(parent) if hit.rule in _OWN_DANGER]
    span = (answer[0].span.start, answer[-1].span.end)
    if urgent and joins:
        yield Hit("joins-in", urgent[0].severity, "A short answer that joins in with a post about dying.", span)
    elif urgent and pushes and may_be_kind and _asks_for_help(parent) and urgent[0].severity is Severity.RED:
        yield Hit(MAY_ENCOURAGE, Severity.RED, "May push somebody on, or tell them to speak to somebody.", span)
    elif urgent and (pushes or urgent[0].severity is Severity.CRISIS):
        why = "A short answer that pushes on somebody who may be about to die."
        yield Hit(f"{ENCOURAGEMENT}answer", Severity.CRISIS, why, span)


def _pushes_in(plain: str) -> Iterator[str]:
    """Find what pushes somebody on, with the rest of its sentence, and is not denied or told as a feeling."""
    for push in _EGGING_ON.finditer(plain):
        if not _TAKEN_BACK.search(plain[: push.start()]):
            yield plain[push.start() :]


def _asks_for_help(parent: str) -> bool:
    return any(_REACHING_OUT.search(sentence.plain) for sentence in read_sentences(parent))


def _speaks_of_author(hits: Sequence[Hit], sentences: Sequence[Passage]) -> bool:
    return any(hit.rule in _OWN_DANGER for hit in hits) or any(
        _OF_AUTHOR.search(sentence.plain) for sentence in sentences
    )


def _doubted(hit: Hit) -> Hit:
    """Name what may push others on, and may as well be the author's own wish, as what it is: a doubt."""
    if not hit.rule.startswith(ENCOURAGEMENT):
        return hit
    why = "May push somebody on, or tell of the author's own wish to die."
    return hit._replace(rule=MAY_ENCOURAGE, explanation=why)
