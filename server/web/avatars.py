"""Pictures for handles: quiet abstract shapes drawn from a hash, no likeness, no network, nothing stored.

Presentation attributes alone, as the Content-Security-Policy allows no style attributes, and no ids, so that any
number of them may stand on one page. `kith.css` rounds the corners (`.avatar`).
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


def _leaves(dice: Dice, first: str, second: str) -> str:
    count = 2 + dice.below(3)
    start = dice.below(72) * 5
    step = 360 // count if dice.below(2) else 50
    reach = 4 + dice.below(5)
    leaf = f"M20 22C{9 - reach // 3} 15 12 {reach} 20 {reach}S{31 + reach // 3} 15 20 22z"
    return "".join(
        f'<path d="{leaf}" fill="{first if index % 2 else second}" fill-opacity=".8" '
        f'transform="rotate({(start + index * step) % 360} 20 20)"/>'
        for index in range(count)
    )


def _pebbles(dice: Dice, first: str, second: str) -> str:
    start = dice.below(72) * 5
    inks = (first, second, first)
    return "".join(
        f'<ellipse cx="20" cy="{11 + dice.below(5)}" rx="{8 + dice.below(5)}" ry="{6 + dice.below(4)}" '
        f'fill="{ink}" fill-opacity=".72" transform="rotate({(start + index * 120) % 360} 20 20)"/>'
        for index, ink in enumerate(inks[: 2 + dice.below(2)])
    )


def _rings(dice: Dice, first: str, second: str) -> str:
    gap = 5 + dice.below(3)
    radius = 7 + dice.below(4)
    width = 3 + dice.below(3)
    return (
        f'<g fill="none" stroke-width="{width}" stroke-opacity=".85" transform="rotate({dice.below(36) * 10} 20 20)">'
        f'<circle cx="{20 - gap}" cy="20" r="{radius}" stroke="{first}"/>'
        f'<circle cx="{20 + gap}" cy="20" r="{radius}" stroke="{second}"/></g>'
    )


def _hills(dice: Dice, first: str, second: str) -> str:
    far, near = 18 + dice.below(7), 24 + dice.below(7)
    sun = 9 + dice.below(23)
    tilt = dice.below(5) * 6 - 12
    return (
        f'<circle cx="{sun}" cy="{9 + dice.below(6)}" r="{4 + dice.below(3)}" fill="{second}" fill-opacity=".85"/>'
        f'<path d="M-9 {far}Q10 {far - 12} 24 {far + 2}T52 {far - 2}V55H-9z" fill="{first}" fill-opacity=".55" '
        f'transform="rotate({tilt} 20 20)"/>'
        f'<path d="M-9 {near}Q12 {near + 8} 24 {near - 2}T52 {near + 2}V55H-9z" fill="{first}" fill-opacity=".9"/>'
    )


def _drops(dice: Dice, first: str, second: str) -> str:
    turn = dice.below(72) * 5
    shift = 4 + dice.below(4)
    radius = 8 + dice.below(3)
    drop = f"a{radius} {radius} 0 0 1 {2 * radius} 0 {radius} {radius} 0 0 1-{radius} {radius}h-{radius}z"
    other = f"a{radius} {radius} 0 0 0-{2 * radius} 0 {radius} {radius} 0 0 0 {radius} {radius}h{radius}z"
    return (
        f'<g fill-opacity=".78" transform="rotate({turn} 20 20)">'
        f'<path d="M{20 - shift - radius} 20{drop}" fill="{first}"/>'
        f'<path d="M{20 + shift + radius} 20{other}" fill="{second}"/></g>'
    )


def _petals(dice: Dice, first: str, second: str) -> str:
    count = 5 + dice.below(4)
    start = dice.below(18) * 5
    length, width = 7 + dice.below(3), 3 + dice.below(2)
    petals = "".join(
        f'<ellipse cx="20" cy="{20 - length}" rx="{width}" ry="{length - 1}" '
        f'transform="rotate({start + index * 360 // count} 20 20)"/>'
        for index in range(count)
    )
    heart = f'<circle cx="20" cy="20" r="{3 + dice.below(3)}" fill="{second}"/>'
    return f'<g fill="{first}" fill-opacity=".6">{petals}</g>{heart}'


PATTERNS: tuple[Callable[[Dice, str, str], str], ...] = (_leaves, _pebbles, _rings, _hills, _drops, _petals)


@lru_cache(maxsize=4096)
def avatar_svg(handle: str, size: int = 40) -> Markup:
    """Draw the picture of a handle as an SVG element of ``size`` pixels, decorative, under 900 bytes."""
    dice = Dice(handle)
    ground = GROUNDS[dice.below(len(GROUNDS))]
    first = dice.below(len(INKS))
    second = (first + ALIKE + dice.below(len(INKS) - 2 * ALIKE + 1)) % len(INKS)
    shapes = PATTERNS[dice.below(len(PATTERNS))](dice, INKS[first], INKS[second])
    return Markup(  # noqa: S704 - numbers and colours of ours alone: nothing of the handle's text gets in
        f'<svg class="avatar" width="{size}" height="{size}" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
        f'<path d="M0 0h40v40H0z" fill="{ground}"/>{shapes}</svg>'
    )
