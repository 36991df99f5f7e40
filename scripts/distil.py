"""Has a larger trained model judge posts that nobody labelled, for the small one to learn from (distillation).

    .venv/bin/python scripts/retrain.py --real FOLDER --base ENCODER --freeze 6 --rate 4e-5 --keep-embedding 0 \
        --epochs 2 --name teacher
    .venv/bin/python scripts/distil.py --teacher teacher --real FOLDER --out taught.jsonl
    .venv/bin/python scripts/retrain.py --real FOLDER --taught taught.jsonl --fresh

Writes what the teacher says of each post beside the SHA-256 of its text, never the text.
"""

from __future__ import annotations

import os
import random
from itertools import islice
from pathlib import Path

import click
import msgspec
import numpy as np
from tqdm import tqdm

from server.settings import data_dir_from
from triage.files import is_one_of, write_whole
from triage.loading import load_bare
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable
from triage.model.shelf import ModelShelf
from triage.training.adapters import labelled_posts
from triage.training.evaluation import chances_of
from triage.training.examples import CORPUS, DataUnusable, read_examples
from triage.training.fit import device, quick_arithmetic
from triage.training.lessons import Lesson, lesson_key, unlabelled_posts

AT_ONCE = 1024


@click.command(help=__doc__)
@click.option("--teacher", "teachers", multiple=True, required=True, help="Version of a model; several: their mean.")
@click.option("--real", type=click.Path(path_type=Path), required=True, help="Folder of the real data sets.")
@click.option("--data", type=click.Path(path_type=Path), multiple=True, help="As for retrain.py; else our corpus.")
@click.option("--posts", "number", type=click.IntRange(1), default=20000, show_default=True)
@click.option("--min-words", type=click.IntRange(0), default=0, help="Only posts of at least so many words.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File for the lessons.")
def main(
    *, teachers: tuple[str, ...], real: Path, data: tuple[Path, ...], number: int, min_words: int, out: Path
) -> None:
    """Teach."""
    if is_one_of(out, data):
        raise click.UsageError(f"{out} holds the posts; give --out another name.")
    try:
        shelf = ModelShelf(data_dir_from(os.environ))
        models = [load_bare(shelf.open(teacher)) for teacher in teachers]
        own = read_examples(data or sorted(CORPUS.glob("*.jsonl")))
        posts = unlabelled_posts(real, [*own, *labelled_posts(real, for_test=False)])
        posts = [post for post in posts if len(post.text.split()) >= min_words]
        chosen = random.Random(1).sample(posts, min(number, len(posts)))  # noqa: S311 - a sample, not a secret
        lessons: list[Lesson] = []
        with tqdm(total=len(chosen), unit="post") as bar:
            waiting = iter(chosen)
            while some := list(islice(waiting, AT_ONCE)):
                with quick_arithmetic(device()):
                    said = [chances_of(model.read(some)) for model in models]
                chances = np.mean(said, axis=0).round(4).tolist()
                lessons += [Lesson(lesson_key(post), tuple(row)) for post, row in zip(some, chances, strict=True)]
                bar.update(len(some))
    except (DataUnusable, ModelUnusable, ModelFailed, EncoderMissing) as problem:
        raise click.ClickException(str(problem)) from problem
    if not lessons:
        raise click.ClickException(f"There is no post of {min_words} words or more.")
    try:
        write_whole(out, b"".join(msgspec.json.encode(lesson) + b"\n" for lesson in lessons))
    except OSError as error:
        raise click.ClickException(f"{out} could not be written: {error.strerror}.") from error
    click.echo(f"{len(lessons)} lessons written to {out}")


if __name__ == "__main__":
    main()
