"""What the bare model says of a post, as calibrated probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import numpy as np

from triage.scales import Severity

if TYPE_CHECKING:
    from numpy.typing import NDArray


Chance = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Calibration(msgspec.Struct, frozen=True):
    """Turns logits into probabilities: ``sigmoid(scale * logit + shift)`` for each output (Platt 1999)."""

    scale: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """For at least amber, at least red, crisis, misinformation."""
    shift: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


class Thresholds(msgspec.Struct, frozen=True):
    """From which probability on a post counts as so; chosen on the dev split, changeable by an admin."""

    amber: Chance = 0.5
    """For the probability of "at least amber"; likewise the two below."""
    red: Chance = 0.5
    crisis: Chance = 0.5
    misinformation: Chance = 0.5


class Reading(msgspec.Struct, frozen=True):
    """The bare model's opinion of one post. All numbers are probabilities, 0-1."""

    at_least_amber: float
    at_least_red: float
    crisis: float
    misinformation: float

    @property
    def scores(self) -> tuple[float, float, float, float]:
        """Probabilities of green, amber, red and crisis; they add up to 1."""
        return (
            1 - self.at_least_amber,
            self.at_least_amber - self.at_least_red,
            self.at_least_red - self.crisis,
            self.crisis,
        )

    def severity(self, thresholds: Thresholds) -> Severity:
        """Decide at these thresholds; the most urgent level that is reached counts."""
        if self.crisis >= thresholds.crisis:
            return Severity.CRISIS
        if self.at_least_red >= thresholds.red:
            return Severity.RED
        if self.at_least_amber >= thresholds.amber:
            return Severity.AMBER
        return Severity.GREEN


def calibrated(logits: NDArray[np.float32], calibration: Calibration) -> list[Reading]:
    """Turn logits (float32[n, 4]) into readings; the levels never rise from left to right."""
    scaled = logits.astype(np.float64) * np.array(calibration.scale) + np.array(calibration.shift)
    chances = 1 / (1 + np.exp(-np.clip(scaled, -60, 60)))
    chances[:, :3] = np.minimum.accumulate(chances[:, :3], axis=1)
    return [Reading(*(float(chance) for chance in row)) for row in chances]
