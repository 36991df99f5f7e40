"""The library of known false health claims; README.md says how entries are vetted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

LIBRARY = Path(__file__).with_name("myths.jsonl")
DEADLY = "life-threatening"
"""The harm of a myth that somebody may die of acting on."""


class Source(msgspec.Struct, frozen=True):
    """Where a correction comes from."""

    title: str
    publisher: str
    year: int | None
    url: str
    read: bool
    """Whether it was read for this entry, or is a guideline known by its name."""
    checked: str


class Myth(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: the claim, and what is true."""

    slug: str
    topic: str
    claim: str
    phrasings: list[str]
    harm: Literal["low", "serious", "life-threatening"]
    correction: str
    counter: list[str]
    """Sentences that ask about the claim or deny it, to measure how often they are taken for it."""
    evidence: list[Source]

    @property
    def is_deadly(self) -> bool:
        """Tell whether somebody may die of acting on it."""
        return self.harm == DEADLY


def read_myths(file: Path = LIBRARY) -> list[Myth]:
    """Read the library."""
    decoder = msgspec.json.Decoder(Myth)
    return [decoder.decode(line) for line in file.read_bytes().splitlines() if line.strip()]
