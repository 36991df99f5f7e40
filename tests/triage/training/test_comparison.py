"""A candidate may not take the place of what is in use where it finds less, or calls moderators for more."""

from __future__ import annotations

import msgspec
import pytest

from triage.loading import load_bare
from triage.model.bare import Backend, BareModel
from triage.model.release import open_release
from triage.model.shelf import RELEASED
from triage.training.comparison import compare
from triage.training.evaluation import ReadOnce
from triage.training.examples import CORPUS, Example, read_examples
from triage.training.splits import split_by_group

SOME = 400


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Test rows of our corpus, those with a false claim first."""
    rows = split_by_group(read_examples(sorted(CORPUS.glob("*.jsonl")))).test
    claims = [row for row in rows if row.misinformation][:40]
    return [*claims, *(row for row in rows if not row.misinformation)][:SOME]


@pytest.fixture(scope="module")
def backend() -> Backend:
    """The released weights, which read each post once."""
    return ReadOnce(load_bare(open_release(RELEASED)).backend)


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({}, None),
        ({"amber": 0.06, "red": 0.05}, "green, left alone at the thresholds, on the given test posts"),
        ({"amber": 0.99}, "amber or above, found at the thresholds, on the given test posts"),
        ({"misinformation": 0.99}, "misinformation, found at the thresholds, on the given test posts"),
    ],
    ids=["nothing changed", "more work", "less of amber", "fewer claims"],
)
def test_same_weights_with_other_thresholds_are_refused_for_what_they_do(
    examples: list[Example], backend: Backend, changed: dict[str, float], lost: str | None
) -> None:
    settings = open_release(RELEASED).settings
    thresholds = msgspec.structs.replace(settings.thresholds, **changed)
    in_use = BareModel("in use", settings, backend)
    candidate = BareModel("candidate", msgspec.structs.replace(settings, thresholds=thresholds), backend)
    readings = candidate.read([row.post for row in examples])

    losses = [loss.split(":")[0] for loss in compare(candidate, readings, in_use, examples).losses]

    assert losses == [] if lost is None else lost in losses
