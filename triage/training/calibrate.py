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

    from triage.model.release import Settings
    from triage.training.examples import Example

URGENT_RECALL = 0.95
"""Share of urgent posts that the threshold has to find on the dev split; of those, the least workload is taken."""
NEEDED = 10
"""Fewer rows of either kind calibrate nothing."""
AS_IT_IS = Calibration()
"""A logit is taken at its word."""
LEVELS, CLAIMS = (0, 1, 2), (3,)
"""The outputs for at least amber, at least red and crisis; that for misinformation."""
FALSE_ALARMS, FALSE_CLAIMS = 0.04, 0.01
"""Share of ordinary green posts that may be flagged at most, by severity, and as misinformation: less than the goal of
5 %, since a bound that 1,700 posts of the dev split just keep is exceeded on others as often as not."""
URGENT_WEIGHT = 2
"""An urgent post that is found counts as much as so many others that are judged right."""
STEPS = np.arange(0.05, 0.99, 0.01)
ENOUGH_ORDINARY = 50
"""Fewer ordinary green posts say nothing of false alarms, and the hard green ones beside them would say too much."""
HIGHEST_RED = 0.5
"""Where nothing bounds false alarms, a post that is more likely urgent than not counts as urgent."""
CHANCES = 0.01, 0.99
"""Between which a threshold that is kept stays."""
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


class Kept(NamedTuple):
    """What a candidate takes over from a model, where its own dev split says too little."""

    calibration: Calibration = AS_IT_IS
    thresholds: Thresholds | None = None
    """None: they are chosen."""


def calibrate(
    logits: NDArray[np.float32], examples: Sequence[Example], *, before: Calibration = AS_IT_IS
) -> Calibration:
    """Fit a scale and a shift for each output (Platt 1999); with too few rows they stay as ``before``.

    The three levels are fitted together or not at all: they bound each other, so they need one scale.
    """
    right, known = truths(examples)
    scales, shifts = list(before.scale), list(before.shift)
    for outputs in (LEVELS, CLAIMS):
        fits = [_fit(logits[known[:, output], output], right[known[:, output], output]) for output in outputs]
        for output, fit in zip(outputs, fits, strict=True):
            if fit is not None and None not in fits:
                scales[output], shifts[output] = fit
    return Calibration(scale=(*scales,), shift=(*shifts,))  # type: ignore[arg-type]


def _fit(logits: NDArray[np.float32], truth: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Return the scale and the shift of one output; None where too few rows, or rows in a wrong order, give none."""
    if min(truth.sum(), (~truth).sum()) < NEEDED:
        return None
    fitted = LogisticRegression(C=100.0).fit(logits[:, None], truth)
    scale, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return (scale, shift) if scale > 0 else None


def keep_thresholds(settings: Settings, logits: NDArray[np.float32], examples: Sequence[Example]) -> Thresholds:
    """Return a model's thresholds in the chances that a calibration on these examples gives; ``logits`` are its own.

    A threshold says how many false alarms one post that is found is worth (Elkan, The foundations of cost-sensitive
    learning, 2001). Said in chances that hold for the very rows on which another model is calibrated, it asks the same
    of that one: a model that learnt nothing decides as before, and one that learnt finds more, or raises fewer alarms.
    """
    limits, fitted = settings.thresholds, calibrate(logits, examples, before=settings.calibration)
    chances = np.clip([limits.amber, limits.red, limits.crisis, limits.misinformation], *CHANCES)
    own = (np.log(chances / (1 - chances)) - np.array(settings.calibration.shift)) / np.array(
        settings.calibration.scale
    )
    again = 1 / (1 + np.exp(-np.clip(own * np.array(fitted.scale) + np.array(fitted.shift), -60, 60)))
    amber, red, crisis, misinformation = (round(float(chance), 4) for chance in np.clip(again, *CHANCES))
    return Thresholds(amber=amber, red=red, crisis=max(red, crisis), misinformation=misinformation)


def choose_thresholds(logits: NDArray[np.float32], calibration: Calibration, examples: Sequence[Example]) -> Thresholds:
    """Choose where posts count as amber, red, crisis and misinformation.

    Without enough ordinary posts nothing bounds false alarms: red is 0.5 at most, the rest as below, but for the share
    of urgent posts that has to be found.

    Of the pairs for amber and red that flag few enough ordinary posts, in all and of each large source: the one with
    the least workload that finds 95 % of the urgent posts as urgent. Where there is none: the one with the least
    workload of those by which most posts are judged right, urgent ones counting double, or so many that the rows cannot
    tell the difference (the rule of one standard error; Breiman et al., Classification and Regression Trees, 1984).
    Misinformation: as its F1 is best, within its own bound, in which no ordinary post with a false claim counts.
    """
    ordinary = ordinary_green(examples)
    is_bounded = ordinary.sum() >= ENOUGH_ORDINARY
    readings = calibrated(logits, calibration)
    chances = np.array([(one.at_least_amber, one.at_least_red, one.crisis, one.misinformation) for one in readings])
    right, known = truths(examples)
    rows = known[:, 0]
    quiet = [chances[ordinary], *_of_each_source(chances, examples, ordinary)] if is_bounded else []
    amber, red = _amber_and_red(chances[rows], right[rows], quiet)
    crisis = max(red, threshold_for_f1(right[rows, 2], chances[rows, 2]))
    rows = known[:, 3]
    misinformation = threshold_for_f1(right[rows, 3], chances[rows, 3])
    if is_bounded:
        # Of a row whose label is unknown ``right`` is false: an ordinary post makes no false claim but by exception.
        claimless = chances[ordinary & ~right[:, 3], 3]
        misinformation = max(misinformation, threshold_for_share(claimless, FALSE_CLAIMS))
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
    reds = STEPS if quiet else STEPS[STEPS.round(2) <= HIGHEST_RED]
    urgent = right[:, 1]
    weights = np.where(urgent, URGENT_WEIGHT, 1)
    pairs: list[_Pair] = []
    for red in reds:
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
    good = [pair for pair in pairs if pair.recall >= URGENT_RECALL] if quiet else []
    if not good:
        best = max(pair.judged_right for pair in pairs)
        error = float(np.sqrt(best * (1 - best) / len(chances)))
        good = [pair for pair in pairs if pair.judged_right >= best - error]
    chosen = min(good, key=lambda pair: pair.workload)
    return chosen.amber, chosen.red


def ordinary_green(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Return which rows are ordinary green posts."""
    return np.array([example.is_ordinary and example.severity == Severity.GREEN for example in examples], dtype=bool)


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
