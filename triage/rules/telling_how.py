"""Sentences that tell others how somebody could be harmed. They are held, so nothing else may be: no cry for help is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.details import find_sensitive_details
from triage.normalise import normalise
from triage.topics import topics_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRAISE = re.compile(
    r"\b(?:painless(?:ly)?|works (?:best|every)|step \d|instructions|guide|first you|then you"
    r"|the (?:best|easiest|quickest|safest|painless|peaceful) (?:and \w+ )?(?:way|method|means|thing|place|one|is))\b",
    re.IGNORECASE,
)
"""Of a means, or a course of steps, whoever did it."""
_ADVICE = re.compile(
    r"\b(?:how to|method|lethal|fatal|enough to|(?<!\bi )(?<!\bto )just (?:take|use|put|tie|mix|cut)"
    r"|you (?:(?:just|only|simply|need|have|should|can|could|must|to) ){0,4}"
    r"(?:take|use|put|tie|mix|cut|swallow|drink|crush|inject|wrap|loop|hang|want|need)"
    r"|(?:see|read|look|go|find|all|it is|it's) (?:\w+ ){0,3}(?:at|on|to|here))\b",
    re.IGNORECASE,
)
_OWN_STORY = re.compile(
    r"\b(?:i|i['\u2019]ve|i have|i had|he|she|they|we) (?:\w+ )?(?:took|taken|swallowed|had|drank|used|overdosed|cut|tied|keep|kept|have)\b"
    r"|\b(?:know|knew|idea|clue|sure|wondering|wonder|forgot|anyone|learning|learn) how to\b|\benough to (?:kill|end|hurt) (?:me|my)",
    re.IGNORECASE,
)
"""What somebody did, has, or does not know."""
_HELP = re.compile(
    r"\b(?:naloxone|narcan|helpline|hotline|lifeline|samaritans|crisis line|ambulance|safety plan|taper\w*|overdose risk"
    r"|(?:doctor|nurse|pharmacist|clinic) (?:said|says|told|put|gave|has)"
    r"|(?<!not )(?<!n't )(?:call|ring|phone|text|tell|help|know|ask|lock|hide|throw|flush|hand over|stop|survive|stay)"
    r"|in (?:a|the) (?:drawer|bin|safe)|put (?:\w+ ){1,2}(?:away|down))\b",
    re.IGNORECASE,
)
_DYING = re.compile(
    r"\b(?:kill|end|hang|hurt) (?:your|them|one|him|her)sel(?:f|ves)\b|\bend (?:your|their|a) life\b|\b(?:to|you|u) die\b",
    re.IGNORECASE,
)
"""What the topics of a post do not show, since they are about its author."""
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
    if _PRAISE.search(sentence):
        return True
    return _ADVICE.search(sentence) is not None and not _OWN_STORY.search(sentence)
