"""Checks our own corpus: its form, twins, balance, leaks between splits and functional sets, details that instruct.

    .venv/bin/python scripts/lint_corpus.py [--near]

Prints what it finds and ends with status 1 where something has to be mended. --near also looks for posts that mean the
same in other words, which takes minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.training import lint
from triage.training.examples import CORPUS, DataUnusable, Example, read_examples
from triage.training.functional import FILE, FRESH, INDEPENDENT
from triage.training.torch_backend import BareEncoder

LENGTHS = (25, 90, 220, 600)


@click.command(help=__doc__)
@click.option("--near", is_flag=True, help="Compare what posts mean, too, by the bare encoder.")
@click.option(
    "--corpus", type=click.Path(path_type=Path), multiple=True, help="Other files than triage/corpus/*.jsonl."
)
@click.option("--functional", type=click.Path(path_type=Path), multiple=True, help="Other functional sets than ours.")
def main(*, near: bool, corpus: tuple[Path, ...], functional: tuple[Path, ...]) -> None:
    """Check."""
    corpus = corpus or tuple(sorted(CORPUS.glob("*.jsonl")))
    functional = functional or (FILE, INDEPENDENT, FRESH)
    try:
        found = {
            "form": [
                *(problem for file in corpus for problem in lint.ill_formed(file, lint.CorpusRow)),
                *(problem for file in functional for problem in lint.ill_formed(file, lint.FunctionalRow)),
            ]
        }
        if not found["form"]:
            found = look_through(read_examples(corpus), read_examples(functional), near=near)
    except (DataUnusable, ModelFailed, EncoderMissing) as problem:
        raise click.ClickException(str(problem)) from problem
    for kind, problems in found.items():
        for problem in problems:
            click.echo(f"{kind}: {problem}")
    sys.exit(1 if any(found.values()) else 0)


def look_through(examples: list[Example], functional: list[Example], *, near: bool) -> dict[str, list[str]]:
    """Return what has to be mended, by kind."""
    describe(examples)
    found = {
        "twice": list(lint.same_posts(examples)),
        "balance": list(lint.imbalance(examples)),
        "leak": list(lint.leaks(examples, functional)),
        "instructs": list(lint.instructions([*examples, *functional])),
    }
    if near:
        embed = BareEncoder().embed
        own, rows = lint.comparable(examples), lint.comparable(functional)
        with tqdm(total=len(own) + len(rows), unit="post") as bar:
            found["twin"] = list(lint.twins(own, rows, embed, progress=bar.update))
    return found


def describe(examples: list[Example]) -> None:
    """Print how many posts there are, how long, and with which labels."""
    lengths = np.array([len(one.post.text.split()) for one in examples])
    shares = ", ".join(f"{(lengths <= limit).mean():.0%} ≤ {limit}" for limit in LENGTHS)
    files = len({one.source for one in examples})
    click.echo(f"{len(examples)} posts of {files} files in {len({one.group for one in examples})} families")
    click.echo(f"words: {shares}")
    for name, labels in lint.label_shares(examples).items():
        click.echo(f"{name}: " + ", ".join(f"{label} {share:.0%}" for label, share in labels.items()))


if __name__ == "__main__":
    main()
