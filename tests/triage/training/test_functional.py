"""The functional sets: when a decision counts as right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from triage.scales import Severity
from triage.training.examples import DataUnusable
from triage.training.functional import Row, is_right, read_functional

if TYPE_CHECKING:
    from pathlib import Path


def test_line_that_is_no_row_is_named(tmp_path: Path) -> None:
    file = tmp_path / "functional.jsonl"
    file.write_text('{"text": "Hello.", "kind": "any"}\n{"text": ')
    with pytest.raises(DataUnusable, match=r"functional\.jsonl, line 2"):
        read_functional(file)
    with pytest.raises(DataUnusable, match=r"nowhere\.jsonl cannot be read"):
        read_functional(tmp_path / "nowhere.jsonl")


@pytest.mark.parametrize(
    ("severity", "claim", "found", "found_claim", "reviewed", "right"),
    [
        ("crisis", 0, Severity.RED, False, True, True),
        ("red", 0, Severity.CRISIS, False, True, True),
        ("red", 0, Severity.AMBER, False, True, False),
        ("amber", 0, Severity.RED, False, True, True),
        ("amber", 0, Severity.CRISIS, False, True, False),
        ("amber", 0, Severity.GREEN, False, True, True),
        ("amber", 0, Severity.GREEN, False, False, False),
        ("green", 0, Severity.GREEN, False, False, True),
        ("green", 0, Severity.GREEN, False, True, False),
        ("green", None, Severity.GREEN, True, True, False),
        ("green", 0, Severity.GREEN, True, True, False),
        ("green", 1, Severity.GREEN, True, True, True),
        ("green", 1, Severity.GREEN, False, False, False),
        ("green", 1, Severity.AMBER, True, True, False),
    ],
)
def test_a_decision_is_right_where_it_serves_the_person(
    *, severity: str, claim: int | None, found: Severity, found_claim: bool, reviewed: bool, right: bool
) -> None:
    row = Row(text="…", kind="any", severity=severity, misinformation=claim)  # type: ignore[arg-type]
    assert is_right(row, found, is_misinformation=found_claim, needs_review=reviewed) is right
