"""Thresholds: they find urgent posts, and do not drown moderators in ordinary ones."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from triage.model.reading import Calibration, Thresholds, calibrated
from triage.model.release import Settings
from triage.posts import Post
from triage.scales import Severity
from triage.training.calibrate import (
    ENOUGH_OF_A_SOURCE,
    FALSE_ALARMS,
    HIGHEST_RED,
    calibrate,
    choose_thresholds,
    keep_thresholds,
)
from triage.training.examples import Example

NOTHING_CHANGED = Calibration()


def example(severity: Severity, *, is_ordinary: bool = False) -> Example:
    return Example(post=Post(text="Words."), severity=severity, misinformation=False, is_ordinary=is_ordinary)


def logits_of(values: list[float]) -> np.ndarray:
    """Return logits whose levels fall by one from left to right, and no misinformation."""
    return np.array([(value + 1, value, value - 1, -4) for value in values], dtype=np.float32)


def flagged(values: list[float], examples: list[Example]) -> list[Severity]:
    logits = logits_of(values)
    thresholds = choose_thresholds(logits, NOTHING_CHANGED, examples)
    return [reading.severity(thresholds) for reading in calibrated(logits, NOTHING_CHANGED)]


def test_nearly_all_urgent_posts_are_found_where_that_costs_little() -> None:
    examples = [example(Severity.RED)] * 100 + [example(Severity.GREEN, is_ordinary=True)] * 200
    values = list(np.linspace(0, 4, 100)) + list(np.linspace(-6, 0, 200))
    found = flagged(values, examples)
    assert sum(severity.is_urgent for severity in found[:100]) >= 95
    assert sum(severity.is_urgent for severity in found[100:]) <= 3


def test_ordinary_posts_are_left_alone_even_where_hard_ones_ask_for_a_low_threshold() -> None:
    urgent, hard, ordinary = [example(Severity.RED)] * 100, [example(Severity.GREEN)] * 100, 200
    examples = [*urgent, *hard, *[example(Severity.GREEN, is_ordinary=True)] * ordinary]
    values = [*np.linspace(-3, 3, 100), *np.linspace(-3, 3, 100), *np.linspace(-6, 1, ordinary)]
    found = flagged(values, examples)
    assert sum(severity > Severity.GREEN for severity in found[200:]) <= 0.06 * ordinary
    assert any(severity.is_urgent for severity in found[:100])


def test_crisis_is_never_reached_below_red() -> None:
    examples = [example(severity) for severity in Severity for _ in range(30)]
    values = [float(severity) + offset for severity in Severity for offset in np.linspace(-2, 2, 30)]
    thresholds = choose_thresholds(logits_of(values), NOTHING_CHANGED, examples)
    assert thresholds.crisis >= thresholds.red


def test_each_source_with_many_ordinary_posts_keeps_the_bound_by_itself() -> None:
    # One post in twenty of the rarer source looks alarming, none of the other: of both together few do.
    quiet = [replace(example(Severity.GREEN, is_ordinary=True), source="posts") for _ in range(4 * ENOUGH_OF_A_SOURCE)]
    lively = [replace(one, source="comments") for one in quiet[:ENOUGH_OF_A_SOURCE]]
    urgent = [example(Severity.RED) for _ in range(40)]
    looks = [1.0 if number % 20 == 0 else -4.0 for number in range(ENOUGH_OF_A_SOURCE)]
    values = [-4.0] * len(quiet) + looks + [0.9, 3.0] * 20

    found = flagged(values, [*quiet, *lively, *urgent])

    comments = found[len(quiet) : len(quiet) + len(lively)]
    assert sum(severity > Severity.GREEN for severity in comments) / len(comments) <= FALSE_ALARMS
    assert sum(severity.is_urgent for severity in found[-len(urgent) :]) == len(urgent) / 2


def test_of_thresholds_that_the_rows_cannot_tell_apart_the_one_with_less_work_is_taken() -> None:
    plain, hidden, lost = ([example(Severity.RED)] * number for number in (80, 10, 10))
    quiet, hard = [example(Severity.GREEN, is_ordinary=True)] * 400, [example(Severity.GREEN)] * 21
    values = [*[4.0] * 80, *[0.2] * 10, *[-5.0] * 10, *[-5.0] * 400, *[0.3] * 21]

    found = flagged(values, [*plain, *hidden, *lost, *quiet, *hard])

    # Ten urgent posts, which count double, for twenty-one false alarms: as good as leaving both alone, and more work.
    assert all(severity.is_urgent for severity in found[:80])
    assert all(severity is Severity.GREEN for severity in found[80:])


def hard_rows(crises: int = 0) -> tuple[np.ndarray, list[Example]]:
    """Urgent and green posts that look nearly alike, none of them ordinary; the first of the urgent are crises."""
    urgent = [example(Severity.CRISIS)] * crises + [example(Severity.RED)] * (100 - crises)
    return logits_of([*np.linspace(4, -2, 100), *np.linspace(-4, 2, 100)]), [*urgent, *[example(Severity.GREEN)] * 100]


@pytest.mark.parametrize("crises", [0, 5, 40])
def test_without_ordinary_posts_a_model_that_goes_on_decides_as_before(crises: int) -> None:
    logits, examples = hard_rows(crises)
    settings = Settings(
        calibration=Calibration(scale=(0.5, 0.7, 1.3, 0.9), shift=(0.4, -0.3, 0.2, 0.1)),
        thresholds=Thresholds(amber=0.8, red=0.2, crisis=0.7, misinformation=0.4),
        ranges={},
    )
    again = calibrate(logits, examples, before=settings.calibration)
    kept = keep_thresholds(settings, logits, examples)

    before = [reading.severity(settings.thresholds) for reading in calibrated(logits, settings.calibration)]
    after = [reading.severity(kept) for reading in calibrated(logits, again)]
    assert (
        sum(one is not other for one, other in zip(before, after, strict=True)) <= 2
    )  # of those that lie at a threshold
    assert sum(severity.is_urgent for severity in before[:100]) > 70
    assert Severity.CRISIS in before


def test_without_ordinary_posts_or_a_model_to_go_on_from_hard_ones_do_not_hide_urgent_ones() -> None:
    logits, examples = hard_rows()
    thresholds = choose_thresholds(logits, calibrate(logits, examples), examples)
    assert thresholds.red <= HIGHEST_RED


def test_ordinary_posts_with_a_false_claim_leave_the_threshold_for_claims_alone() -> None:
    quiet = [example(Severity.GREEN, is_ordinary=True)] * 300
    claims = [replace(example(Severity.GREEN, is_ordinary=True), misinformation=True)] * 60
    logits = np.array([(-4, -5, -6, -4)] * 300 + [(-4, -5, -6, 0)] * 40 + [(-4, -5, -6, 4)] * 20, dtype=np.float32)

    thresholds = choose_thresholds(logits, NOTHING_CHANGED, [*quiet, *claims])

    found = [reading.misinformation >= thresholds.misinformation for reading in calibrated(logits, NOTHING_CHANGED)]
    assert found == [False] * 300 + [True] * 60
