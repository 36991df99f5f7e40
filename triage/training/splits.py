"""Which examples are learnt from, which choose thresholds, which only measure."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.training.examples import Example


class Splits(NamedTuple):
    """Three lists that share no group."""

    train: list[Example]
    dev: list[Example]
    test: list[Example]


def split_by_group(examples: Sequence[Example], *, dev_share: float = 0.12, test_share: float = 0.12) -> Splits:
    """Split by a hash of the group, so that a group stays where it is when others come or go."""
    splits = Splits([], [], [])
    groups: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        groups[example.group].append(example)
    for group, members in groups.items():
        place = int.from_bytes(sha256(group.encode()).digest()[:8]) / 2**64
        chosen = splits.test if place < test_share else splits.dev if place < test_share + dev_share else splits.train
        chosen.extend(members)
    return splits
