"""Classifiers that behave as a test wants, in the place of the real one."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, cast

from server.triaging import Triage
from tests.support.cases import an_assessment
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings
    from triage.assessment import Assessment
    from triage.classifier import Classifier
    from triage.myths import Myth
    from triage.policy import TriagePolicy
    from triage.posts import Post
    from triage.why import Weight


class CalmClassifier:
    """Finds nothing anywhere."""

    version = "calm"

    def looking_for(self, myths: Sequence[Myth]) -> CalmClassifier:
        return self

    def assess(self, posts: Sequence[Post], *, policy: TriagePolicy) -> list[Assessment]:
        return [self.judge(post) for post in posts]

    def judge(self, post: Post) -> Assessment:
        return an_assessment()

    def embed(self, posts: Sequence[Post]) -> list[bytes]:
        return [bytes(4) for _ in posts]

    def weigh(self, post: Post, severity: Severity, *, is_misinformation: bool) -> list[Weight]:
        return []


class Counting(CalmClassifier):
    """Notes how many posts it was given at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def assess(self, posts: Sequence[Post], *, policy: TriagePolicy) -> list[Assessment]:
        self.batches.append(len(posts))
        return super().assess(posts, policy=policy)


class Judge(CalmClassifier):
    """Says of each post what a test wants."""

    def __init__(self, judge: Callable[[Post], Assessment]) -> None:
        self.judge = judge  # type: ignore[method-assign]


class FailingOn(CalmClassifier):
    """Fails whenever one of the posts says ``word``; on every post without one."""

    def __init__(self, failure: Exception, word: str = "") -> None:
        self.failure, self.word = failure, word

    def judge(self, post: Post) -> Assessment:
        if self.word in post.text:
            raise self.failure
        return an_assessment()


class HangingOn(CalmClassifier):
    """Does not come back from a post that says ``word`` until it is let go."""

    def __init__(self, word: str) -> None:
        self.word, self.let_go = word, Event()

    def judge(self, post: Post) -> Assessment:
        if self.word in post.text:
            self.let_go.wait(timeout=60)
        return an_assessment()


class Pondering(CalmClassifier):
    """Flags every post, and weighs sentences until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = Event(), Event()

    def judge(self, post: Post) -> Assessment:
        return an_assessment(Severity.AMBER)

    def weigh(self, post: Post, severity: Severity, *, is_misinformation: bool) -> list[Weight]:
        self.begun.set()
        self.let_go.wait(timeout=60)
        return []


def triage_with(app: Litestar, *classifiers: CalmClassifier, data_dir: Path | None = None) -> Triage:
    """Return what drains the outbox with these classifiers, one for each time that it loads one."""
    settings: Settings = app.state.settings
    if data_dir:
        settings = replace(settings, data_dir=data_dir)
    in_turn = iter(classifiers)
    return Triage(settings, app.state.redis, load=lambda: cast("Classifier", next(in_turn)))
