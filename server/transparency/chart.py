"""A bar chart as SVG: presentation attributes and classes of ``kith.css`` alone, as the CSP allows no style in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, GROUND = 52, 120, 104
"""Of one bar with its gap, of the picture, and of the line that bars stand on."""
TOP = 18
PALE = Markup(' fill-opacity=".35"')


def bar_chart(title: str, bars: Sequence[tuple[str, int | None]]) -> Markup:
    """Draw one bar for each label; a pale one of the same small height, whatever it is, where the number is hidden."""
    tallest = max((number for _, number in bars if number), default=1)
    drawn = Markup("").join(_bar(at, label, number, tallest) for at, (label, number) in enumerate(bars))
    return Markup(
        '<svg viewBox="0 0 {} {}" width="100%" height="{}" preserveAspectRatio="xMinYMid" role="img" '
        'font-size="11" text-anchor="middle" fill="currentColor"><title>{}</title>{}</svg>'
    ).format(max(1, len(bars)) * WIDTH, HEIGHT, HEIGHT, title, drawn)


def _bar(at: int, label: str, number: int | None, tallest: int) -> Markup:
    height = 4 if number is None else round((GROUND - TOP) * number / tallest, 1)
    middle = at * WIDTH + WIDTH // 2
    return Markup(
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"{}/>'
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text>'
    ).format(
        middle - 15, GROUND - height, 30, height, PALE if number is None else "",
        middle, GROUND - height - 4, "<5" if number is None else f"{number:,}",
        middle, HEIGHT - 3, label,
    )  # fmt: skip
