"""The picture of an author's posts: by date, small, and no dot hides another."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from server.clock import now
from server.moderation.past import EARLIER_POSTS, PastPost
from server.moderation.severity_chart import APART, HEIGHT, WIDTH, place_dots
from triage.scales import Severity

AT = now()


def posts_of(*days_ago: float, severity: Severity | None = Severity.GREEN) -> list[PastPost]:
    return [PastPost(n, severity, AT - timedelta(days=days), "A night") for n, days in enumerate(days_ago)]


@pytest.mark.parametrize(
    "days_ago",
    [
        [400, *[0.001] * (EARLIER_POSTS - 1)],
        [*[400] * (EARLIER_POSTS - 1), 0],
        [1] * EARLIER_POSTS,
        list(range(EARLIER_POSTS, 0, -1)),
    ],
)
def test_dots_stay_apart_and_in_the_picture(days_ago: list[float]) -> None:
    dots = place_dots(posts_of(*days_ago), current=EARLIER_POSTS - 1)

    assert all(later.x - earlier.x >= APART - 0.11 for earlier, later in pairwise(dots))
    assert all(dot.radius <= dot.x <= WIDTH - dot.radius for dot in dots)
    assert all(dot.radius <= dot.y <= HEIGHT - dot.radius for dot in dots)


def test_distance_is_time() -> None:
    first, second, third = place_dots(posts_of(30, 10, 0), current=0)

    assert second.x - first.x == pytest.approx(2 * (third.x - second.x), abs=0.5)


def test_higher_is_more_urgent_and_what_nobody_read_lies_below_all() -> None:
    heights = [place_dots(posts_of(0, severity=one), current=0)[0].y for one in (None, *Severity)]

    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 5


def test_author_without_posts_has_no_dots() -> None:
    assert place_dots([], current=0) == []
