"""The pictures of a model card, as SVG that needs nothing to be shown."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import precision_recall_curve

from triage.scales import Severity
from triage.training.metrics import BINS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

SIDE = 320
MARGIN = 44
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.axis{stroke:#777;fill:none}"
    ".line{stroke:#1f6f78;fill:none;stroke-width:2}"
    ".even{stroke:#bbb;stroke-dasharray:4 4}.bar{fill:#1f6f78}.low{fill:#b4532a}.cell{fill:#1f6f78}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.axis{stroke:#999}}"
)


def _picture(width: int, height: int, title: str, parts: Sequence[str]) -> bytes:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{STYLE}</style>'
        f'<text x="{MARGIN}" y="18">{escape(title)}</text>'
    )
    return (head + "".join(parts) + "</svg>\n").encode()


def _axes(across: str, up: str) -> list[str]:
    low, high = MARGIN, SIDE + MARGIN
    ticks = [
        f'<text x="{low + share * SIDE:.0f}" y="{high + 16}" text-anchor="middle">{share:g}</text>'
        f'<text x="{low - 6}" y="{high - share * SIDE + 4:.0f}" text-anchor="end">{share:g}</text>'
        for share in (0, 0.5, 1)
    ]
    return [
        f'<path class="axis" d="M{low} {low}V{high}H{high}"/>',
        *ticks,
        f'<text x="{low + SIDE / 2:.0f}" y="{high + 34}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(12 {low + SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">{escape(up)}</text>',
    ]


def _path(across: NDArray[np.float64], up: NDArray[np.float64]) -> str:
    points = (f"{MARGIN + x * SIDE:.1f} {MARGIN + SIDE - y * SIDE:.1f}" for x, y in zip(across, up, strict=True))
    return f'<path class="line" d="M{"L".join(points)}"/>'


def precision_recall(title: str, truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> bytes:
    """Draw precision over recall."""
    precision, recall, _ = precision_recall_curve(truth, chances)
    keep = np.linspace(0, len(recall) - 1, min(len(recall), 200)).astype(int)
    size = SIDE + 2 * MARGIN
    return _picture(size, size, title, [*_axes("recall", "precision"), _path(recall[keep], precision[keep])])


def calibration(title: str, truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> bytes:
    """Draw how often posts were so, over how likely the model said they were; on the dashed line both agree."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    filled = [index for index in range(BINS) if (bins == index).any()]
    said = np.array([chances[bins == index].mean() for index in filled])
    was = np.array([truth[bins == index].mean() for index in filled])
    even = f'<path class="even" d="M{MARGIN} {MARGIN + SIDE}L{MARGIN + SIDE} {MARGIN}"/>'
    size = SIDE + 2 * MARGIN
    return _picture(size, size, title, [*_axes("said", "was"), even, _path(said, was)])


def confusion(title: str, counts: Sequence[Sequence[int]]) -> bytes:
    """Draw a table of what posts are (down) and what was decided (across)."""
    side = SIDE // len(Severity)
    largest = max(max(row) for row in counts) or 1
    parts: list[str] = []
    for row, line in enumerate(counts):
        y = MARGIN + row * side
        parts.append(f'<text x="{MARGIN - 4}" y="{y + side // 2}" text-anchor="end">{Severity(row).label}</text>')
        parts.append(
            f'<text x="{MARGIN + row * side + side // 2}" y="{MARGIN + SIDE + 16}" text-anchor="middle">'
            f"{Severity(row).label}</text>"
        )
        for column, count in enumerate(line):
            x = MARGIN + column * side
            shade = 0.08 + 0.6 * count / largest
            parts.append(
                f'<rect class="cell" x="{x}" y="{y}" width="{side - 2}" height="{side - 2}" opacity="{shade:.2f}"/>'
                f'<text x="{x + side // 2}" y="{y + side // 2 + 4}" text-anchor="middle">{count}</text>'
            )
    size = SIDE + 2 * MARGIN
    return _picture(size, size, title, parts)


def bars(title: str, shares: Mapping[str, float], *, goal: float) -> bytes:
    """Draw one bar for each name; those below the goal in another colour."""
    left, line, length = 230, 20, 300
    parts: list[str] = []
    for row, (name, share) in enumerate(shares.items()):
        y = MARGIN + row * line
        kind = "bar" if share >= goal else "low"
        parts.append(
            f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{left}" y="{y}" width="{max(1, share * length):.0f}" height="{line - 5}"/>'
            f'<text x="{left + length + 8}" y="{y + 12}">{share:.0%}</text>'
        )
    return _picture(left + length + 60, MARGIN + line * len(shares) + 12, title, parts)
