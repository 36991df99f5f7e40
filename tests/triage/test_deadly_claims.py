"""Which claims are held: those that may kill, by name or by what comes nearest, and never a cry for help.

What the network answers is given here; the triage around it is the real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from triage.assessment import Assessment, Route
from triage.classifier import Classifier
from triage.model.bare import BareModel
from triage.model.engine import Opinion
from triage.model.reading import Calibration, Thresholds
from triage.model.release import Settings
from triage.myths import read_myths
from triage.myths.matching import MythIndex, embed_library
from triage.policy import TriagePolicy
from triage.posts import Post

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = read_myths()[0]
CLAIM = "The garden gnome told me all about it."
OTHER = "It worked for me."
RED, CRISIS = [4, 3, -4], [4, 4, 4]
ASSERTED, NOT_ASSERTED = 3, -6
NAMED, NEAR, FAR = 0.9, 0.65, 0.45
SETTINGS = Settings(
    calibration=Calibration(),
    thresholds=Thresholds(amber=0.5, red=0.5, crisis=0.5, misinformation=0.5),
    myth_similarity=0.75,
    deadly_similarity=0.6,
    ranges={},
)


class Given:
    """Answers the same of every post, and puts the claim so near to every myth."""

    def __init__(self, logits: Sequence[float], similarity: float) -> None:
        self._logits = logits
        self._claim = [similarity, np.sqrt(1 - similarity**2)]

    def read(self, posts: Sequence[Post]) -> Opinion:
        places = [self._claim if post.text == CLAIM else [0, 1] if post.text == OTHER else [1, 0] for post in posts]
        return Opinion(np.array([self._logits] * len(posts), np.float32), np.array(places, np.float32))


def assess(
    similarity: float, *, severity: Sequence[float] = RED, claim: float = ASSERTED, harm: str = "life-threatening",
    policy: TriagePolicy | None = None, post: Post | None = None,
) -> Assessment:  # fmt: skip
    model = BareModel("given", SETTINGS, Given([*severity, claim], similarity))
    myths = [replace(FIRST, harm=harm)]
    index = MythIndex(myths, model.embed, embed_library(myths, model.embed))
    return Classifier(model, index).assess([post or Post(text=CLAIM)], policy=policy or TriagePolicy())[0]


def test_known_deadly_myth_is_held_and_named() -> None:
    found = assess(NAMED)

    assert found.route is Route.HOLD
    assert found.myth == FIRST.slug
    assert [reason.kind for reason in found.reasons] == ["model", "model", "myth"]


def test_claim_in_the_title_is_held_as_well() -> None:
    found = assess(NAMED, post=Post(text=OTHER, title=CLAIM))

    assert found.route is Route.HOLD
    [reason] = [reason for reason in found.reasons if reason.kind == "myth"]
    assert (reason.start, reason.end) == (None, None)


def test_claim_that_comes_nearest_to_a_deadly_myth_is_held_without_a_name() -> None:
    found = assess(NEAR)

    assert found.route is Route.HOLD
    assert found.myth is None
    [reason] = [reason for reason in found.reasons if reason.kind == "deadly"]
    assert FIRST.claim in reason.explanation
    assert (reason.start, reason.end) == (0, len(CLAIM))


@pytest.mark.parametrize(
    "given",
    [
        {"similarity": FAR},
        {"similarity": NEAR, "harm": "serious"},
        {"similarity": NEAR, "claim": NOT_ASSERTED},
        {"similarity": NEAR, "severity": CRISIS},
        {"similarity": NAMED, "policy": TriagePolicy(hold_misinformation=False)},
    ],
)
def test_what_is_far_or_harms_less_or_asserts_nothing_or_may_be_a_cry_for_help_is_not_held(
    given: dict[str, object],
) -> None:
    assert assess(**given).route is Route.PUBLISH  # pyright: ignore[reportArgumentType]
