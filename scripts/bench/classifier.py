"""How fast the classifier is on one core, beside ``transformers.pipeline`` with the same network on the same texts.

    .venv/bin/python scripts/bench/classifier.py [--model VERSION] [--posts 192] [--backend torch-dynamic]

All take turns on one core, and the processor's time is counted, so that other programs disturb little. Before that it
measures the rules screen, and how long a process that serves loads and how much memory it takes. The texts are our own.
Ends with status 1 where a promise is broken.
"""

from __future__ import annotations

import os
import random
import sys
import time
import warnings
from multiprocessing import get_context
from statistics import mean
from typing import TYPE_CHECKING, Any, cast

import click
import numpy as np
from memory import weigh
from rules import line_of, milliseconds_of

from server.settings import data_dir_from
from triage.loading import load_bare, load_classifier
from triage.model.bare import BareModel, load_int8
from triage.model.shelf import ModelShelf
from triage.posts import Post
from triage.training.examples import CORPUS, read_examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from triage.model.release import Release

AT_ONCE = (1, 8, 32)
ROUNDS = 3
RULES_MS, LOAD_SECONDS, RESIDENT_MB, TIMES_AS_FAST = 1.0, 5.0, 450.0, 3.0
"""What is promised: at most, and in the end at least."""
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


def torch_dynamic(release: Release) -> BareModel:
    """Return the same model as torch itself serves it in int8: weights rounded once, inputs anew for each text."""
    import torch

    from triage.training.torch_backend import TorchBackend, network_of

    network, cutter = network_of(release)
    # Any: torch gives it no type. It is deprecated in favour of torchao, which without a C++ compiler is far slower.
    with warnings.catch_warnings(action="ignore"):
        rounded = cast("Any", torch.ao.quantization).quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)
    return BareModel(release.manifest.version, release.settings, TorchBackend(rounded, cutter))


def serve(version: str, posts: list[Post], wire: Connection) -> None:
    """Load and read as the worker does, in a process of its own; say how long loading took, then that all is read."""
    import server.worker  # noqa: F401 # pyright: ignore[reportUnusedImport] - what it imports is in memory, too

    started = time.perf_counter()
    release = open_model(version)
    classifier = load_classifier(load_bare(release, threads=1), release)
    wire.send(time.perf_counter() - started)
    classifier.assess(posts)
    wire.send(None)
    wire.recv()


def weigh_serving(version: str, posts: list[Post]) -> tuple[float, float]:
    """Return the seconds that a process takes to load, and the megabytes that it has resident once it has read."""
    spawning = get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=serve, args=(version, posts, theirs), daemon=True)
    process.start()
    theirs.close()
    seconds = ours.recv()
    ours.recv()
    assert process.pid is not None
    resident = weigh(process.pid)[0].resident
    ours.send(None)
    process.join()
    return seconds, resident


def open_model(version: str) -> Release:
    """Open a version, or the one in use."""
    shelf = ModelShelf(data_dir_from(os.environ))
    return shelf.open(version) if version else shelf.open_in_use(os.environ.get("KITH_MODEL", ""))


@click.command(help=__doc__)
@click.option("--model", default="", help="A version; else the one in use.")
@click.option("--posts", "number", default=192, show_default=True)
@click.option("--backend", type=click.Choice(["torch-dynamic"]), help="Measure torch's own dynamic int8 as well.")
def main(*, model: str, number: int, backend: str | None) -> None:
    """Measure."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    release, posts = open_model(model), some_posts(number)
    broken = measure_serving(model, posts)
    rounded = {"int8": load_int8(release, threads=1)}
    if backend:
        rounded[backend] = torch_dynamic(release)
    broken += measure_speed(posts, pipeline_of(release), rounded)
    if backend:
        report_agreement(release, posts, rounded)
    click.echo("\n" + "\n".join(f"broken: {promise}" for promise in broken) if broken else "\nthe promises are kept")
    sys.exit(1 if broken else 0)


def measure_serving(version: str, posts: list[Post]) -> list[str]:
    """Print what the rules screen and a process that serves take, and return the promises that are broken."""
    taken = milliseconds_of(posts)
    click.echo(f"Rules screen: {line_of(taken)} (at most {RULES_MS:g} ms on average)")
    seconds, resident = weigh_serving(version, posts)
    click.echo(f"A process that serves: loaded in {seconds:.1f} s (at most {LOAD_SECONDS:g} s), then {resident:.0f} MB")
    click.echo(f"resident once it has read {len(posts)} posts (at most {RESIDENT_MB:g} MB).\n")
    kept = {
        "the rules screen is too slow": mean(taken) < RULES_MS,
        "loading takes too long": seconds < LOAD_SECONDS,
        "it takes too much memory": resident < RESIDENT_MB,
    }
    return [promise for promise, is_kept in kept.items() if not is_kept]


def measure_speed(
    posts: list[Post], classify: Callable[[list[Post]], object], rounded: dict[str, BareModel]
) -> list[str]:
    """Print posts a second of each, and return the promises that are broken."""
    judges = {"transformers.pipeline": classify} | {name: model.read for name, model in rounded.items()}
    for judge in judges.values():
        judge(posts[:8])
    click.echo(f"{len(posts)} posts, one core, posts/s\n\nat once{''.join(f'{name:>24}' for name in judges)}")
    broken: list[str] = []
    for at_once in AT_ONCE:
        rounds = [[posts_per_second(judge, posts, at_once) for judge in judges.values()] for _ in range(ROUNDS)]
        theirs, *others = (float(np.median(side)) for side in zip(*rounds, strict=True))
        click.echo(
            f"{at_once:7}{theirs:24.1f}" + "".join(f"{f'{one:.1f} ({one / theirs:.2f} times)':>24}" for one in others)
        )
        if others[0] < TIMES_AS_FAST * theirs:
            broken.append(f"{at_once} at once, int8 is {others[0] / theirs:.2f} times as fast, not {TIMES_AS_FAST:g}")
    return broken


def report_agreement(release: Release, posts: list[Post], rounded: dict[str, BareModel]) -> None:
    """Print how often what is rounded decides as the same network in float32."""
    whole = load_bare(release, backend="torch")
    exact = [reading.severity(whole.thresholds) for reading in whole.read(posts)]
    for name, model in rounded.items():
        found = [reading.severity(model.thresholds) for reading in model.read(posts)]
        same = mean(one == other for one, other in zip(exact, found, strict=True))
        click.echo(f"{name}: the severity of float32 on {same:.1%} of the posts")


if __name__ == "__main__":
    main()
