"""One neutral line about a post, for the covered view: what it is about, how urgent, how long. It quotes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.scales import Severity

_TOPICS = {
    "suicide": r"suicid|kill(?:ing)? myself|end(?:ing)? (?:my life|it all)|unaliv|don'?t want to (?:be here|live)|want(?:s|ed)? to die\b|be dead\b|wish i (?:was|were|wasn'?t) (?:dead|here|alive)",
    "self-harm": r"self.?harm|cut(?:ting)? (?:myself|again)|burn(?:ing)? myself|sh\b",
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
MOST_TOPICS = 3


def summarise(text: str, severity: Severity | None = None, *, is_misinformation: bool = False) -> str:
    """Return for example "About suicide, medication. Crisis. About 120 words."; how urgent only where it is given."""
    topics = topics_in(text)[:MOST_TOPICS]
    about = f"About {', '.join(topics)}." if topics else "Topic unclear."
    claim = " Seems to make a false health claim." if is_misinformation else ""
    urgency = f" {severity.label.capitalize()}." if severity is not None else ""
    return f"{about}{urgency}{claim} {_length(len(text.split()))}"


def topics_in(text: str) -> list[str]:
    """Return what a text seems to be about, what it speaks of most often first."""
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    counts = {topic: len(pattern.findall(straight)) for topic, pattern in _PATTERNS.items()}
    return sorted((topic for topic, count in counts.items() if count), key=lambda topic: -counts[topic])


def _length(words: int) -> str:
    if words <= 5:
        return "A few words."
    return f"About {words if words < 20 else round(words, -1)} words."
