"""Where a post names amounts, means or instructions that others should not read: spans to black out with one key.

Ordinary doses are found as well, since a pattern cannot tell them from others; a moderator decides.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from triage.sentences import split_sentences

HELPING_HOSTS = frozenset(Path(__file__).with_name("helping_hosts.txt").read_text().split())
"""Of the helplines and resources that come with Kith, without "www."."""


class Detail(NamedTuple):
    """A piece of a text: ``text[start:end]``."""

    start: int
    end: int
    kind: str
    """``dose``: an amount of something; ``means``: how somebody could be harmed; ``address``: where that is told."""


_FIGURE = r"(?<!\d)(?<!\d[.,])\d[\d.,]{0,9}"
"""A number as it is written, from its first digit on; bounded, so that a long run of figures is read once."""
_SEVERAL = (
    rf"(?:{_FIGURE}|half a|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    r"|(?:a )?hundred)"
)
_NUMBER = rf"(?:{_SEVERAL}|an?|one|a (?:whole|full))"
_AMOUNT = rf"(?:{_FIGURE}\s?|{_NUMBER}\s+)"
"""What stands before a unit: a figure close to it ("20mg"), or a word with a blank behind it, unlike "Aug"."""
_UNIT = r"(?:mg|mcg|µg|ug|g|grams?|ml|units?|(?<!\b[24a]\s)(?<!\b[24])u|iu|mmol|tablets?|tabs?|pills?|capsules?|puffs?|patches)"
"""In "here 4 u", "talk 2 u" and "a u-turn" no unit is meant."""
_CONTAINER = r"(?:handfuls?|fistfuls?|bottles?|boxe?s?|packets?|packs?|strips?|drops?|bars?|bags?|points?|lines?)"
"""What says little without the name of what was in it."""
_SUBSTANCE = (
    r"(?:paracetamol|acetaminophen|tylenol|aspirin|ibuprofen|codeine|tramadol|morphine|oxycodone|oxys?|fentanyl|heroin|methadone"
    r"|buprenorphine|subutex|suboxone|insulin|xanax|alprazolam|valium|diazepam|lorazepam|ativan|clonazepam|klonopin|zopiclone"
    r"|ambien|zolpidem|gabapentin|pregabalin|lyrica|lithium|amitriptyline|propranolol|sertraline|citalopram|fluoxetine|quetiapine"
    r"|seroquel|benadryl|diphenhydramine|promethazine|kratom|ghb|gbl|ketamine|mdma|cocaine|meth|speed|vodka|warfarin|digoxin"
    r"|novorapid|novolog|humalog|humulin|lantus|levemir|tresiba|toujeo|fiasp|apidra|actrapid)"
)
_FIGURE_BEFORE_U = (
    r"(?<![\d.,])\b[24]\s?u\s+(?:of\s+(?!(?:it|them|all|course|us|you|this|that|those|these|mine)\b)(?:my\s+)?\w+"
    rf"|{_SUBSTANCE})\b"
)
"""Here "4 u" is an amount, since it says of what."""
_DOSE = re.compile(
    rf"{_FIGURE_BEFORE_U}|\b{_AMOUNT}(?:x\s?)?(?:{_FIGURE}\s?)?{_UNIT}\b(?:\s+(?:of\s+)?(?:\w+\s+)?{_SUBSTANCE}\b)?"
    rf"|\b{_NUMBER}\s+{_CONTAINER}\s+(?:of\s+)?(?:\w+\s+)?(?:{_SUBSTANCE}|{_UNIT})\b"
    rf"|\b{_SEVERAL}\s+(?:of\s+)?(?!speed\b){_SUBSTANCE}\b(?:\s+{_UNIT}\b)?"
    rf"|\b{_SUBSTANCE}\s+{_FIGURE}\s?(?:{_UNIT}\b)?",
    re.IGNORECASE,
)
MEANS = r"(?:noose|razors?|razor blades?|blades?|rope|belt|exhaust|charcoal|helium|ligature|cord|rat poison|bleach|antifreeze)"
"""How somebody could be harmed."""
_MEANS = re.compile(rf"\b{MEANS}\b", re.IGNORECASE)
_TELLING_HOW = re.compile(
    r"\b(?:how to|you (?:just|only|need|have to|should|can)|just (?:take|use|put|tie|mix|cut)|the (?:best|easiest|quickest|safest|painless|peaceful)"
    r"|step \d|first you|then you|instructions?|guide|method|works (?:best|every)|painless|lethal|fatal|enough to)\b",
    re.IGNORECASE,
)
_AFTER_TO = (
    r"(?:be|do|go|get|have|see|say|make|take|help|feel|live|die|stay|try|talk|tell|think|know|find|give|keep|put|let|ask|call|ring|come|leave"
    r"|stop|start|sleep|eat|drink|work|look|listen|hear|read|write|use|need|want|show|turn|end|kill|hurt|reach|survive|cope"
    r"|the|my|your|our|me|you|us|him|her|them|all|every\w*|any\w*|some\w*|those|this|that|an?)"
)
"""What goes on from the word "to"."""
_ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\S+|(?<![\w-])[\w-]{1,63}\.(?:onion\b\S*"
    rf"|to(?:/\S*|\b(?![\w'\u2019-])(?!\s+{_AFTER_TO}\b))"
    r"|ru(?:/\S*|(?=[.,;:)!]*\Z|[,;:)!]+\s|\s+(?:and|or|but|for|if|they|where|with)\b)))",
    re.IGNORECASE,
)
"""Without a path ".to" and ".ru" count only where the sentence cannot go on from them: "i give up.to be honest" can."""
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([\w.-]*\w)", re.IGNORECASE)


def find_sensitive_details(text: str) -> list[Detail]:
    """Return the spans in order; none overlaps another.

    Sentences that tell how are named as a whole, where they also name a means or an amount.
    """
    found: list[Detail] = []
    for start, end in split_sentences(text):
        sentence = text[start:end]
        doses = [Detail(start + dose.start(), start + dose.end(), "dose") for dose in _DOSE.finditer(sentence)]
        tells_how = _TELLING_HOW.search(sentence) is not None
        if tells_how and (doses or _MEANS.search(sentence)):
            found.append(Detail(start, end, "means"))
        elif tells_how and any(map(_may_tell_how, _ADDRESS.finditer(sentence))):
            found.append(Detail(start, end, "address"))
        else:
            found += doses
    return found


def _may_tell_how(address: re.Match[str]) -> bool:
    """Tell whether an address is not one of a helpline or resource, or hides behind its name ("good.org@bad.org")."""
    host = _HOST.match(address[0])
    if host is None or address[0].startswith(("@", ":"), host.end()):
        return True
    labels = host[1].lower().split(".")
    return HELPING_HOSTS.isdisjoint(".".join(labels[first:]) for first in range(len(labels)))
