"""How good a model is, in the field's own measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import precision_recall_curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Chances = NDArray[np.float64]
    Truth = NDArray[np.bool_]

RESAMPLES = 1000
BINS = 10


class Interval(NamedTuple):
    """A figure and the middle 95 % of what it is on samples drawn anew (bootstrap)."""

    value: float
    low: float
    high: float


def share_found(truth: Truth, decided: Chances) -> float:
    """Share of the true posts that are found (recall); ``decided`` is 1 where a post was said to be so, else 0."""
    return float(decided[truth].mean())


def auroc(truth: Truth, chances: Chances) -> float:
    """Chance that a true post is scored above another one, of its rank (Mann and Whitney 1947); 0.5 is guessing."""
    true, others = int(truth.sum()), int((~truth).sum())
    return float((rankdata(chances)[truth].sum() - true * (true + 1) / 2) / (true * others))


def average_precision(truth: Truth, chances: Chances) -> float:
    """Area under the precision-recall curve, in steps."""
    precision, recall, _ = precision_recall_curve(truth, chances)
    return float(-(np.diff(recall) * precision[:-1]).sum())


def best_f1(truth: Truth, chances: Chances) -> float:
    """Return the F1 at the threshold that suits these very rows best: an upper bound, for comparison with others."""
    precision, recall, _ = precision_recall_curve(truth, chances)
    return float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-12)))


def precision_at_recall(truth: Truth, chances: Chances, *, recall: float = 0.9) -> float:
    """Share of alarms that are right where at least so many of the true posts are found."""
    precision, reached, _ = precision_recall_curve(truth, chances)
    return float(np.max(precision[reached >= recall]))


def recall_at_precision(truth: Truth, chances: Chances, *, precision: float) -> float:
    """Share of the true posts that are found where at least so many alarms are right; 0 where that is never so."""
    reached, recall, _ = precision_recall_curve(truth, chances)
    return float(np.max(recall[reached >= precision], initial=0.0))


def recall_at_workload(truth: Truth, chances: Chances, *, share: float) -> float:
    """Share of the true posts among the highest scores, where this share of all posts is looked at."""
    looked_at = np.argsort(-chances, kind="stable")[: max(1, round(share * len(chances)))]
    return float(truth[looked_at].sum() / truth.sum())


def calibration_error(truth: Truth, chances: Chances) -> float:
    """Expected calibration error: mean distance of what was said from what was, over ten bins of equal width."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    total = 0.0
    for index in range(BINS):
        inside = bins == index
        if inside.any():
            total += inside.mean() * abs(truth[inside].mean() - chances[inside].mean())
    return float(total)


def bootstrap(
    measure: Callable[[Truth, Chances], float],
    truth: Truth,
    chances: Chances,
    *,
    seed: int = 1,
    samples: int = RESAMPLES,
) -> Interval:
    """Measure on the rows and on samples of them drawn with replacement."""
    random = np.random.default_rng(seed)
    found: list[float] = []
    while len(found) < samples:
        rows = random.integers(0, len(truth), len(truth))
        if 0 < truth[rows].sum() < len(rows):
            found.append(measure(truth[rows], chances[rows]))
    return Interval(measure(truth, chances), *(float(end) for end in np.quantile(found, (0.025, 0.975))))


def quadratic_kappa(one: NDArray[np.int64], other: NDArray[np.int64], *, levels: int = 4) -> float:
    """Cohen's kappa of two readers with quadratic weights (Cohen 1968); 1 where both give one and the same level."""
    seen = np.zeros((levels, levels))
    np.add.at(seen, (one, other), 1)
    distance = (np.arange(levels)[:, None] - np.arange(levels)[None, :]) ** 2
    expected = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    by_chance = (distance * expected).sum()
    return float(1 - (distance * seen).sum() / by_chance) if by_chance else 1.0
