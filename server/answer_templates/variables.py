"""The variables of answer templates, and how they are filled in.

Moderators are "a moderator" to members, so there is none for their name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SENTENCE = re.compile(r"\S.*?(?:[.!?…][”\")\]]*(?=\s)|$)\s*", re.DOTALL)


class Variable(NamedTuple):
    """What stands in braces."""

    meaning: str
    example: str
    otherwise: str = ""
    """Stands there where there is no value; without such words the sentence drops out."""


VARIABLES: dict[str, Variable] = {
    "handle": Variable("Whom you answer; “friend” where they have left.", "calm-fern-12", "friend"),
    "board": Variable("The name of the board.", "Low days", "this board"),
    "crisis_line": Variable(
        "A crisis line of the country of whom you answer, with its number; in the thread not of every country.",
        "The Night Line (000 111)",
        "a crisis line near you (under “Help now”)",
    ),
    "emergency": Variable("The emergency number of that country, likewise.", "000", "the emergency number"),
    "help": Variable("The address of the help page.", "https://kith.example.org/help", "the help page"),
    "resource": Variable(
        "The first resource that you ticked to go under the post. Without one the sentence around it drops out.",
        "Walking at night",
    ),
}
"""By the name that is written in the braces."""
EXAMPLE: dict[str, str] = {name: variable.example for name, variable in VARIABLES.items()}


def unknown_variables(text: str) -> list[str]:
    """Return what stands in braces and is no variable, each once."""
    return list(dict.fromkeys(name for name in _VARIABLE.findall(text) if name not in VARIABLES))


def has_lone_brace(text: str) -> bool:
    """Tell whether a brace is left that belongs to no pair."""
    return bool(re.search(r"[{}]", _VARIABLE.sub("", text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return words with their variables filled in; a sentence about something that there is not drops out."""
    lines = ("".join(_filled(sentence, values) for sentence in _SENTENCE.findall(line)) for line in text.splitlines())
    return "\n".join(line.rstrip() for line in lines).strip()


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    words = {name: values.get(name) or VARIABLES[name].otherwise for name in _VARIABLE.findall(sentence)}
    return _VARIABLE.sub(lambda found: words[found[1]], sentence) if all(words.values()) else ""
