"""What a post is about, by its words, and the heavy topics that nobody has to read who asked not to be handed them.

Heavy ones come from what words and the rules tell. When in doubt one is named: the case then goes to a colleague.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.assessment import Reason

_TOPICS = {
    "suicide": r"suicid|kill(?:ing)? myself|end(?:ing)? (?:my life|it all)|unaliv|don'?t want to (?:be here|live)|want(?:s|ed)? to die\b|be dead\b|wish i (?:was|were|wasn'?t) (?:dead|here|alive)",
    "self-harm": r"self.?harm|cut(?:ting)? (?:myself|again)|burn(?:ing)? myself|sh\b(?![*!@#$]+\w)",
    "overdose": r"overdos|took (?:too many|all)\b|naloxone|narcan",
    "medical emergency": r"medical emergency|chest pain|heart attack|stroke\b|can'?t breathe|cannot breathe|not breathing|stopped breathing|unconscious|unresponsive|ambulance|anaphyla|ketoacidosis|dka\b|sepsis|bleeding (?:out|heavily|badly)|won'?t stop bleeding",
    "abuse": r"abus|hit(?:s|ting)? me\b|violen|stalk|rap(?:e|es|ed|ing|ists?)\b|assault|beat(?:s|ing)? me\b",
    "alcohol": r"alcohol|drink|drunk|sober|vodka|wine\b|beers?\b|aa\b|hangover",
    "opioids": r"opioid|opiate|heroin\b|fentanyl|methadone|suboxone|subutex|buprenorphine|oxy(?:s|contin|codone)?\b",
    "other drugs": r"drugs?\b|cocaine|meth\b|weed\b|cannabis|ketamine|benzo|xanax|valium|kratom|rehab\b|relaps",
    "gambling": r"gambl|betting\b|casino|slots?\b",
    "medication": r"meds?\b|medicat|tablets?\b|pills?\b|dos(?:e|es|age)\b|prescri|antidepress|insulin|taper",
    "depression": r"depress|hopeless|worthless|numb(?:ness)?\b|empty inside",
    "anxiety": r"anxi|panic|worr[yi]",
    "psychosis or mania": r"psychos|psychotic|schizo|bipolar|mania\b|manic\b|voices\b",
    "eating": r"eating disorder|anorex|bulimi|purg(?:e|es|ed|ing)\b|bing(?:e|es|ed|ing)\b|calorie",
    "grief": r"grief|griev|bereave|passed away|funeral|died\b|(?<!weight )(?<!hair )(?<!memory )loss\b",
    "diabetes": r"diabet|insulin|blood sugar|glucose|t1d\b|hypo(?:s|glyc\w*)?\b",
    "pain or chronic illness": r"chronic|pain(?:s|ful|killers?)?\b|crohn|lupus|fibro|arthritis|(?-i:MS)\b|cancer|epilep|seizure|migraine|asthma|kidney|dialysis",
    "caring": r"carer|caring for|look(?:ing)? after my|dementia",
    "family or partner": r"husband|wife|partner|boyfriend|girlfriend|(?:grand|step)?(?:mother|father|son|daughter)s?\b|m[uo]ms?\b|dads?\b|brothers?\b|sisters?\b|kids\b|bab(?:y|ies)\b|gran(?:dad|ny)?\b|nan\b|uncle|aunt(?:ie)?s?\b|divorce|break.?up",
    "recovery": r"sponsor|meetings?\b|craving|urges?\b|clean (?:for|now|since|time)|day (?:one|\d+)\b",
    "loneliness": r"lonel|alone\b|isolat|nobody to talk",
    "sleep": r"sleep|slept\b|insomnia|nightmare",
    "money or housing": r"debts?\b|rent\b|evict|money\b|wages\b|bills\b|homeless|landlord",
    "treatment": r"doctors?\b|nurses?\b|gp\b|clinic\b|hospital|therap|counsell|appointment",
    "work or school": r"work|job|boss\b|school|exams?\b|college|universit",
    "vaccines or infection": r"vaccin|covid|infection|(?:corona)?virus|hiv\b",
}  # fmt: skip
"""By name, how words of each topic begin."""
_PATTERNS = {topic: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for topic, pattern in _TOPICS.items()}

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
"""By the topic that words tell."""

OF_RULES: dict[str, str] = {
    **dict.fromkeys(
        ("intent-with-time", "intent", "decided-or-prepared", "prepared-for-death", "goodbye", "attempt-under-way",
         "wish-to-die", "wish-to-die-elsewhere", "self-harm-now", "tells-how",
         "third-person-now", "encourages-suicide", "joins-in", "encourages-answer", "may-encourage"),
        "suicide-and-self-harm",
    ),
    **dict.fromkeys(("violence-now", "threat-to-others", "child-in-danger"), "abuse-and-violence"),
    **dict.fromkeys(("overdose-taken", "poison-taken", "dangerous-withdrawal", "relapse"), "overdose-and-drugs"),
    **dict.fromkeys(
        ("child-swallowed", "emergency-unresponsive", "emergency-heart", "emergency-stroke", "emergency-airway",
         "emergency-bleeding", "emergency-seizure", "emergency-sugar", "emergency-gas"),
        "medical-emergencies",
    ),
    "voices-that-order": "psychosis-or-mania",
    "fresh-loss": "grief",
}  # fmt: skip
"""By the rule that fired; a rule may know a topic that no single word gives away."""


def topics_in(text: str) -> list[str]:
    """Return what a text seems to be about, what it speaks of most often first."""
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    counts = {topic: len(pattern.findall(straight)) for topic, pattern in _PATTERNS.items()}
    return sorted((topic for topic, count in counts.items() if count), key=lambda topic: -counts[topic])


def heavy_topics_of(text: str, reasons: Iterable[Reason]) -> list[str]:
    """Return the names of the heavy topics in a text, and in why it was flagged, in the order of ``HEAVY_TOPICS``."""
    found = {OF_SUMMARY.get(topic) for topic in topics_in(normalise(text))}
    found |= {OF_RULES.get(reason.detail) for reason in reasons if reason.kind == "rule"}
    return [topic for topic in HEAVY_TOPICS if topic in found]
