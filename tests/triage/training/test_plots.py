"""The pictures of a model card are well-formed SVG, stand alone, and show what they were given."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from triage.training import plots
from triage.training.plots import MARGIN, SIDE

SVG = "{http://www.w3.org/2000/svg}"
TRUTH = np.array([True, False, True, False])
CHANCES = np.array([0.9, 0.8, 0.7, 0.1])
COUNTS = [[40, 3, 2, 1], [5, 20, 4, 0], [0, 6, 10, 7], [0, 0, 8, 9]]


def points(picture: bytes) -> list[tuple[float, float]]:
    """Return the corners of the one drawn line, as shares from 0 to 1."""
    [line] = [path for path in ET.fromstring(picture).iter(f"{SVG}path") if path.get("class") == "line"]
    corners = re.findall(r"([\d.]+) ([\d.]+)", line.get("d", ""))
    return [
        (round((float(x) - MARGIN) / SIDE, 3), round((MARGIN + SIDE - float(y)) / SIDE, 3)) for x, y in corners
    ]  # fmt: skip


def texts(picture: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "picture",
    [
        plots.precision_recall("a < b & c", TRUTH, CHANCES),
        plots.calibration("a < b & c", TRUTH, CHANCES),
        plots.confusion("a < b & c", COUNTS),
        plots.bars("a < b & c", {"x": 0.5}, goal=0.8),
    ],
)
def test_picture_is_well_formed_named_and_asks_for_nothing_else(picture: bytes) -> None:
    root = ET.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == "a < b & c"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    without_namespace = picture.replace(b'xmlns="http://www.w3.org/2000/svg"', b"")
    assert not re.search(rb"https?:|href|url\(|<script", without_namespace)


def test_precision_is_drawn_over_recall() -> None:
    # By falling threshold: 1 of 1 right, 1 of 2, 2 of 3, 2 of 4.
    assert points(plots.precision_recall("", TRUTH, CHANCES)) == [
        (1.0, 0.5), (1.0, 0.667), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0)
    ]  # fmt: skip


def test_long_curve_keeps_its_ends_and_few_points_between() -> None:
    random = np.random.default_rng(1)
    truth, chances = random.random(5000) < 0.2, random.random(5000)
    drawn = points(plots.precision_recall("", truth, chances))
    assert len(drawn) == 200
    assert drawn[0] == (1.0, pytest.approx(truth.mean(), abs=0.01))
    assert drawn[-1] == (0.0, 1.0)


def test_what_was_is_drawn_over_what_was_said() -> None:
    truth = np.array([True, False, True, True])
    chances = np.array([0.21, 0.29, 0.95, 1.0])
    assert points(plots.calibration("", truth, chances)) == [(0.25, 0.5), (0.975, 1.0)]


def test_table_shows_every_count_and_the_largest_darkest() -> None:
    picture = plots.confusion("", COUNTS)
    shown = [text for text in texts(picture) if text.isdigit()]
    assert shown == [str(count) for row in COUNTS for count in row]
    shades = [float(cell.get("opacity", "0")) for cell in ET.fromstring(picture).iter(f"{SVG}rect")]
    assert shades.index(max(shades)) == 0
    assert min(shades) > 0
    assert [text for text in texts(picture) if text and not text.isdigit()] == [
        label for level in ("green", "amber", "red", "crisis") for label in (level, level)
    ]  # fmt: skip


def test_table_without_any_count_is_drawn_too() -> None:
    assert texts(plots.confusion("", [[0] * 4] * 4)).count("0") == 16


def test_each_bar_is_as_long_as_its_share_and_those_below_the_goal_differ() -> None:
    picture = plots.bars("", {"plain <words>": 1.0, "slang": 0.79, "jokes": 0.0}, goal=0.8)
    drawn = [(bar.get("class"), bar.get("width")) for bar in ET.fromstring(picture).iter(f"{SVG}rect")]
    assert drawn == [("bar", "300"), ("low", "237"), ("low", "1")]
    assert texts(picture)[1:] == ["plain <words>", "100%", "slang", "79%", "jokes", "0%"]
