"""One retraining from beginning to end: split, train, measure beside the model in use, write, and perhaps promote."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import torch
from safetensors.numpy import save

from triage.loading import load_bare
from triage.model.bare import BareModel
from triage.model.release import MYTHS, load_weights
from triage.myths import read_myths
from triage.myths.matching import choose_similarities, embed_library, library_key, match_each
from triage.training.calibrate import truths
from triage.training.candidate import train_candidate, write_candidate
from triage.training.card import write_card
from triage.training.evaluation import chances_of, evaluate
from triage.training.examples import need_both_sides
from triage.training.functional import read_functional
from triage.training.metrics import recall_at_workload
from triage.training.splits import Splits, split_by_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from triage.model.reading import Reading
    from triage.model.release import Release
    from triage.training.examples import Example
    from triage.training.fit import Recipe

WORKLOAD = 0.2
"""Share of posts that moderators look at, at which two models' recall of urgent posts is compared."""
TOLERANCE = 0.005
"""A candidate counts as no worse within this: rounding, not luck."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate beside the model in use, on the same rows that neither was tuned on."""

    candidate: dict[str, Any]
    in_use: dict[str, Any] | None
    """None for the very first model."""
    urgent_recall_candidate: float | None
    """Recall of urgent posts where a fifth of all posts is looked at; None without urgent rows."""
    urgent_recall_in_use: float | None

    @property
    def is_no_worse(self) -> bool:
        """Whether the candidate may be promoted."""
        if self.in_use is None:
            return True
        if self.urgent_recall_candidate is None or self.urgent_recall_in_use is None:
            return False
        return self.urgent_recall_candidate >= self.urgent_recall_in_use - TOLERANCE


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
    Raises: DataUnusable, ModelUnusable, EncoderMissing, OSError (a full disk, for example).
    """
    need_both_sides(examples)
    rows = read_functional()
    splits = usable_splits([example for example in examples if example.taught is None])
    # What a teacher said is learnt from, and measures nothing.
    splits.train.extend(example for example in examples if example.taught is not None)
    work = folder.with_name(folder.name + ".work")
    learnt = None
    if start is not None:
        learnt = {name: torch.from_numpy(value) for name, value in load_weights(start).items()}
        base = start.manifest.encoder
    candidate = train_candidate(splits, recipe, base=base, start=learnt, resume_in=work, progress=progress)
    model = BareModel(folder.name, candidate.settings, candidate.backend)
    readings = model.read([example.post for example in splits.test])
    comparison = compare(model, readings, load_bare(in_use) if in_use else None, splits.test)
    myths = read_myths()
    embeddings = embed_library(myths, model.embed)
    similarities = choose_similarities(myths, match_each(myths, embeddings))
    settings = msgspec.structs.replace(
        candidate.settings, myth_similarity=similarities.named, deadly_similarity=similarities.deadly
    )
    kept = {library_key(myths): embeddings.astype(np.float16)}
    further = write_card(model, readings, comparison, splits, recipe, rows) | {MYTHS: save(kept)}
    write_candidate(replace(candidate, settings=settings), folder, data=data, recipe=recipe, further=further, now=now)
    shutil.rmtree(work, ignore_errors=True)
    return comparison


def usable_splits(examples: Sequence[Example]) -> Splits:
    """Split by group.

    Raises: DataUnusable where a split would hold one kind only.
    """
    splits = split_by_group(examples)
    for name, part in zip(("training", "threshold", "test"), splits, strict=True):
        need_both_sides(part, where=f" in the {name} split (posts of one group stay together)")
    return splits


def compare(
    candidate: BareModel, readings: Sequence[Reading], in_use: BareModel | None, examples: Sequence[Example]
) -> Comparison:
    """Measure both models on the same rows; ``readings`` are the candidate's."""
    before = in_use.read([example.post for example in examples]) if in_use else []
    return Comparison(
        candidate=evaluate(candidate, readings, examples),
        in_use=evaluate(in_use, before, examples) if in_use else None,
        urgent_recall_candidate=urgent_recall(readings, examples),
        urgent_recall_in_use=urgent_recall(before, examples) if in_use else None,
    )


def urgent_recall(readings: Sequence[Reading], examples: Sequence[Example]) -> float | None:
    """Return the recall of urgent posts where a fifth of the posts is looked at; None without urgent posts."""
    right, known = truths(examples)
    rows = known[:, 1]
    truth = right[rows, 1]
    if not np.any(truth):
        return None
    chances = chances_of(readings)[rows, 1]
    return recall_at_workload(truth, chances, share=WORKLOAD)
