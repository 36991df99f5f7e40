"""The small picture of an author's recent posts: one dot each, further right the later, higher the more urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.moderation.past import PastPost

WIDTH, HEIGHT = 264, 84
MARGIN = 12
APART = 14
"""Dots are at least so far from each other, however close their posts."""
BOTTOM, STEP = 74, 16
"""Where what nobody read yet lies, and how much higher each severity is; green is one step above."""


class Dot(NamedTuple):
    """One post."""

    kind: str
    """Its severity, or ``unread``."""
    x: float
    y: int
    radius: int


def place_dots(posts: Sequence[PastPost], current: int) -> list[Dot]:
    """Place posts, given oldest first; the dot of the current one is larger."""
    return [
        Dot(
            "unread" if post.severity is None else post.severity.label,
            round(x, 1),
            BOTTOM if post.severity is None else BOTTOM - STEP * (post.severity + 1),
            7 if post.id == current else 5,
        )
        for post, x in zip(posts, _across([post.created_at.timestamp() for post in posts]), strict=True)
    ]


def _across(moments: Sequence[float]) -> list[float]:
    """Spread moments, oldest first, over the width by date; those that would touch give way."""
    if not moments:
        return []
    first, span = moments[0], (moments[-1] - moments[0]) or 1
    places = [MARGIN + (moment - first) / span * (WIDTH - 2 * MARGIN) for moment in moments]
    for later in range(1, len(places)):
        places[later] = max(places[later], places[later - 1] + APART)
    places[-1] = min(places[-1], WIDTH - MARGIN)
    for earlier in reversed(range(len(places) - 1)):
        places[earlier] = min(places[earlier], places[earlier + 1] - APART)
    return places
