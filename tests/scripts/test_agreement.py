"""How far two readers agree is printed from the labels themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scripts import CHECKOUT, run_here, write

if TYPE_CHECKING:
    from pathlib import Path


def label(post: str, reader: str, severity: str, misinformation: int = 0) -> dict[str, Any]:
    return {
        "sha256": post, "source": "pool", "sample": "random", "pass": reader, "severity": severity,
        "misinformation": misinformation, "sure": 1,
    }  # fmt: skip


def test_figures_are_those_of_a_case_worked_out_by_hand(tmp_path: Path) -> None:
    pairs = [("green", "green"), ("green", "amber"), ("red", "red"), ("crisis", "crisis")]
    rows = [label(str(post), "A", first, int(post < 2)) for post, (first, _) in enumerate(pairs)]
    rows += [label(str(post), "B", second, int(post < 1)) for post, (_, second) in enumerate(pairs)]
    rows += [label("1", "settled", "amber", 1), label("read once", "A", "green")]
    labels = write(tmp_path / "labels.jsonl", rows)
    done = run_here("agreement.py", "--labels", str(labels), data_dir=tmp_path)
    assert done.exit_code == 0
    said = done.stdout.splitlines()
    assert said[0] == "5 posts, 4 of them with two readers."
    assert said[1] == "Settled by a third look: 1; the first reader's label changed in 1."
    # Squared distances add up to 1; by chance: (0+1+4+9 + 0+1+4+9 + 4+1+0+1 + 9+4+1+0) / 4 = 12.
    assert f"κ of severity, quadratic weights: {1 - 1 / 12:.3f}; 1 differ" in said
    assert "κ of urgent or not: 1.000; 0 differ" in said
    # 3 of 4 alike; by chance (2*1 + 2*3) / 16 = 1/2.
    assert "κ of misinformation: 0.500; 1 differ" in said
    assert "misinformation by the first reader: 2, by the second: 1" in said
    assert "| green | 1 | 1 | 0 | 0 |" in said
    assert "| crisis | 0 | 0 | 0 | 1 |" in said


def test_guide_says_what_our_labels_say(tmp_path: Path) -> None:
    said = run_here("agreement.py", data_dir=tmp_path).stdout
    guide = " ".join((CHECKOUT / "docs" / "labelling.md").read_text(encoding="utf-8").split())
    for figure, sentence in {
        "κ of severity, quadratic weights: 0.906;": "κ with quadratic weights .91 for severity",
        "κ of urgent or not: 0.899;": 'plain κ of "urgent or not" .90',
        "κ of misinformation: 0.811;": "For misinformation κ is .81",
        "14319 posts, 2098 of them": "14,319 real posts",
        "by the first reader: 18, by the second: 14": "(18 and 14 of 2,098)",
        "Settled by a third look: 218; the first reader's label changed in 151.": "label in 151 of 218",
        "| green | 1088 | 74 | 4 | 0 |": "74 posts green that the second calls amber",
        "| amber | 88 |": "88 amber that the second calls green",
    }.items():
        assert figure in said
        assert sentence in guide


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([label("a", "A", "green"), "{broken"], "line 2"),
        ([label("a", "C", "green")], "line 1"),
        ([label("a", "A", "green"), label("b", "B", "green")], "has two readers"),
    ],
)
def test_unusable_labels_are_named(tmp_path: Path, lines: list[Any], message: str) -> None:
    labels = write(tmp_path / "labels.jsonl", lines)
    done = run_here("agreement.py", "--labels", str(labels), data_dir=tmp_path)
    assert done.exit_code == 1
    assert message in done.stderr
    assert isinstance(done.exception, SystemExit)


def test_missing_labels_are_named(tmp_path: Path) -> None:
    done = run_here("agreement.py", "--labels", str(tmp_path / "nowhere.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 1
    assert "nowhere.jsonl cannot be read" in done.stderr
