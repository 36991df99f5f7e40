"""Which rules' signs stand in which passages. Only phrases of which a rare word is there are tried."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from triage.rules.passages import Passage
    from triage.rules.phrases import Phrase
    from triage.rules.rule import Rule

BEGINNING = 4
"""Letters by which words that may end in several ways are looked up."""
_NEGATIONS = frozenset(("not", "never", "without", "nobody", "if", "instead"))
_SINCERE = frozenset(
    [
        "joking",
        "kidding",
        "lying",
        "exaggerating",
        "scared",
        "afraid",
        "sorry",
        "sure",
        "ok",
        "okay",
        "fine",
        "alone",
        "coping",
    ]
)
"""Right after a negation these take nothing back: "not joking, I am going to"."""
_LOOKS_BACK = 4


class _Entry(NamedTuple):
    number: int
    """Of the rule."""
    phrase: Phrase


class PhraseIndex:
    """Finds the signs of rules in passages."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """List every phrase under each of its cues."""
        self._entries = [_Entry(number, phrase) for number, rule in enumerate(rules) for phrase in rule.sign]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_beginning: dict[str, list[int]] = defaultdict(list)
        for key, entry in enumerate(self._entries):
            for cue in entry.phrase.cues:
                if cue.endswith("*"):
                    self._by_beginning[cue[:BEGINNING]].append(key)
                else:
                    self._by_word[cue].append(key)

    def find(self, passages: Iterable[Passage]) -> Mapping[int, list[Passage]]:
        """Return, by the number of the rule, the passages with its sign."""
        found: dict[int, list[Passage]] = defaultdict(list)
        for passage in passages:
            for number in self._rules_in(passage):
                found[number].append(passage)
        return found

    def _rules_in(self, passage: Passage) -> set[int]:
        known = set(passage.words)
        keys = {key for word in known & self._by_word.keys() for key in self._by_word[word]}
        for beginning in {word[:BEGINNING] for word in known} & self._by_beginning.keys():
            keys.update(self._by_beginning[beginning])
        numbers: set[int] = set()
        for number, phrase in (self._entries[key] for key in keys):
            if number not in numbers and _says(phrase, passage.plain):
                numbers.add(number)
        return numbers


def _says(phrase: Phrase, plain: str) -> bool:
    return any(not _is_negated(plain[: match.start()]) for match in phrase.pattern.finditer(plain))


def _is_negated(before: str) -> bool:
    """Tell whether one of the last words before a phrase takes it back."""
    words = before.split()[-_LOOKS_BACK:]
    return words[-1:] == ["no"] or any(
        word in _NEGATIONS and not _SINCERE.intersection(words[index + 1 :]) for index, word in enumerate(words)
    )
