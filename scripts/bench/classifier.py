"""How fast the classifier is on one core, beside ``transformers.pipeline`` with the same network on the same texts.

    .venv/bin/python scripts/bench/classifier.py [--model VERSION] [--posts 192]

Both take turns on one core, and the processor's time is counted, so that other programs disturb little. The texts are
our own.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
import numpy as np
import psutil

from server.settings import data_dir_from
from triage.model.bare import BareModel, load_int8
from triage.model.shelf import ModelShelf
from triage.posts import Post
from triage.training.examples import read_examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.model.release import Release

CORPUS = Path(__file__).resolve().parents[2] / "triage" / "corpus"
AT_ONCE = (1, 8, 32)
ROUNDS = 3
MEAN_WORDS = 72
"""About 92 tokens, as on the forums that we looked at."""


def some_posts(number: int) -> list[Post]:
    """Return invented posts of 92 tokens on average."""
    texts = [one.post.text for one in read_examples(sorted(CORPUS.glob("*.jsonl")))]
    random.Random(1).shuffle(texts)  # noqa: S311 - a sample, not a secret
    chosen: list[str] = []
    words = 0
    for text in texts:
        longer = len(text.split())
        if (words + longer) / (len(chosen) + 1) <= MEAN_WORDS * 1.2 or longer < MEAN_WORDS:
            if words < MEAN_WORDS * len(chosen) and longer < MEAN_WORDS:
                continue
            chosen.append(text)
            words += longer
        if len(chosen) == number:
            break
    return [Post(text=text) for text in chosen]


def pipeline_of(release: Release) -> Callable[[list[Post]], object]:
    """Return ``transformers.pipeline`` with a network of the same form, as its documentation shows it."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    torch.set_num_threads(1)
    # Any: transformers gives none of these a precise type
    network = cast("Any", AutoModelForSequenceClassification).from_pretrained(release.encoder, num_labels=4)
    tokenizer = cast("Any", AutoTokenizer).from_pretrained(release.encoder)
    classify = cast("Any", pipeline)("text-classification", model=network, tokenizer=tokenizer, device=-1)
    return lambda posts: classify([post.text for post in posts], batch_size=len(posts), truncation=True)


def posts_per_second(judge: Callable[[list[Post]], object], posts: list[Post], at_once: int) -> float:
    """Return posts for each second of the processor's time."""
    started = time.process_time()
    for first in range(0, len(posts), at_once):
        judge(posts[first : first + at_once])
    return len(posts) / (time.process_time() - started)


@click.command(help=__doc__)
@click.option("--model", default="", help="A version; else the one in use.")
@click.option("--posts", "number", default=192, show_default=True)
def main(*, model: str, number: int) -> None:
    """Measure."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    shelf = ModelShelf(data_dir_from(os.environ))
    release = shelf.open(model) if model else shelf.open_in_use()
    resident = psutil.Process().memory_info().rss
    started = time.perf_counter()
    bare: BareModel = load_int8(release, threads=1)
    click.echo(f"Loaded in {time.perf_counter() - started:.1f} s.")
    posts = some_posts(number)
    bare.read(posts)
    click.echo(f"{(psutil.Process().memory_info().rss - resident) / 2**20:.0f} MB more resident than before.")
    classify = pipeline_of(release)
    classify(posts[:8])
    click.echo(f"{len(posts)} posts, one core.\n\nat once   transformers.pipeline   int8        times as fast")
    for at_once in AT_ONCE:
        pairs = [
            (posts_per_second(classify, posts, at_once), posts_per_second(bare.read, posts, at_once))
            for _ in range(ROUNDS)
        ]
        theirs, ours = (float(np.median(side)) for side in zip(*pairs, strict=True))
        click.echo(f"{at_once:7} {theirs:14.1f} posts/s {ours:9.1f} posts/s {ours / theirs:10.2f}")


if __name__ == "__main__":
    main()
