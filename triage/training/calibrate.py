"""After training: logits become probabilities, and thresholds are chosen. Both on the dev split alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from triage.model.reading import Calibration, Thresholds, calibrated
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from triage.training.examples import Example

URGENT_RECALL = 0.95
"""Share of urgent posts that the threshold has to find on the dev split; of those, the least workload is taken."""
NEEDED = 10
"""Fewer rows of either kind calibrate nothing."""
FALSE_ALARMS = {"red": 0.02, "amber": 0.04, "misinformation": 0.01}
"""Share of ordinary green posts that each threshold may let through, at most; together about 5 %."""
ENOUGH_ORDINARY = 50
"""With fewer ordinary green posts, all green posts count as such."""


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

    Red: the highest threshold that finds 95 % of the urgent posts. The others: as their F1 is best. But none so low
    that moderators would drown: ``FALSE_ALARMS`` bounds each.
    """
    readings = calibrated(logits, calibration)
    chances = np.array([(one.at_least_amber, one.at_least_red, one.crisis, one.misinformation) for one in readings])
    right, known = truths(examples)
    quiet = ordinary_green(examples)

    def at_best(output: int, name: str) -> float:
        rows = known[:, output]
        best = threshold_for_f1(right[rows, output], chances[rows, output])
        return max(best, threshold_for_share(chances[quiet, output], FALSE_ALARMS[name]))

    urgent = known[:, 1] & right[:, 1]
    red = max(
        threshold_for_share(chances[urgent, 1], URGENT_RECALL),
        threshold_for_share(chances[quiet, 1], FALSE_ALARMS["red"]),
    )
    rows = known[:, 2]
    crisis = max(red, threshold_for_f1(right[rows, 2], chances[rows, 2]))
    return Thresholds(amber=at_best(0, "amber"), red=red, crisis=crisis, misinformation=at_best(3, "misinformation"))


def ordinary_green(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Return which rows are ordinary green posts; of too few such rows, all green ones."""
    green = np.array([example.severity == Severity.GREEN for example in examples], dtype=bool)
    ordinary = green & np.array([example.is_ordinary for example in examples], dtype=bool)
    return ordinary if ordinary.sum() >= ENOUGH_ORDINARY else green


def threshold_for_share(chances: NDArray[np.float64], share: float) -> float:
    """Return the threshold that this share of the chances reaches, as nearly as can be; 0.5 where there are none."""
    ordered = np.sort(chances)[::-1]
    if not ordered.size:
        return 0.5
    return round(float(ordered[max(0, int(np.ceil(share * ordered.size)) - 1)]) - 5e-5, 4)


def threshold_for_f1(truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> float:
    """Return the threshold with the best F1, in steps of 0.01; 0.5 where nothing is true."""
    if not truth.any():
        return 0.5
    steps = np.arange(0.05, 0.96, 0.01)
    scores = [2 * (truth & (chances >= step)).sum() / (truth.sum() + (chances >= step).sum()) for step in steps]
    return round(float(steps[int(np.argmax(scores))]), 2)
