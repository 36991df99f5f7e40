"""Sentences that tell others how somebody could be harmed. They are held, so nothing else may be: no cry for help is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.details import MEANS, find_sensitive_details
from triage.normalise import normalise
from triage.topics import topics_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_AMOUNT = r"(?:twenty|thirty|forty|fifty|sixty|(?:a )?hundred|handfuls?|bottles?|box(?:es)?|packets?|strips?|whole)"
_PRAISE = re.compile(
    r"\b(?:painless(?:ly)?|works every|step \d(?= ?[:)])|guide|instructions (?:for|to) (?:an? )?(?:suicide|overdose|die|end)|first you|then you"
    r"|the (?:best|easiest|quickest|safest|painless|peaceful) (?:and \w+ )?(?:way|method|means|thing|place|one|is))\b",
    re.IGNORECASE,
)
"""Of a means, or a course of steps, whoever did it."""
_FAINT_PRAISE = re.compile(r"\b(?:works best|step \d|instructions)\b", re.IGNORECASE)
"""Of a medicine as well, or what stands on its box: it counts beside a means or a number of pieces, and in no own story."""
_MORE_THAN_A_DOSE = re.compile(rf"\b(?:{MEANS}|tablets?|tabs?|pills?|capsules?)\b", re.IGNORECASE)
_ADVICE = re.compile(
    r"\b(?:how to|method|lethal|fatal|enough to|(?<!\bi )(?<!\bto )just (?:take|use|put|tie|mix|cut)"
    r"|you (?:(?:just|only|simply|need|have|should|can|could|must|to) ){0,4}"
    r"(?:take|use|put|tie|mix|cut|swallow|drink|crush|inject|wrap|loop|hang)"
    rf"|you (?:\w+ ){{0,2}}(?:need|want) (?:\w+ ){{0,3}}?(?:\d+|{_AMOUNT}|{MEANS})"
    r"|(?:see|read|look|go|find|all|it is|it's) (?:\w+ ){0,3}(?:at|on|to|here))\b",
    re.IGNORECASE,
)
_OWN_STORY = re.compile(
    r"\b(?:i|i['\u2019]?ve|i have|i had|he|she|they|we) (?:\w+ )?(?:took|taken|swallowed|had|drank|used|overdosed|cut|tied|keep|kept|have)\b"
    r"|\b(?:know|knew|idea|clue|sure|wondering|wonder|forgot|anyone|learning|learn) how to\b|\benough to (?:kill|end|hurt) (?:me|my)",
    re.IGNORECASE,
)
"""What somebody did, has, or does not know."""
_OWN_SEARCH = re.compile(
    r"\bi(?:['\u2019]?(?:ve|m|d))? (?:\w+ ){0,3}?"
    r"(?:(?:googl|research|search)\w*|look(?:ed|ing)?(?: (?:it|this))? up|watch\w*|read(?:ing)?)(?: \w+){0,2}? (?:methods(?: (?:and|or) how to)?|how to)\b",
    re.IGNORECASE,
)
"""What somebody looked for: they tell nobody."""
_DYING = re.compile(
    r"\b(?:kill|end|hang|hurt) (?:your|them|one|him|her)sel(?:f|ves)\b|\bend (?:your|their|a) life\b|\b(?:to|you|u) die\b",
    re.IGNORECASE,
)
"""What the topics of a post do not show, since they are about its author."""
_WARNING = re.compile(
    r"\b(?:(?:can|could|may|might) (?:\w+ )?(?:be|prove)|would(?: have|['\u2019]ve) been) (?:\w+ )?(?:fatal|lethal)\b",
    re.IGNORECASE,
)
"""What an amount can do, where nobody says what it is good for."""
_GOOD_FOR = re.compile(
    rf"{_DYING.pattern}|\b(?:suicide is|for (?:a )?suicide|eas(?:y|ily)|quick(?:ly)?|peaceful(?:ly)?)\b", re.IGNORECASE
)
_OWN_FEAR = re.compile(
    r"\bi (?:\w+ )?(?:keep|kept|stare|can(?:no|['\u2019])?t stop)\b|\b(?:scares|frightens|terrifies|tempts) me\b",
    re.IGNORECASE,
)
"""What somebody cannot stop thinking of: they praise nothing."""
_PLACE_OF_CARE = r"(?:the |an? |your )?(?:a ?& ?e|a and e|er|emergency|hospital|gp|doctor|clinic|minor injuries)\b"
_URGE = r"(?:\w+ ){0,2}(?:urges?|cravings?)\b(?! to (?!self|cut|hurt|harm|burn|use|drink|smoke|relapse|kill|die|do it))"
"""What is resisted, and not with "to breathe" behind it."""
_KEPT_AWAY = rf"(?:(?:\w+ ){{0,3}}(?:{MEANS}|pills?|tablets?|medicines?|meds|knife|knives)|it)"
"""What is put out of reach."""
_HELP = re.compile(
    r"\b(?:naloxone|narcan|helpline|hotline|lifeline|samaritans|crisis line|ambulance|safety plan|taper\w*|overdose risk"
    r"|(?:doctor|nurse|pharmacist|clinic) (?:said|says|told|put|gave|has)"
    r"|(?:they|nurses|doctors|paramedics) (?:will )?(?:(?:give|gave) (?:you|me|her|him|them)|pump|treat)|on (?:the|a) ward"
    rf"|(?:get|got|getting) rid of (?:{_KEPT_AWAY}|them)(?! all\b)"
    rf"|bin(?:ned|ning)? (?!it\b){_KEPT_AWAY}"
    r"|(?:if|until|when|unless) (?:they|he|she|somebody|someone) (?:\w+ ){0,2}?(?:not |\w+n['\u2019]?t )(?:(?:wak|breath|respond|react)\w*|com\w* (?:round|to))"
    rf"|(?:get|got|getting|give|gave|giving|put|take|took|taking|keep) {_KEPT_AWAY} out of (?:the|your|my) (?:house|flat|home|room)"
    r"|(?:give|gave|giving|hand|handed|handing) (?:\w+ ){1,4}to (?:my|your|a|the|some)"
    rf"|(?<!not )(?<!n't )(?:go|get|going|getting|went|come) (?:\w+ )?to {_PLACE_OF_CARE}"
    rf"|(?:(?:get|getting|got) through|rid(?:e|ing) out|resist\w*|fight\w*|cop(?:e|ing) with) {_URGE}|rid(?:e|ing) {_URGE} out"
    rf"|{_URGE}[^.]{{0,60}}\b(?:rid(?:e|ing) it out|(?:fight\w*|resist\w*|through) it)"
    r"|in?stead of (?:the |a |my )?(?:razor|blade|cutting)"
    r"|\d{1,3} ?mg\b[^.]{0,60}\bfor (?:\w+ ){1,2}(?:weeks|months)"
    r"|(?<!not )(?<!n't )(?:call|ring|phone|text|tell|help|know|ask|lock|hide|throw|flush|hand over|stop|survive|stay)"
    r"|in (?:a|the) (?:drawer|bin|safe)|put (?:\w+ ){1,2}(?:away|down))\b",
    re.IGNORECASE,
)
_DANGEROUS_TOPICS = frozenset({"suicide", "self-harm", "overdose"})


def is_about_dying(text: str) -> bool:
    """Tell whether a post, its title among it, is about suicide, self-harm or overdose."""
    return _DYING.search(text) is not None or not _DANGEROUS_TOPICS.isdisjoint(topics_in(normalise(text)))


def find_telling_how(text: str) -> Iterator[tuple[int, int]]:
    """Find the sentences that name a means or an amount, or where that is told, and tell others what to do with it."""
    for start, end, kind in find_sensitive_details(text):
        if kind != "dose" and _tells_others(text[start:end]):
            yield start, end


def _tells_others(sentence: str) -> bool:
    if sentence.rstrip().endswith("?") or _HELP.search(sentence):
        return False
    if _PRAISE.search(sentence) and not _OWN_FEAR.search(sentence):
        return True
    if _OWN_STORY.search(sentence):
        return False
    said = _OWN_SEARCH.sub("", sentence if _GOOD_FOR.search(sentence) else _WARNING.sub("", sentence))
    is_of_means = _MORE_THAN_A_DOSE.search(said) or _GOOD_FOR.search(said)
    praises = _FAINT_PRAISE.search(said) and is_of_means and not _OWN_FEAR.search(said)
    return bool(praises) or _ADVICE.search(said) is not None
