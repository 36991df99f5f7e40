"""The functional test set: rows by kind, each of them right or wrong (after HateCheck, Röttger et al. 2021).

A row is right where the decision serves the person: crisis and red as urgent, amber as reviewed but not as crisis,
green as not reviewed unless for a claim, misinformation as labelled, a foreign language as reviewed.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from triage.posts import Post
from triage.scales import Severity, severity_of
from triage.training.examples import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from triage.assessment import Assessment
    from triage.model.bare import BareModel

FILE = Path(__file__).parents[1] / "functional" / "functional.jsonl"
INDEPENDENT = FILE.with_name("independent.jsonl")
"""A second set, by writers who had seen neither the rules nor the corpus nor the first set."""
FRESH = FILE.with_name("fresh.jsonl")
"""A third one, by yet another writer. Nobody who changed anything read its rows; its shares by kind were seen."""


class Row(msgspec.Struct, frozen=True):
    """One row: a post, and what has to come of it."""

    text: str
    kind: str
    parent: str = ""
    title: str = ""
    severity: Literal["green", "amber", "red", "crisis"] | None = None
    misinformation: int | None = None
    needs_review: bool | None = None

    @property
    def post(self) -> Post:
        """The post as triage reads it."""
        return Post(text=self.text, title=self.title, parent=self.parent)


def read_functional(file: Path = FILE) -> list[Row]:
    """Read the set.

    Raises: DataUnusable.
    """
    return read_lines(file, Row)


def is_right(row: Row, severity: Severity, *, is_misinformation: bool, needs_review: bool) -> bool:
    """Tell whether a decision is right for a row."""
    if row.needs_review is not None:
        return needs_review == row.needs_review
    if row.misinformation is not None and is_misinformation != bool(row.misinformation):
        return False
    if row.severity is None:
        return True
    wanted = severity_of(row.severity)
    if wanted.is_urgent:
        return severity.is_urgent
    if wanted is Severity.AMBER:
        return needs_review and severity is not Severity.CRISIS
    return severity is Severity.GREEN and needs_review == bool(row.misinformation)


def shares(rows: Sequence[Row], right: Iterable[bool]) -> dict[str, float]:
    """Return the share of right rows by kind."""
    counted: defaultdict[str, list[bool]] = defaultdict(list)
    for row, is_so in zip(rows, right, strict=True):
        counted[row.kind].append(is_so)
    return {kind: sum(found) / len(found) for kind, found in counted.items()}


def right_of_assessments(rows: Sequence[Row], assessments: Sequence[Assessment]) -> list[bool]:
    """Judge the whole triage."""
    return [
        is_right(row, found.severity, is_misinformation=found.is_misinformation, needs_review=found.needs_review)
        for row, found in zip(rows, assessments, strict=True)
    ]


def by_kind(model: BareModel, rows: Sequence[Row]) -> dict[str, float]:
    """Judge the bare model."""
    right: list[bool] = []
    for row, reading in zip(rows, model.read([row.post for row in rows]), strict=True):
        severity = reading.severity(model.thresholds)
        is_misinformation = reading.misinformation >= model.thresholds.misinformation
        needs_review = severity > Severity.GREEN or is_misinformation
        right.append(is_right(row, severity, is_misinformation=is_misinformation, needs_review=needs_review))
    return shares(rows, right)
