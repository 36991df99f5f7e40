"""One retraining from beginning to end: split, train, measure beside the model in use, write, and perhaps promote."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import torch
from safetensors.numpy import save

from triage.loading import load_bare
from triage.model.bare import BareModel
from triage.model.base import find_encoder
from triage.model.release import MYTHS, load_weights
from triage.model.shelf import RELEASED_NAME
from triage.myths import read_myths
from triage.myths.matching import choose_similarities, embed_library, library_key, match_each
from triage.training.calibrate import ENOUGH_ORDINARY, Kept, keep_thresholds, ordinary_green
from triage.training.candidate import train_candidate, write_candidate
from triage.training.card import write_card
from triage.training.comparison import compare
from triage.training.examples import need_both_sides
from triage.training.functional import read_functional
from triage.training.marks import DECISIONS
from triage.training.saved_state import AlreadyTraining, only_run, work_folder
from triage.training.splits import Splits, split_by_group

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from triage.model.release import Release
    from triage.model.shelf import ModelShelf
    from triage.training.comparison import Comparison
    from triage.training.examples import Example
    from triage.training.fit import Recipe


def to_go_on_from(shelf: ModelShelf, in_use: Release | None, *, decisions: bool) -> Release | None:
    """Return the model that goes on learning: never one that learnt from decisions, some of which were erased since."""
    if in_use is None or not (decisions or DECISIONS in in_use.manifest.data):
        return in_use
    return shelf.open(RELEASED_NAME)


def retrain(
    examples: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    *,
    in_use: Release | None,
    base: str,
    start: Release | None,
    data: Mapping[str, str],
    now: datetime,
    progress: Callable[[int, int, float], None],
) -> Comparison:
    """Make a candidate in ``folder`` and measure it. Killed at any moment, it goes on where it last saved.

    ``start``: the model that goes on learning; None starts from the bare encoder, or from the one in ``base``.
    Raises: AlreadyTraining, DataUnusable, ModelUnusable, EncoderMissing, OSError (a full disk, for example).
    """
    need_both_sides(examples)
    rows = read_functional()
    splits = usable_splits([example for example in examples if example.taught is None])
    # What a teacher said is learnt from, and measures nothing.
    splits.train.extend(example for example in examples if example.taught is not None)
    learnt = None
    if start is not None:
        learnt = {name: torch.from_numpy(value) for name, value in load_weights(start).items()}
        base = start.manifest.encoder
    find_encoder(base)  # what is missing is said before anything is written
    with _work_of(folder, data) as work:
        kept = to_keep(in_use, splits.dev) if start else Kept()
        candidate = train_candidate(
            splits, recipe, base=base, start=learnt, kept=kept, resume_in=work, progress=progress
        )
        model = BareModel(folder.name, candidate.settings, candidate.backend)
        readings = model.read([example.post for example in splits.test])
        comparison = compare(model, readings, load_bare(in_use) if in_use else None, splits.test)
        myths = read_myths()
        embeddings = embed_library(myths, model.embed)
        similarities = choose_similarities(myths, match_each(myths, embeddings))
        settings = msgspec.structs.replace(
            candidate.settings, myth_similarity=similarities.named, deadly_similarity=similarities.deadly
        )
        known = {library_key(myths): embeddings.astype(np.float16)}
        further = write_card(model, readings, comparison, splits, recipe, rows) | {MYTHS: save(known)}
        candidate = replace(candidate, settings=settings)
        write_candidate(candidate, folder, data=data, recipe=recipe, further=further, now=now)
    return comparison


@contextmanager
def _work_of(folder: Path, data: Mapping[str, str]) -> Generator[Path]:
    """Give the folder of a run's state, which goes when the model is written."""
    work = work_folder(folder)
    with only_run(work):
        if folder.exists():
            raise AlreadyTraining(f"{folder} was just written by the same training. The same command shows what it is.")
        if DECISIONS in data:
            (work / DECISIONS).write_text(data[DECISIONS], encoding="utf-8")
        yield work
        shutil.rmtree(work, ignore_errors=True)


def compare_again(written: Release, in_use: Release | None, examples: Sequence[Example]) -> Comparison:
    """Measure a candidate that was written before beside the model that is in use now.

    Raises: DataUnusable, ModelUnusable, ModelFailed.
    """
    test = usable_splits([example for example in examples if example.taught is None]).test
    model = load_bare(written)
    readings = model.read([example.post for example in test])
    return compare(model, readings, load_bare(in_use) if in_use else None, test)


def to_keep(in_use: Release | None, dev: Sequence[Example]) -> Kept:
    """Return what a candidate that goes on learning takes over from the model in use.

    Its thresholds, an admin's own among them, where the dev split holds too few ordinary posts to choose any.
    """
    if in_use is None:
        return Kept()
    settings, thresholds = in_use.settings, None
    if ordinary_green(dev).sum() < ENOUGH_ORDINARY:
        logits = load_bare(in_use).backend.read([example.post for example in dev]).logits
        thresholds = keep_thresholds(settings, logits, dev)
    return Kept(settings.calibration, thresholds)


def usable_splits(examples: Sequence[Example]) -> Splits:
    """Split by group.

    Raises: DataUnusable where a split would hold one kind only.
    """
    splits = split_by_group(examples)
    for name, part in zip(("training", "threshold", "test"), splits, strict=True):
        need_both_sides(part, where=f" in the {name} split (posts of one group stay together)")
    return splits
