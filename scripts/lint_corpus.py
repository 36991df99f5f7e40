"""Checks our own corpus: twins, balance, leaks between splits and into the functional sets, details that instruct.

    .venv/bin/python scripts/lint_corpus.py

Prints what it finds and ends with status 1 where something has to be mended.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from triage.details import find_sensitive_details
from triage.model.base import find_encoder
from triage.model.windows import Cutter
from triage.scales import Severity
from triage.training.adapters import text_key
from triage.training.examples import Example, read_examples
from triage.training.functional import FILE, FRESH, INDEPENDENT
from triage.training.network import Network
from triage.training.splits import split_by_group
from triage.training.torch_backend import TorchBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).resolve().parent.parent / "triage" / "corpus"
TWIN = 0.95
"""Cosine from which on two posts of different families say the same."""
TOO_NEAR = 0.97
"""The same for posts of one family, which are meant to be near."""
SHORTEST = 5
"""Words; shorter posts ("help", "me too") may well occur twice with different parents."""
LEAST_SHARE = 0.08
"""Of each severity and of misinformation."""


def same_texts(examples: list[Example]) -> Iterator[str]:
    """Yield texts that occur twice with the same parent."""
    seen: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in examples:
        key = (text_key(one.post.text), text_key(one.post.parent), text_key(one.post.title))
        seen[key].append(f"{one.source}/{one.group}")
    for places in seen.values():
        if len(places) > 1:
            yield f"the same post in {', '.join(places)}"


def twins(examples: list[Example], functional: list[Example]) -> Iterator[str]:
    """Yield pairs that mean nearly the same, and posts that mean the same as a row of the functional set."""
    encoder = find_encoder()
    backend = TorchBackend(Network(encoder), Cutter(encoder))
    long = [one for one in examples if len(one.post.text.split()) >= SHORTEST]
    tested = [one for one in functional if len(one.post.text.split()) >= SHORTEST]
    own = backend.read([one.post for one in long]).embeddings
    others = backend.read([one.post for one in tested]).embeddings
    near = np.triu(own @ own.T, 1)
    for first, second in zip(*np.nonzero(near >= TWIN), strict=True):
        one, other = long[int(first)], long[int(second)]
        if one.group != other.group or near[first, second] >= TOO_NEAR:
            yield f"{one.group} and {other.group} ({near[first, second]:.3f}): {one.post.text[:60]!r}"
    for first, second in zip(*np.nonzero(own @ others.T >= TWIN), strict=True):
        yield f"{long[int(first)].group} is a functional row: {tested[int(second)].post.text[:60]!r}"


def imbalance(examples: list[Example]) -> Iterator[str]:
    """Yield labels that are too rare in a split."""
    for name, part in zip(("train", "dev", "test"), split_by_group(examples), strict=True):
        counts = Counter(one.severity for one in part)
        shares = {severity.label: counts[severity] / len(part) for severity in Severity}
        shares["misinformation"] = sum(bool(one.misinformation) for one in part) / len(part)
        click.echo(
            f"{name}: {len(part)} posts; " + ", ".join(f"{label} {share:.0%}" for label, share in shares.items())
        )
        yield from (f"{name}: too little {label}" for label, share in shares.items() if share < LEAST_SHARE)


def leaks(examples: list[Example]) -> Iterator[str]:
    """Yield families that are in two splits."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for name, part in zip(("train", "dev", "test"), split_by_group(examples), strict=True):
        for one in part:
            places[one.group].add(name)
    yield from (f"{group} is in {', '.join(sorted(names))}" for group, names in places.items() if len(names) > 1)


def unsafe(examples: list[Example]) -> Iterator[str]:
    """Yield posts that tell how."""
    for one in examples:
        for detail in find_sensitive_details(one.post.text):
            if detail.kind == "means" and one.severity is not None and one.severity.is_urgent:
                yield f"{one.group}: {one.post.text[detail.start : detail.end][:100]!r}"


@click.command(help=__doc__)
def main() -> None:
    """Check."""
    examples = read_examples(sorted(CORPUS.glob("*.jsonl")))
    functional = read_examples([FILE, INDEPENDENT, FRESH])
    lengths = np.array([len(one.post.text.split()) for one in examples])
    click.echo(
        f"{len(examples)} posts in {len({one.group for one in examples})} families; words: "
        + ", ".join(
            f"{share:.0%} ≤ {limit}" for limit in (25, 90, 220, 600) for share in [float((lengths <= limit).mean())]
        )
    )
    found = {
        "twice": list(same_texts(examples)),
        "balance": list(imbalance(examples)),
        "leak": list(leaks(examples)),
        "twin": list(twins(examples, functional)),
        "instructs": list(unsafe(examples)),
    }
    for kind, problems in found.items():
        for problem in problems:
            click.echo(f"{kind}: {problem}")
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main()
