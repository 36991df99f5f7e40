"""One neutral line about a post, for the covered view: what it is about, how urgent, how long. It quotes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.scales import Severity

_TOPICS = {
    "suicide": r"suicid|kill(?:ing)? myself|end(?:ing)? (?:my life|it all)|unaliv|don'?t want to (?:be here|live)|want to die",
    "self-harm": r"self.?harm|cut(?:ting)? (?:myself|again)|burn(?:ing)? myself|\bsh\b",
    "overdose": r"overdos|took (?:too many|all)|naloxone|narcan",
    "medical emergency": r"medical emergency|chest pain|heart attack|\bstroke\b|can'?t breathe|cannot breathe|not breathing|stopped breathing|unconscious|unresponsive|ambulance|anaphyla|ketoacidosis|\bdka\b|sepsis|bleeding (?:out|heavily|badly)|won'?t stop bleeding",
    "abuse": r"\babus|hit(?:s|ting)? me|violen|stalk|rape|assault|beat(?:s|ing)? me",
    "alcohol": r"alcohol|drink|drunk|sober|vodka|wine|beer|\baa\b|hangover",
    "opioids": r"opioid|opiate|heroin|fentanyl|methadone|suboxone|subutex|buprenorphine|oxy",
    "other drugs": r"\bdrugs?\b|cocaine|\bmeth\b|weed|cannabis|ketamine|benzo|xanax|valium|kratom|rehab|relaps",
    "gambling": r"gambl|betting|casino|slots?\b",
    "medication": r"\bmeds?\b|medicat|tablet|pill|dose|prescri|antidepress|insulin|taper",
    "depression": r"depress|hopeless|worthless|numb|empty inside",
    "anxiety": r"anxi|panic|worr",
    "psychosis or mania": r"psychos|psychotic|schizo|bipolar|mania|manic|voices",
    "eating": r"eating disorder|anorex|bulimi|purg|binge|calorie",
    "grief": r"grief|griev|bereave|passed away|funeral|died|\bloss\b",
    "diabetes": r"diabet|insulin|blood sugar|glucose|\bt1d\b|hypo",
    "pain or chronic illness": r"chronic|pain|crohn|lupus|fibro|arthritis|\bms\b|cancer|epilep|seizure|migraine|asthma|kidney|dialysis",
    "caring": r"\bcarer|caring for|look(?:ing)? after my|dementia",
    "family or partner": r"husband|wife|partner|boyfriend|girlfriend|mother|father|mum|mom|dad|son|daughter|divorce|break.?up",
    "work or school": r"\bwork|\bjob|boss|school|exam|college|universit",
    "vaccines or infection": r"vaccin|covid|infection|virus|hiv",
}  # fmt: skip
_PATTERNS = {topic: re.compile(pattern, re.IGNORECASE) for topic, pattern in _TOPICS.items()}
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
