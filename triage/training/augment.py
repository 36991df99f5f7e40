"""Further training rows made from those that there are: a post amid other talk, and a post typed in a hurry.

Both keep the label. They teach that one sentence in a long post can matter, that length alone says nothing, and that
typing errors change no meaning.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec

from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.training.examples import Example

BURIED_SHARE, HURRIED_SHARE = 0.12, 0.12
"""Rows of either kind, as a share of the rows that can be used."""
WEIGHT = 0.6
SHORT_WORDS, COMPANION_WORDS = 60, 120
"""Longest post that is put amid others, and longest of those others."""
ERROR_RATE = 0.03
"""Share of letters that a hurried writer gets wrong."""
_NEIGHBOURS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        ("sq", "vn", "xv", "sf", "wr", "dg", "fh", "gj", "uo", "hk", "jl", "k", "n", "bm", "ip", "o", "wa", "et", "ad",
         "ry", "yi", "cb", "qe", "zc", "tu", "x"),
        strict=True,
    )
)  # fmt: skip
"""Keys beside each letter on an English keyboard."""


def augmented(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """Return the further rows, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    usable = [one for one in examples if one.severity is not None and one.misinformation is not None]
    return [*_buried(usable, chance), *_hurried(usable, chance)]


def _buried(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    alone = [one for one in examples if not one.post.parent]
    short = [one for one in alone if len(one.post.text.split()) <= SHORT_WORDS]
    companions = [
        one.post.text
        for one in alone
        if one.severity is Severity.GREEN and not one.misinformation and len(one.post.text.split()) <= COMPANION_WORDS
    ]
    if not short or not companions:
        return []
    by_severity = [found for level in Severity if (found := [one for one in short if one.severity is level])]
    rows: list[Example] = []
    for _ in range(round(len(examples) * BURIED_SHARE)):
        # Every severity equally often, so that being long and mixed says nothing about it.
        one = chance.choice(chance.choice(by_severity))
        pieces = chance.sample(companions, min(len(companions), chance.randint(1, 3)))
        pieces.insert(chance.randint(0, len(pieces)), one.post.text)
        rows.append(_with_text(one, chance.choice((" ", "\n", "\n\n")).join(pieces)))
    return rows


def _hurried(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    chosen = chance.sample(list(examples), round(len(examples) * HURRIED_SHARE))
    return [_with_text(one, typed_in_a_hurry(one.post.text, chance)) for one in chosen]


def _with_text(example: Example, text: str) -> Example:
    post = msgspec.structs.replace(example.post, text=text)
    return msgspec.structs.replace(example, post=post, weight=example.weight * WEIGHT)


def typed_in_a_hurry(text: str, chance: random.Random) -> str:
    """Return the text with slips of the fingers; now and then without its punctuation, too."""
    if chance.random() < 0.5:
        text = "".join(sign for sign in text if sign not in ",.;:'\u2019!?")
    letters = list(text)
    place = 0
    while place < len(letters):
        letter = letters[place].lower()
        if letter in _NEIGHBOURS and chance.random() < ERROR_RATE:
            match chance.randrange(4):
                case 0:
                    letters[place] = ""
                case 1:
                    letters[place] = letters[place] * 2
                case 2:
                    letters[place] = chance.choice(_NEIGHBOURS[letter])
                case _:
                    following = letters[place + 1 : place + 2]
                    letters[place : place + 2] = [*following, letters[place]]
                    place += 1
        place += 1
    return "".join(letters)
