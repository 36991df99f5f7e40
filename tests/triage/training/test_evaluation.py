"""A model's figures on cases small enough to work out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from triage.model.reading import Reading, Thresholds
from triage.posts import Post
from triage.scales import Severity
from triage.training.evaluation import chances_of, evaluate, figures_of
from triage.training.examples import Example

if TYPE_CHECKING:
    from triage.model.bare import BareModel

THRESHOLDS = Thresholds(amber=0.5, red=0.4, crisis=0.9, misinformation=0.5)


class Set:
    """A model that is known by its thresholds alone."""

    version = "by-hand"
    thresholds = THRESHOLDS


MODEL = cast("BareModel", Set())


def post(severity: Severity | None, red: float, *, claim: bool | None = None, source: str = "ours") -> Example:
    return Example(post=Post(text=f"{red}"), severity=severity, misinformation=claim, source=source)


def read(red: float, *, amber: float = 0.95, crisis: float = 0.0, misinformation: float = 0.0) -> Reading:
    return Reading(max(amber, red), red, crisis, misinformation)


URGENT_CHANCES = (0.9, 0.8, 0.7, 0.5, 0.2)
OTHER_CHANCES = (0.85, 0.3, 0.25, 0.1, 0.05)
TEN = [post(Severity.RED, chance) for chance in URGENT_CHANCES] + [
    post(Severity.AMBER, chance) for chance in OTHER_CHANCES
]
READINGS = [read(chance) for chance in (*URGENT_CHANCES, *OTHER_CHANCES)]


def test_chances_stand_in_the_order_of_the_outputs() -> None:
    assert chances_of([Reading(0.9, 0.6, 0.3, 0.1)]).tolist() == [[0.9, 0.6, 0.3, 0.1]]


def test_urgent_is_ranked_and_decided_as_worked_out_by_hand() -> None:
    urgent = evaluate(MODEL, READINGS, TEN)["all"]["urgent"]
    assert (urgent["positive"], urgent["rows"]) == (5, 10)
    # Of 25 pairs these are in the wrong order: 0.85 before 0.8, 0.7, 0.5, 0.2, then 0.3 and 0.25 before 0.2.
    assert urgent["auroc"] == pytest.approx(19 / 25)
    # Found at ranks 1, 3, 4, 5 and 8 of 10.
    assert urgent["average precision"] == pytest.approx((1 / 1 + 2 / 3 + 3 / 4 + 4 / 5 + 5 / 8) / 5)
    assert urgent["best F1"] == pytest.approx(2 * (4 / 5) * (4 / 5) / (4 / 5 + 4 / 5))
    assert urgent["precision at recall 0.9"] == pytest.approx(5 / 8)
    # At 0.4: four of five are found, one other is flagged.
    assert urgent["recall"] == pytest.approx(4 / 5)
    assert urgent["precision"] == pytest.approx(4 / 5)
    assert urgent["false alarms"] == pytest.approx(1 / 5)
    # Bins of a tenth: 0.05 | 0.1 | 0.2, 0.25 (half are so) | 0.3 | 0.5 | 0.7 | 0.8, 0.85 (half are so) | 0.9.
    distances = (0.05, 0.1, 2 * abs(0.5 - 0.225), 0.3, 0.5, 0.3, 2 * abs(0.5 - 0.825), 0.1)
    assert urgent["calibration error"] == pytest.approx(sum(distances) / 10)


def test_threshold_that_is_just_reached_counts() -> None:
    readings = [read(0.4) if reading.at_least_red == 0.5 else reading for reading in READINGS]
    assert evaluate(MODEL, readings, TEN)["all"]["urgent"]["recall"] == pytest.approx(4 / 5)


def test_what_is_flagged_nowhere_has_no_recall_and_divides_by_nothing() -> None:
    thresholds = Thresholds(red=0.99)
    urgent = figures_of(READINGS, TEN, thresholds, intervals=False)["urgent"]
    assert (urgent["recall"], urgent["precision"], urgent["false alarms"]) == (0, 0, 0)


def test_confusion_has_what_posts_are_down_and_decisions_across() -> None:
    examples = [post(Severity.GREEN, 0.1), post(Severity.AMBER, 0.5), post(Severity.CRISIS, 0.95), post(None, 0.9)]
    readings = [read(0.1, amber=0.2), read(0.5), read(0.95, crisis=0.91), read(0.9)]
    assert evaluate(MODEL, readings, examples)["all"]["confusion"] == [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 1],
    ]


def test_unlabelled_rows_are_left_out_of_what_they_say_nothing_about() -> None:
    examples = [*TEN, *(post(None, 0.99, claim=number < 5) for number in range(10))]
    readings = [*READINGS, *(read(0.99, misinformation=0.9 if number < 5 else 0.1) for number in range(10))]
    figures = evaluate(MODEL, readings, examples)["all"]
    assert figures["rows"] == 20
    assert figures["urgent"] == evaluate(MODEL, READINGS, TEN)["all"]["urgent"]
    assert (figures["misinformation"]["rows"], figures["misinformation"]["auroc"]) == (10, 1.0)
    assert sum(map(sum, figures["confusion"])) == 10


@pytest.mark.parametrize("left", [slice(1, None), slice(None, -1)])
def test_too_few_rows_of_one_kind_rank_nothing(left: slice) -> None:
    figures = evaluate(MODEL, READINGS[left], TEN[left])["all"]
    assert "urgent" not in figures
    assert "confusion" in figures


def test_each_source_is_measured_apart() -> None:
    others = [post(one.severity, 0.5, source="theirs") for one in TEN]
    upside_down = [read(1 - reading.at_least_red) for reading in READINGS]
    figures = evaluate(MODEL, [*READINGS, *upside_down], [*TEN, *others])
    assert figures["model"] == "by-hand"
    areas = {source: found["urgent"]["auroc"] for source, found in figures["sources"].items()}
    assert areas == {"ours": pytest.approx(19 / 25), "theirs": pytest.approx(6 / 25)}
    assert figures["rows"] == figures["all"]["rows"] == 20


def test_post_that_is_flagged_as_urgent_alone_counts_as_flagged() -> None:
    # The last two reach the threshold for red, which is the lower one, and not that for amber.
    seen = [*(read(0.1, amber=0.2) for _ in range(9)), read(0.45, amber=0.45), read(0.45, amber=0.45)]
    examples = [*[post(Severity.GREEN, 0.1)] * 5, *[post(Severity.AMBER, 0.1)] * 5, post(Severity.GREEN, 0.1)]

    figures = figures_of(seen, examples, THRESHOLDS, intervals=False)

    assert figures["confusion"][Severity.GREEN] == [5, 0, 1, 0]
    assert figures["amber or above"]["false alarms"] == pytest.approx(1 / 6)
    assert figures["amber or above"]["recall"] == pytest.approx(1 / 5)
