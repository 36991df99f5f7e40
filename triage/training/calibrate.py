"""After training: logits become probabilities, and thresholds are chosen. Both on the dev split alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from triage.model.reading import Calibration, Thresholds, calibrated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from triage.training.examples import Example

URGENT_RECALL = 0.95
"""Share of urgent posts that the threshold has to find on the dev split; of those, the least workload is taken."""
NEEDED = 10
"""Fewer rows of either kind calibrate nothing."""


def truths(examples: Sequence[Example]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return bool[n, 4] for each level and misinformation, and bool[n, 4] whether it is known."""
    right, known = np.zeros((len(examples), 4), dtype=bool), np.zeros((len(examples), 4), dtype=bool)
    for row, example in enumerate(examples):
        if example.severity is not None:
            right[row, :3] = [example.severity > level for level in range(3)]
            known[row, :3] = True
        if example.misinformation is not None:
            right[row, 3], known[row, 3] = example.misinformation, True
    return right, known


def calibrate(logits: NDArray[np.float32], examples: Sequence[Example]) -> Calibration:
    """Fit a scale and a shift for each output (Platt 1999); an output with too few rows stays as it is."""
    right, known = truths(examples)
    scales, shifts = [1.0] * 4, [0.0] * 4
    for output in range(4):
        rows = known[:, output]
        truth = right[rows, output]
        if min(truth.sum(), (~truth).sum()) < NEEDED:
            continue
        fitted = LogisticRegression(C=100.0).fit(logits[rows, output, None], truth)
        if fitted.coef_[0, 0] > 0:
            scales[output], shifts[output] = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return Calibration(scale=(*scales,), shift=(*shifts,))  # type: ignore[arg-type]


def choose_thresholds(logits: NDArray[np.float32], calibration: Calibration, examples: Sequence[Example]) -> Thresholds:
    """Choose where posts count as amber, red, crisis and misinformation.

    Red: the highest threshold that finds 95 % of the urgent posts. Amber: as it serves amber's F1, never above red's.
    Crisis and misinformation: as their F1 is best.
    """
    readings = calibrated(logits, calibration)
    chances = np.array([(one.at_least_amber, one.at_least_red, one.crisis, one.misinformation) for one in readings])
    right, known = truths(examples)

    def best(output: int) -> float:
        rows = known[:, output]
        return threshold_for_f1(right[rows, output], chances[rows, output])

    rows = known[:, 1]
    red = threshold_for_recall(right[rows, 1], chances[rows, 1], URGENT_RECALL)
    return Thresholds(amber=best(0), red=red, crisis=max(best(2), red), misinformation=best(3))


def threshold_for_recall(truth: NDArray[np.bool_], chances: NDArray[np.float64], recall: float) -> float:
    """Return the highest threshold that finds this share of the true rows; 0.5 where there is none."""
    found = np.sort(chances[truth])[::-1]
    if not found.size:
        return 0.5
    return round(float(found[int(np.ceil(recall * found.size)) - 1]) - 5e-5, 4)


def threshold_for_f1(truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> float:
    """Return the threshold with the best F1, in steps of 0.01; 0.5 where nothing is true."""
    if not truth.any():
        return 0.5
    steps = np.arange(0.05, 0.96, 0.01)
    scores = [2 * (truth & (chances >= step)).sum() / (truth.sum() + (chances >= step).sum()) for step in steps]
    return round(float(steps[int(np.argmax(scores))]), 2)
