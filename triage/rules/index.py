"""Which rules' signs stand in which passages. Only phrases of which a rare word is there are tried."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from triage.rules.clauses import is_negated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from triage.rules.passages import Passage
    from triage.rules.phrases import Phrase
    from triage.rules.rule import Rule

BEGINNING = 4
"""Letters by which words that may end in several ways are looked up."""


class _Entry(NamedTuple):
    number: int
    """Of the rule."""
    phrase: Phrase


class Sign(NamedTuple):
    """A phrase of a rule where it stands."""

    passage: Passage
    start: int
    """In the passage's plain words."""


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

    def find(self, passages: Iterable[Passage]) -> Mapping[int, list[Sign]]:
        """Return, by the number of the rule, its signs that nothing takes back."""
        found: dict[int, list[Sign]] = defaultdict(list)
        for passage in passages:
            for number, phrase in self._entries_in(passage):
                found[number] += _signs(phrase, passage)
        return found

    def _entries_in(self, passage: Passage) -> Iterator[_Entry]:
        known = set(passage.words)
        keys = {key for word in known & self._by_word.keys() for key in self._by_word[word]}
        for beginning in {word[:BEGINNING] for word in known} & self._by_beginning.keys():
            keys.update(self._by_beginning[beginning])
        return (self._entries[key] for key in sorted(keys))


def _signs(phrase: Phrase, passage: Passage) -> Iterator[Sign]:
    plain = passage.plain
    for match in phrase.pattern.finditer(plain):
        if not is_negated(plain[: match.start()], match[0]):
            yield Sign(passage, match.start())
