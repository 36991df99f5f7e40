"""Which rules' signs stand in which passages. Only phrases of which a rare word is there are tried."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from triage.rules.clauses import is_negated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from triage.rules.passages import Passage
    from triage.rules.phrases import Phrase
    from triage.rules.rule import Rule

BEGINNING = 4
"""Letters by which words that may end in several ways are looked up."""
MOST_SIGNS = 8
"""Of one phrase in one passage; who repeats it more often says nothing new."""


class _Entry(NamedTuple):
    number: int
    """Of the rule."""
    phrase: Phrase


class Signs(NamedTuple):
    """Where phrases of one rule stand in a passage."""

    passage: Passage
    starts: list[int]
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

    def find(self, passages: Iterable[Passage]) -> Mapping[int, list[Signs]]:
        """Return, by the number of the rule, the passages with signs that nothing takes back."""
        found: dict[int, list[Signs]] = defaultdict(list)
        for passage in passages:
            starts: dict[int, list[int]] = defaultdict(list)
            for number, phrase in self._entries_in(passage):
                starts[number] += islice(_starts(phrase, passage.plain), MOST_SIGNS)
            for number, places in starts.items():
                if places:
                    found[number].append(Signs(passage, places))
        return found

    def _entries_in(self, passage: Passage) -> Iterator[_Entry]:
        known = set(passage.words)
        keys = {key for word in known & self._by_word.keys() for key in self._by_word[word]}
        for beginning in {word[:BEGINNING] for word in known} & self._by_beginning.keys():
            keys.update(self._by_beginning[beginning])
        return (self._entries[key] for key in sorted(keys))


def _starts(phrase: Phrase, plain: str) -> Iterator[int]:
    for match in phrase.pattern.finditer(plain):
        if not is_negated(plain[: match.start()], match[0]):
            yield match.start()
