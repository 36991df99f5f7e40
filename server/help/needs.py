"""The needs that somebody may choose a helpline by, and the names of languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

NEEDS: dict[str, str] = {
    "crisis": "I need somebody right now",
    "suicide": "Thoughts of suicide",
    "self-harm": "Hurting myself",
    "mental-health": "Mental health",
    "addiction": "Drugs and addiction",
    "alcohol": "Drinking",
    "gambling": "Gambling",
    "domestic-abuse": "Abuse or violence at home",
    "sexual-violence": "Sexual violence",
    "eating-disorders": "Eating disorders",
    "young-people": "For children and young people",
    "older-people": "For older people",
    "lgbtq": "LGBTQ+",
    "veterans": "Veterans",
    "carers": "Carers",
    "bereavement": "Grief and loss",
    "chronic-illness": "Long illness",
    "poison": "Poisoning or too much of something",
}
"""Needs in the order in which they are offered; ``emergency`` stands above all of them and is not chosen."""

FOR_SOME = frozenset({"young-people", "older-people", "veterans", "lgbtq", "carers"})
"""Needs that say for whom a line is: one of these comes after the lines that are for anybody."""
EMERGENCY = "emergency"
CRISIS = "crisis"

OF_TOPICS: dict[str, str] = {
    "abuse-and-violence": "domestic-abuse",
    "eating-disorders": "eating-disorders",
    "overdose-and-drugs": "addiction",
    "grief": "bereavement",
}
"""By the heavy topic of ``triage.topics`` that a post is about; lines for any crisis are there for the others."""

ALSO_OF_TOPICS: dict[str, tuple[str, ...]] = {
    "suicide-and-self-harm": ("suicide", "self-harm"),
    "abuse-and-violence": ("sexual-violence",),
    "overdose-and-drugs": ("poison",),
    "psychosis-or-mania": ("mental-health",),
}
"""What else a post about it may need, where a moderator chooses."""

LONGEST_LANGUAGE = 8
LANGUAGES: dict[str, str] = {
    "af": "Afrikaans", "ar": "Arabic", "bn": "Bengali", "ca": "Catalan", "cr": "Cree", "cs": "Czech", "cy": "Welsh",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque",
    "fa": "Persian", "fi": "Finnish", "fil": "Filipino", "fr": "French", "ga": "Irish", "gl": "Galician",
    "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "iu": "Inuktitut", "ja": "Japanese", "kn": "Kannada", "ko": "Korean",
    "lb": "Luxembourgish", "lt": "Lithuanian", "lv": "Latvian", "mi": "Māori", "ml": "Malayalam", "mr": "Marathi",
    "ms": "Malay", "mt": "Maltese", "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "oj": "Ojibwe",
    "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sq": "Albanian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai",
    "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "xh": "Xhosa",
    "yue": "Cantonese", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip


def needs_of(topics: Iterable[str]) -> list[str]:
    """Return every need that a post about these heavy topics may have."""
    found = [need for topic in topics for need in (OF_TOPICS.get(topic, ""), *ALSO_OF_TOPICS.get(topic, ()))]
    return [need for need in dict.fromkeys(found) if need]


def wrong_languages(codes: Collection[str]) -> str:
    """Say what is wrong with codes of languages, or nothing."""
    if not codes or not {code.partition("-")[0] for code in codes} <= {*LANGUAGES, "mul"}:
        return "Codes of languages, such as en, de or cy; mul for many."
    if long := [code for code in codes if len(code) > LONGEST_LANGUAGE]:
        return f"“{long[0]}” is too long: a code has at most {LONGEST_LANGUAGE} characters, as zh-hant has."
    return ""


def language_names(codes: list[str]) -> str:
    """Write languages by name; a code that has none here is written as it is. ``mul`` means many."""
    names = ["many languages" if code == "mul" else LANGUAGES.get(code.partition("-")[0], code) for code in codes]
    return ", ".join(dict.fromkeys(names))
