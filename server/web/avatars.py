"""Pictures for handles: quiet abstract shapes drawn from a hash, no likeness, no network, nothing stored.

The origin is the middle, which keeps the drawings short. Presentation attributes alone, as the Content-Security-Policy
allows no style attributes, and no ids, so that any number of them may stand on one page. `kith.css` rounds the corners
(`.avatar`).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

GROUNDS = ("#dfe9df", "#e7e3d0", "#f0dfcf", "#efdada", "#e6dcea", "#dbe2ee", "#d6e7ea", "#ece7da")
INKS = ("#1f6f68", "#3f7d4e", "#7a8b3a", "#b07a1e", "#b85f3c", "#a8505f", "#7b5a96", "#45629c", "#2f7f98", "#6d6254")
ALIKE = 2
"""Inks this close to each other in the list are too alike to stand together."""


class Dice:
    """Numbers drawn from the hash of a handle, the same ones each time."""

    def __init__(self, handle: str) -> None:
        self._rest = int.from_bytes(hashlib.sha256(handle.casefold().encode()).digest())

    def below(self, sides: int) -> int:
        """Return the next number from 0 to ``sides`` - 1."""
        self._rest, drawn = divmod(self._rest, sides)
        return drawn


def _turned(degrees: int) -> str:
    return f'transform="rotate({degrees % 360})"'


def _leaves(dice: Dice, first: str, second: str) -> str:
    count = 2 + dice.below(3)
    start = dice.below(72) * 5
    step = 360 // count if dice.below(2) else 50
    length = 12 + dice.below(5)
    width = 11 + (20 - length) // 3
    leaf = f"M0 2C-{width}-5-8-{length} 0-{length}S{width}-5 0 2z"
    leaves = "".join(
        f'<path d="{leaf}" fill="{first if index % 2 else second}" {_turned(start + index * step)}/>'
        for index in range(count)
    )
    return f'<g fill-opacity=".8">{leaves}</g>'


def _pebbles(dice: Dice, first: str, second: str) -> str:
    start = dice.below(72) * 5
    pebbles = "".join(
        f'<ellipse cy="-{5 + dice.below(5)}" rx="{8 + dice.below(5)}" ry="{6 + dice.below(4)}" fill="{ink}" '
        f"{_turned(start + index * 120)}/>"
        for index, ink in enumerate((first, second, first)[: 2 + dice.below(2)])
    )
    return f'<g fill-opacity=".72">{pebbles}</g>'


def _rings(dice: Dice, first: str, second: str) -> str:
    gap = 5 + dice.below(3)
    radius = 7 + dice.below(4)
    return (
        f'<g fill="none" stroke-width="{3 + dice.below(3)}" stroke-opacity=".85" {_turned(dice.below(36) * 10)}>'
        f'<circle cx="-{gap}" r="{radius}" stroke="{first}"/><circle cx="{gap}" r="{radius}" stroke="{second}"/></g>'
    )


def _hills(dice: Dice, first: str, second: str) -> str:
    far, near = dice.below(7) - 2, 4 + dice.below(7)
    return (
        f'<circle cx="{dice.below(23) - 11}" cy="-{6 + dice.below(6)}" r="{4 + dice.below(3)}" fill="{second}"/>'
        f'<g fill="{first}"><path d="M-29 {far}Q-10 {far - 12} 4 {far + 2}T32 {far - 2}V35H-29z" fill-opacity=".55" '
        f"{_turned(dice.below(5) * 6 - 12)}/>"
        f'<path d="M-29 {near}Q-8 {near + 8} 4 {near - 2}T32 {near + 2}V35H-29z"/></g>'
    )


def _drops(dice: Dice, first: str, second: str) -> str:
    turn = dice.below(72) * 5
    shift = 4 + dice.below(4)
    size = 8 + dice.below(3)
    return (
        f'<g fill-opacity=".78" {_turned(turn)}><path fill="{first}" '
        f'd="M-{shift + size} 0a{size} {size} 0 0 1 {2 * size} 0 {size} {size} 0 0 1-{size} {size}h-{size}z"/>'
        f'<path fill="{second}" '
        f'd="M{shift + size} 0a{size} {size} 0 0 0-{2 * size} 0 {size} {size} 0 0 0 {size} {size}h{size}z"/></g>'
    )


def _petals(dice: Dice, first: str, second: str) -> str:
    count = 5 + dice.below(4)
    start = dice.below(18) * 5
    length, width = 7 + dice.below(3), 3 + dice.below(2)
    petals = "".join(
        f'<ellipse cy="-{length}" rx="{width}" ry="{length - 1}" {_turned(start + index * 360 // count)}/>'
        for index in range(count)
    )
    heart = f'<circle r="{3 + dice.below(3)}" fill="{second}"/>'
    return f'<g fill="{first}" fill-opacity=".6">{petals}</g>{heart}'


PATTERNS: tuple[Callable[[Dice, str, str], str], ...] = (_leaves, _pebbles, _rings, _hills, _drops, _petals)


@lru_cache(maxsize=4096)
def avatar_svg(handle: str, size: int = 40) -> Markup:
    """Draw the picture of a handle as an SVG element of ``size`` pixels, decorative, well under 900 bytes."""
    dice = Dice(handle)
    ground = GROUNDS[dice.below(len(GROUNDS))]
    first = dice.below(len(INKS))
    second = (first + ALIKE + dice.below(len(INKS) - 2 * ALIKE + 1)) % len(INKS)
    shapes = PATTERNS[dice.below(len(PATTERNS))](dice, INKS[first], INKS[second])
    return Markup(  # noqa: S704 - numbers and colours of ours alone: nothing of the handle's text gets in
        f'<svg class="avatar" width="{size}" height="{size}" viewBox="-20 -20 40 40" aria-hidden="true">'
        f'<path fill="{ground}" d="M-20-20h40v40h-40z"/>{shapes}</svg>'
    )
