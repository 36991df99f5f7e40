"""After training: logits become probabilities, and thresholds are chosen. Both on the dev split alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
FALSE_ALARMS, FALSE_CLAIMS = 0.04, 0.01
"""Share of ordinary green posts that may be flagged at most, by severity, and as misinformation: less than the goal of
5 %, since a bound that 1,700 posts of the dev split just keep is exceeded on others as often as not."""
URGENT_WEIGHT = 2
"""An urgent post that is found counts as much as so many others that are judged right."""
STEPS = np.arange(0.05, 0.99, 0.01)
ENOUGH_ORDINARY = 50
"""With fewer ordinary green posts, all green posts count as such."""
ENOUGH_OF_A_SOURCE = 300
"""So many ordinary green posts of one source keep the bound on false alarms by themselves, too."""


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

    Of the pairs for amber and red that flag few enough ordinary posts, in all and of each large source: the one with
    the least workload that finds 95 % of the urgent posts as urgent. Where there is none: the one with the least
    workload of those by which most posts are judged right, urgent ones counting double, or so many that the rows cannot
    tell the difference (the rule of one standard error; Breiman et al., Classification and Regression Trees, 1984).
    Misinformation: as its F1 is best, within its own bound.
    """
    readings = calibrated(logits, calibration)
    chances = np.array([(one.at_least_amber, one.at_least_red, one.crisis, one.misinformation) for one in readings])
    right, known = truths(examples)
    ordinary = ordinary_green(examples)
    quiet = chances[ordinary]
    rows = known[:, 0]
    amber, red = _amber_and_red(chances[rows], right[rows], [quiet, *_of_each_source(chances, examples, ordinary)])
    crisis = max(red, threshold_for_f1(right[rows, 2], chances[rows, 2]))
    rows = known[:, 3]
    misinformation = max(
        threshold_for_f1(right[rows, 3], chances[rows, 3]), threshold_for_share(quiet[:, 3], FALSE_CLAIMS)
    )
    return Thresholds(amber=amber, red=red, crisis=crisis, misinformation=misinformation)


class _Pair(NamedTuple):
    """Thresholds for amber and red, and what they do with the rows."""

    amber: float
    red: float
    recall: float
    """Share of the urgent posts that are found as urgent."""
    judged_right: float
    """Share of the posts, urgent ones counting double: urgent found as such, amber flagged, green left alone."""
    workload: float
    """Share of the posts that are flagged."""


def _of_each_source(
    chances: NDArray[np.float64], examples: Sequence[Example], ordinary: NDArray[np.bool_]
) -> list[NDArray[np.float64]]:
    """Return the chances of ordinary posts, float64[m, 4] for each source that has enough of them."""
    sources = np.array([example.source for example in examples])
    parts = [chances[ordinary & (sources == source)] for source in sorted(set(sources.tolist()))]
    return [part for part in parts if len(part) >= ENOUGH_OF_A_SOURCE]


def _amber_and_red(
    chances: NDArray[np.float64], right: NDArray[np.bool_], quiet: Sequence[NDArray[np.float64]]
) -> tuple[float, float]:
    """Return the thresholds; ``chances`` float64[n, 4], ``right`` bool[n, 4], each of ``quiet`` float64[m, 4]."""
    urgent = right[:, 1]
    weights = np.where(urgent, URGENT_WEIGHT, 1)
    pairs: list[_Pair] = []
    for red in STEPS:
        for amber in STEPS:
            if any(((part[:, 0] >= amber) | (part[:, 1] >= red)).mean() > FALSE_ALARMS for part in quiet):
                continue
            found = chances[:, 1] >= red
            flagged = found | (chances[:, 0] >= amber)
            judged_right = np.where(urgent, found, flagged == right[:, 0])
            pairs.append(
                _Pair(
                    amber=round(float(amber), 2),
                    red=round(float(red), 2),
                    recall=float(found[urgent].mean()) if urgent.any() else 0.0,
                    judged_right=float(np.average(judged_right, weights=weights)),
                    workload=float(flagged.mean()),
                )
            )
    if not pairs:
        return 0.5, 0.5
    good = [pair for pair in pairs if pair.recall >= URGENT_RECALL]
    if not good:
        best = max(pair.judged_right for pair in pairs)
        error = float(np.sqrt(best * (1 - best) / len(chances)))
        good = [pair for pair in pairs if pair.judged_right >= best - error]
    chosen = min(good, key=lambda pair: pair.workload)
    return chosen.amber, chosen.red


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
