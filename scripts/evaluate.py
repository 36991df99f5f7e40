"""Measures a model on labelled posts, prints the figures as JSON and writes them to a file.

.venv/bin/python scripts/evaluate.py --data posts.jsonl [--model VERSION] [--out figures.json]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click
import structlog

from server.settings import data_dir_from
from triage.files import is_one_of, write_whole
from triage.loading import load_bare
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable
from triage.model.shelf import ModelShelf
from triage.training.evaluation import evaluate
from triage.training.examples import DataUnusable, need_both_sides, read_examples


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), multiple=True, required=True, help="JSON Lines; repeatable.")
@click.option("--model", default="", help="A version; else the one in use.")
@click.option("--backend", type=click.Choice(["int8", "torch"]), default="int8", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="File for the figures; else var/evaluations/MODEL-DATA.json."
)
def main(*, data: tuple[Path, ...], model: str, backend: str, out: Path | None) -> None:
    """Measure."""
    if out is not None and is_one_of(out, data):
        raise click.UsageError(f"{out} holds the posts; give --out another name.")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    data_dir = data_dir_from(os.environ)
    shelf = ModelShelf(data_dir)
    try:
        examples = read_examples(data)
        need_both_sides(examples, claims_will_do=True)
        release = shelf.open(model) if model else shelf.open_in_use(os.environ.get("KITH_MODEL", ""))
        bare = load_bare(release, backend=backend)
        figures = evaluate(bare, bare.read([one.post for one in examples]), examples, intervals=True)
    except (DataUnusable, ModelUnusable, ModelFailed, EncoderMissing) as problem:
        raise click.ClickException(str(problem)) from problem
    text = json.dumps(figures, indent=2) + "\n"
    click.echo(text, nl=False)
    file = out or data_dir / "evaluations" / f"{release.manifest.version}-{data[0].stem}.json"
    try:
        write_whole(file, text.encode())
    except OSError as error:
        raise click.ClickException(f"{file} could not be written: {error.strerror}.") from error
    click.echo(f"Written to {file}", err=True)


if __name__ == "__main__":
    main()
