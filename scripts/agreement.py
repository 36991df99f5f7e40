"""How far two readers agree who labelled the same real posts, blind to each other: the figures of docs/labelling.md.

.venv/bin/python scripts/agreement.py
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from triage.scales import Severity, severity_of
from triage.training.adapters import LABELS, Label, read_labels
from triage.training.examples import DataUnusable
from triage.training.metrics import quadratic_kappa


@click.command(help=__doc__)
@click.option("--labels", type=click.Path(path_type=Path), default=LABELS, help="Other labels than ours.")
def main(*, labels: Path) -> None:
    """Compare."""
    try:
        posts = [{label.reader: label for label in readings} for readings in read_labels(labels).values()]
    except DataUnusable as problem:
        raise click.ClickException(str(problem)) from problem
    twice = [readings for readings in posts if {"A", "B"} <= readings.keys()]
    if not twice:
        raise click.ClickException(f"No post in {labels} has two readers.")
    settled = [readings for readings in twice if "settled" in readings]
    changed = sum(_judgement(readings["settled"]) != _judgement(readings["A"]) for readings in settled)
    first, second = (np.array([_judgement(readings[reader]) for readings in twice]) for reader in ("A", "B"))
    click.echo(f"{len(posts)} posts, {len(twice)} of them with two readers.")
    click.echo(f"Settled by a third look: {len(settled)}; the first reader's label changed in {changed}.\n")
    for name, one, other, levels in (
        ("severity, quadratic weights", first[:, 0], second[:, 0], len(Severity)),
        ("urgent or not", first[:, 0] >= Severity.RED, second[:, 0] >= Severity.RED, 2),
        ("misinformation", first[:, 1], second[:, 1], 2),
    ):
        kappa = quadratic_kappa(one.astype(int), other.astype(int), levels=levels)
        click.echo(f"κ of {name}: {kappa:.3f}; {int((one != other).sum())} differ")
    click.echo(f"misinformation by the first reader: {first[:, 1].sum()}, by the second: {second[:, 1].sum()}\n")
    click.echo("| first reader, down; second, across | " + " | ".join(level.label for level in Severity) + " |")
    click.echo("|---" * (len(Severity) + 1) + "|")
    for level in Severity:
        seen = second[first[:, 0] == level, 0]
        click.echo(f"| {level.label} | " + " | ".join(str((seen == other).sum()) for other in Severity) + " |")


def _judgement(label: Label) -> tuple[int, int]:
    return severity_of(label.severity), label.misinformation


if __name__ == "__main__":
    main()
