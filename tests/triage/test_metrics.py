"""The measures agree with the field's own library, and an interval holds what was measured."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, cohen_kappa_score, roc_auc_score

from triage.training.metrics import auroc, average_precision, bootstrap, calibration_error, quadratic_kappa

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("steps", [2, 10, 10_000])
def test_ranking_is_measured_as_by_the_library_also_with_ties(steps: int) -> None:
    truth = RANDOM.random(300) < 0.2
    chances = np.round(RANDOM.random(300) * steps) / steps
    assert auroc(truth, chances) == pytest.approx(roc_auc_score(truth, chances))
    assert average_precision(truth, chances) == pytest.approx(average_precision_score(truth, chances))


def test_kappa_is_the_libraries() -> None:
    one, other = RANDOM.integers(0, 4, 200), RANDOM.integers(0, 4, 200)
    expected = cohen_kappa_score(one, other, weights="quadratic")
    assert quadratic_kappa(one, other) == pytest.approx(expected)
    assert quadratic_kappa(one, one) == pytest.approx(1)
    assert quadratic_kappa(np.zeros(3, dtype=int), np.zeros(3, dtype=int)) == 1


def test_interval_holds_the_figure_and_narrows_with_more_rows() -> None:
    truth = RANDOM.random(2000) < 0.3
    chances = np.clip(truth * 0.2 + RANDOM.random(2000), 0, 1)
    few, many = (bootstrap(auroc, truth[:rows], chances[:rows]) for rows in (100, 2000))
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low


def test_calibration_error_is_the_distance_of_what_is_said_from_what_is() -> None:
    truth = np.array([True, False, False, False])
    assert calibration_error(truth, np.full(4, 0.25)) == pytest.approx(0)
    assert calibration_error(truth, np.full(4, 0.95)) == pytest.approx(0.7)
