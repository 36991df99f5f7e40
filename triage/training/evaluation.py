"""Measures a model on labelled posts: every source apart, every functionality apart."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from triage.model.engine import Opinion
from triage.scales import Severity
from triage.training.calibrate import truths
from triage.training.metrics import (
    auroc,
    average_precision,
    best_f1,
    bootstrap,
    calibration_error,
    precision_at_recall,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from triage.model.bare import Backend, BareModel
    from triage.model.reading import Reading, Thresholds
    from triage.posts import Post
    from triage.training.examples import Example

    Figures = dict[str, Any]
    """Any: figures by name, nested, as they are written to JSON."""

OUTPUTS = {"amber or above": 0, "urgent": 1, "crisis": 2, "misinformation": 3}
FEWEST = 5
"""With fewer rows of either kind, ranking is not measured."""


def evaluate(
    model: BareModel, readings: Sequence[Reading], examples: Sequence[Example], *, intervals: bool = False
) -> Figures:
    """Measure what the bare model read in these examples, on each source and on all of them."""
    sources: defaultdict[str, list[int]] = defaultdict(list)
    for row, example in enumerate(examples):
        sources[example.source].append(row)
    figures: Figures = {"model": model.version, "rows": len(examples)}
    figures["all"] = figures_of(readings, examples, model.thresholds, intervals=intervals)
    figures["sources"] = {
        source: figures["all"]
        if len(sources) == 1
        else figures_of(
            [readings[row] for row in rows], [examples[row] for row in rows], model.thresholds, intervals=intervals
        )
        for source, rows in sorted(sources.items())
    }
    return figures


def chances_of(readings: Sequence[Reading]) -> NDArray[np.float64]:
    """Return float64[n, 4]: at least amber, at least red, crisis, misinformation."""
    return np.array([(one.at_least_amber, one.at_least_red, one.crisis, one.misinformation) for one in readings])


def decided_at(readings: Sequence[Reading], thresholds: Thresholds) -> NDArray[np.bool_]:
    """Return bool[n, 4]: whether each post counts as at least amber, at least red, crisis, misinformation."""
    severities = np.array([one.severity(thresholds) for one in readings])
    claims = np.array([one.misinformation >= thresholds.misinformation for one in readings])
    return np.column_stack([*(severities > level for level in range(3)), claims])


def figures_of(
    readings: Sequence[Reading], examples: Sequence[Example], thresholds: Thresholds, *, intervals: bool
) -> Figures:
    """Measure ranking, calibration and the decisions at the thresholds, as the bare model decides in service."""
    right, known = truths(examples)
    chances = chances_of(readings)
    decided = decided_at(readings, thresholds)
    figures: Figures = {"rows": len(examples)}
    for name, output in OUTPUTS.items():
        rows = known[:, output]
        truth, said = right[rows, output], chances[rows, output]
        if min(truth.sum(), (~truth).sum()) < FEWEST:
            continue
        figures[name] = _ranking(truth, said, intervals=intervals) | _decisions(truth, decided[rows, output])
    labelled = [row for row, example in enumerate(examples) if example.severity is not None]
    if labelled:
        wanted = np.array([examples[row].severity for row in labelled])
        confusion = np.zeros((len(Severity), len(Severity)), dtype=int)
        np.add.at(confusion, (wanted, decided[labelled, :3].sum(axis=1)), 1)
        figures["confusion"] = confusion.tolist()
    return figures


def _ranking(truth: NDArray[np.bool_], said: NDArray[np.float64], *, intervals: bool) -> Figures:
    measures = {
        "auroc": auroc,
        "average precision": average_precision,
        "best F1": best_f1,
        "precision at recall 0.9": precision_at_recall,
    }
    found: Figures = {"positive": int(truth.sum()), "rows": len(truth)}
    for name, measure in measures.items():
        found[name] = list(bootstrap(measure, truth, said)) if intervals else measure(truth, said)
    found["calibration error"] = calibration_error(truth, said)
    return found


def _decisions(truth: NDArray[np.bool_], decided: NDArray[np.bool_]) -> Figures:
    hits = int((truth & decided).sum())
    return {
        "recall": hits / int(truth.sum()),
        "precision": hits / max(1, int(decided.sum())),
        "false alarms": float((decided & ~truth).sum() / (~truth).sum()),
    }


class ReadOnce:
    """A backend that remembers: many tables ask for the same posts."""

    def __init__(self, backend: Backend) -> None:
        """Read with this one what is new."""
        self._backend = backend
        self._known: dict[Post, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}

    def read(self, posts: Sequence[Post]) -> Opinion:
        """Judge posts.

        Raises: ModelFailed.
        """
        new = list({post for post in posts if post not in self._known})
        if new:
            found = self._backend.read(new)
            self._known |= dict(zip(new, zip(found.logits, found.embeddings, strict=True), strict=True))
        logits, embeddings = zip(*(self._known[post] for post in posts), strict=True)
        return Opinion(np.stack(logits), np.stack(embeddings))
