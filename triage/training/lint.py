"""What can be wrong with a corpus: its form, twins, balance, leaks into what it is measured on, details that instruct.

Each check yields one sentence for each thing that has to be mended.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import numpy as np

from triage.details import find_sensitive_details
from triage.scales import Severity
from triage.training.adapters import text_key
from triage.training.examples import DataUnusable
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from triage.posts import Post
    from triage.training.examples import Example

    Embed = Callable[[Sequence[Post]], NDArray[np.float32]]

TWIN = 0.95
"""Cosine from which on two posts of different families say the same."""
TOO_NEAR = 0.97
"""The same for posts of one family with the same labels; those of a contrast are meant to be near."""
SHORTEST = 5
"""Words; shorter posts ("help", "me too") may well occur twice with different parents."""
PASSAGE = 15
"""Words in a row that nobody writes twice by chance."""
LEAST_SHARE = 0.08
"""Of each severity and of misinformation."""
AT_ONCE = 256
FOUND_HARMLESS = {
    "07795339b779fc10058fd22131c2b8c2b9eb8e0e6e242f865598d9efa70b95b2": "blood that was given in hospital",
    "c8828646f9064948a2c7c7f1752246c3fdc72701054270686d473ae967275604": "a cord to call for help",
    "ca5ba1190f2dc165b3af9cf2a9b3fab33b8525e01c1d69b1bd3c70cceee1fbe0": "what somebody drank before driving",
    "b5755912bad39873f98c55de017e8ef477850dc6945e08df0ccfe5ab15ffee4b": "a blade of grass",
    "7c780cac709551d040d4d29d55b0962cb2fcd45bb3e17c3fb336ae662871b575": "asks to put it away",
    "6f94f14ff0144dbc2936bbd96e0c34924ab9e4b3df564ae8111e0451ffce9667": "a false claim without an amount or a way",
}
"""Texts (``text_key``) that a person read and that instruct nobody, though a pattern finds something in them."""
_WORD = re.compile(r"\w{2,}|[ai]\b")
"""Letters that stand alone are words spelt apart, of which there are few."""

Text = Annotated[str, msgspec.Meta(min_length=1)]
Level = Literal["green", "amber", "red", "crisis"]


class CorpusRow(msgspec.Struct, forbid_unknown_fields=True):
    """The form of a line of the corpus: both labels and the family are known."""

    text: Text
    severity: Level
    misinformation: Literal[0, 1]
    group: Text
    kind: Text
    voice: Literal["plain", "dialect", "teen", "second-language", "txt", "older", "typos", "formal"]
    title: str = ""
    parent: str = ""


class FunctionalRow(msgspec.Struct, forbid_unknown_fields=True):
    """The form of a line of a functional set: something has to come of it."""

    text: Text
    kind: Text
    severity: Level | None = None
    misinformation: Literal[0, 1] | None = None
    needs_review: bool | None = None
    group: str = ""
    title: str = ""
    parent: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that cannot be wrong."""
        if self.severity is None and self.misinformation is None and self.needs_review is None:
            raise ValueError("nothing is said of what has to come of it")


def ill_formed(file: Path, form: type[CorpusRow | FunctionalRow]) -> Iterator[str]:
    """Yield lines that are not of the form.

    Raises: DataUnusable where the file cannot be read.
    """
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise DataUnusable(f"{file} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, start=1):
        try:
            msgspec.json.decode(line, type=form)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield f"{file}, line {number}: {error}"


def same_posts(examples: Sequence[Example]) -> Iterator[str]:
    """Yield posts that occur twice with the same title and parent."""
    seen: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in examples:
        key = (text_key(one.post.text), text_key(one.post.parent), text_key(one.post.title))
        seen[key].append(f"{one.source}/{one.group}")
    for places in seen.values():
        if len(places) > 1:
            yield f"the same post in {', '.join(places)}"


def imbalance(examples: Sequence[Example]) -> Iterator[str]:
    """Yield labels that are too rare in a split."""
    for name, shares in label_shares(examples).items():
        yield from (f"{name}: too little {label}" for label, share in shares.items() if share < LEAST_SHARE)


def label_shares(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return the share of each label in each split; 0 where a split is empty."""
    found: dict[str, dict[str, float]] = {}
    for name, part in split_by_group(examples)._asdict().items():
        counts = Counter(one.severity for one in part)
        counts_by_label = {severity.label: counts[severity] for severity in Severity}
        counts_by_label["misinformation"] = sum(bool(one.misinformation) for one in part)
        found[name] = {label: count / max(1, len(part)) for label, count in counts_by_label.items()}
    return found


def leaks(examples: Sequence[Example], functional: Sequence[Example]) -> Iterator[str]:
    """Yield what is in two splits, or in one and in a functional set: a text, a parent or a long passage of one."""
    owners: dict[str, tuple[str, str]] = {}
    told: set[tuple[str, str, str, str]] = set()
    for name, part in {**split_by_group(examples)._asdict(), "functional": functional}.items():
        for one in part:
            place = (name, one.group)
            for passage in (*_passages(one.post.text), *_passages(one.post.parent)):
                owner = owners.setdefault(passage, place)
                if owner[0] != name and (pair := (*owner, *place)) not in told:
                    told.add(pair)
                    yield f"{owner[1]} ({owner[0]}) and {one.group[:40]} ({name}) share {passage!r}"


def _passages(text: str) -> Iterator[str]:
    """Yield every run of so many words, or all of a text with fewer; nothing of a very short one."""
    words = _WORD.findall(text.casefold())
    if len(words) >= SHORTEST:
        for start in range(max(1, len(words) - PASSAGE + 1)):
            yield " ".join(words[start : start + PASSAGE])


def instructions(examples: Sequence[Example]) -> Iterator[str]:
    """Yield what tells how somebody could be harmed, or where that is told."""
    texts = {text: one.group for one in examples for text in (one.post.title, one.post.text, one.post.parent)}
    for text, group in texts.items():
        for detail in find_sensitive_details(text):
            if detail.kind != "dose" and text_key(text) not in FOUND_HARMLESS:
                yield f"{group}: {text[detail.start : detail.end][:100]!r} (text {text_key(text)})"


def comparable(examples: Sequence[Example]) -> list[Example]:
    """Return those that are long enough to be near-duplicates of others."""
    return [one for one in examples if len(one.post.text.split()) >= SHORTEST]


def twins(
    examples: Sequence[Example], functional: Sequence[Example], embed: Embed, *, progress: Callable[[int], object]
) -> Iterator[str]:
    """Yield pairs that mean nearly the same, and posts that mean the same as a row of a functional set.

    ``progress`` is told of so many more posts that were embedded.
    """
    both = [*examples, *functional]
    meanings = _embedded([one.post for one in both], embed, progress)
    for first in range(0, len(examples), AT_ONCE):  # all at once would take gigabytes
        near = meanings[first : min(first + AT_ONCE, len(examples))] @ meanings[first:].T
        for row, column in zip(*np.nonzero(np.triu(near, 1) >= TWIN), strict=True):
            one, other = examples[first + int(row)], both[first + int(column)]
            if first + int(column) >= len(examples):
                yield f"{one.group} is a functional row: {other.post.text[:60]!r}"
            elif one.group != other.group or (near[row, column] >= TOO_NEAR and _labels(one) == _labels(other)):
                yield f"{one.group} and {other.group} ({near[row, column]:.3f}): {one.post.text[:60]!r}"


def _labels(example: Example) -> tuple[Severity | None, bool | None]:
    return example.severity, example.misinformation


def _embedded(posts: Sequence[Post], embed: Embed, progress: Callable[[int], object]) -> NDArray[np.float32]:
    """Return float32[n, width]."""
    parts: list[NDArray[np.float32]] = []
    for first in range(0, len(posts), AT_ONCE):
        parts.append(embed(posts[first : first + AT_ONCE]))
        progress(len(parts[-1]))
    return np.concatenate(parts)
