"""A candidate beside the model in use: their figures on the same rows, and whether it may take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from triage.training.calibrate import truths
from triage.training.candidate import spread
from triage.training.evaluation import FEWEST, OUTPUTS, chances_of, decided_at, evaluate
from triage.training.examples import CORPUS, read_examples
from triage.training.metrics import average_precision, bootstrap, recall_at_workload, share_found
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from triage.model.bare import BareModel
    from triage.model.reading import Reading, Thresholds
    from triage.training.examples import Example
    from triage.training.metrics import Chances, Truth

WORKLOAD = 0.2
"""Share of posts that moderators look at, at which two models' recall of urgent posts is compared."""
TOLERANCE = 0.005
"""A candidate counts as no worse at equal workload within this: rounding, not luck."""
SLACK = 0.01
"""Beyond chance a figure may fall by so much: a threshold a little higher finds a few posts fewer, for less work."""
SAMPLES = 200
"""Of the rows, drawn anew: enough to tell chance from loss, in seconds."""
OWN_ROWS = 500
"""So many test rows of our corpus show what was forgotten, where the data is another: reading all takes minutes."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that a candidate must hold."""

    name: str
    """What is measured, and on which posts."""
    candidate: float
    in_use: float
    lead: float
    """How far the candidate is ahead at most, in the middle 95 % of samples of these rows drawn anew (bootstrap)."""

    @property
    def is_lost(self) -> bool:
        """Whether the candidate is worse by more than what chance does to so many rows."""
        return self.lead < -SLACK


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate beside the model in use, on the same rows that neither was tuned on."""

    candidate: dict[str, Any]
    in_use: dict[str, Any] | None
    """None for the very first model."""
    urgent_recall_candidate: float | None
    """Recall of urgent posts where a fifth of all posts is looked at; None without urgent rows."""
    urgent_recall_in_use: float | None
    held: list[Held]
    """On the test rows of the data, and of our corpus where the data is another; empty for the very first model."""

    @property
    def losses(self) -> list[str]:
        """Why the candidate may not be promoted, as sentences; none where it may."""
        if self.in_use is None:
            return []
        now, then = self.urgent_recall_candidate, self.urgent_recall_in_use
        if now is None or then is None:
            return ["The test rows hold no urgent post, so nothing tells whether it finds them."]
        losses = [
            f"{one.name}: {one.candidate:.3f}, the model in use {one.in_use:.3f}." for one in self.held if one.is_lost
        ]
        if now < then - TOLERANCE:
            losses.insert(0, f"It finds fewer urgent posts at equal workload: {now:.3f}, the model in use {then:.3f}.")
        return losses


def compare(
    candidate: BareModel, readings: Sequence[Reading], in_use: BareModel | None, examples: Sequence[Example]
) -> Comparison:
    """Measure both models on the test rows ``examples``, and on those of our corpus where these are others.

    ``readings``: the candidate's, of these rows.
    """
    if in_use is None:
        return Comparison(
            candidate=evaluate(candidate, readings, examples), in_use=None, held=[],
            urgent_recall_candidate=urgent_recall(readings, examples), urgent_recall_in_use=None,
        )  # fmt: skip
    before = in_use.read([example.post for example in examples])
    limits = candidate.thresholds, in_use.thresholds
    held = list(_held((readings, before), limits, examples, "on the given test posts"))
    if own := own_rows(examples):
        posts = [example.post for example in own]
        held += _held((candidate.read(posts), in_use.read(posts)), limits, own, "on our corpus")
    return Comparison(
        candidate=evaluate(candidate, readings, examples),
        in_use=evaluate(in_use, before, examples),
        urgent_recall_candidate=urgent_recall(readings, examples),
        urgent_recall_in_use=urgent_recall(before, examples),
        held=held,
    )


def own_rows(examples: Sequence[Example]) -> list[Example]:
    """Return test rows of our corpus, evenly from all of it; none where ``examples`` are no others."""
    own = split_by_group(read_examples(sorted(CORPUS.glob("*.jsonl")))).test
    return [] if {one.post for one in own} == {one.post for one in examples} else spread(own, OWN_ROWS)


def urgent_recall(readings: Sequence[Reading], examples: Sequence[Example]) -> float | None:
    """Return the recall of urgent posts where a fifth of the posts is looked at; None without urgent posts."""
    right, known = truths(examples)
    rows = known[:, 1]
    truth = right[rows, 1]
    if not np.any(truth):
        return None
    chances = chances_of(readings)[rows, 1]
    return recall_at_workload(truth, chances, share=WORKLOAD)


def _held(
    both: tuple[Sequence[Reading], Sequence[Reading]],
    limits: tuple[Thresholds, Thresholds],
    examples: Sequence[Example],
    where: str,
) -> Generator[Held]:
    """Give what must be held on these rows, where they hold enough of either kind.

    ``both``, ``limits``: what the candidate and the model in use read, and their thresholds.
    """
    right, known = truths(examples)
    decided = np.stack([decided_at(*one) for one in zip(both, limits, strict=True)])
    chances = np.stack([chances_of(readings) for readings in both])
    for name, output in OUTPUTS.items():
        rows = known[:, output]
        truth, found = right[rows, output], decided[:, rows, output]
        if min(truth.sum(), (~truth).sum()) < FEWEST:
            continue
        yield _beside(f"{name}, found at the thresholds, {where}", share_found, truth, found.astype(np.float64))
        if name == "amber or above":
            left_alone = (~found).astype(np.float64)
            yield _beside(f"green, left alone at the thresholds, {where}", share_found, ~truth, left_alone)
        if name == "misinformation":
            yield _beside(f"{name}, average precision, {where}", average_precision, truth, chances[:, rows, output])


def _beside(name: str, measure: Callable[[Truth, Chances], float], truth: Truth, both: Chances) -> Held:
    """Measure on ``both`` float64[2, n]: what the candidate and the model in use said of these rows."""

    def ahead(truth: Truth, said: Chances) -> float:
        return measure(truth, said[:, 0]) - measure(truth, said[:, 1])

    return Held(
        name=name,
        candidate=measure(truth, both[0]),
        in_use=measure(truth, both[1]),
        lead=bootstrap(ahead, truth, both.T, samples=SAMPLES).high,
    )
