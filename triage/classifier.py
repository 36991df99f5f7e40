"""The whole triage of a text: legibility, language, rules, the model, myths, and the policy of the board."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from triage.assessment import UNREAD, Assessment, Reason, Route
from triage.language import read_language
from triage.legibility import why_unreadable
from triage.meaning import pack
from triage.policy import TriagePolicy
from triage.rules import screen
from triage.rules.screen import ENCOURAGEMENT, TELLS_HOW
from triage.scales import Severity
from triage.why import weigh_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.model.bare import BareModel
    from triage.model.reading import Reading
    from triage.myths import Myth
    from triage.myths.matching import Match, MythIndex
    from triage.posts import Post
    from triage.rules import Hit
    from triage.why import Weight

NEAR = 0.9
"""A green post is looked at as well where its chances of being amber and of being urgent are both at least this share
of their thresholds: near one alone says little."""
WITH_MYTH = 0.6
"""A sentence that matches a known myth lowers the threshold of misinformation to this share of it."""
DEFAULT_POLICY = TriagePolicy()


class Classifier:
    """Judges posts. Threads may share one."""

    def __init__(self, model: BareModel, myths: MythIndex) -> None:
        """Take a loaded model and the library's index."""
        self._model = model
        self._myths = myths

    @property
    def version(self) -> str:
        """The model's version."""
        return self._model.version

    def looking_for(self, myths: Sequence[Myth]) -> Classifier:
        """Return the same classifier with another library of myths.

        Raises: ModelFailed.
        """
        return Classifier(self._model, self._myths.of(myths))

    def assess(self, posts: Sequence[Post], *, policy: TriagePolicy = DEFAULT_POLICY) -> list[Assessment]:
        """Judge posts, in order.

        Raises: ModelFailed, after which none of the posts was judged.
        """
        if not posts:
            return []
        readings, embeddings = self._model.read_and_embed(posts)
        return [
            self._assess_one(post, reading, meaning, policy)
            for post, reading, meaning in zip(posts, readings, pack(embeddings), strict=True)
        ]

    def embed(self, posts: Sequence[Post]) -> list[bytes]:
        """Return what each post means, as ``triage.meaning`` packs it.

        Raises: ModelFailed.
        """
        return pack(self._model.embed(posts))

    def weigh(self, post: Post, severity: Severity, *, is_misinformation: bool) -> list[Weight]:
        """Return the sentences that weighed most for what a post is flagged for.

        Raises: ModelFailed.
        """
        if severity.is_urgent:
            return weigh_sentences(self._model, post, "urgent")
        return weigh_sentences(self._model, post, "misinformation" if is_misinformation else "amber")

    def _assess_one(self, post: Post, reading: Reading, meaning: bytes, policy: TriagePolicy) -> Assessment:
        hits = screen(post.text, title=post.title, parent=post.parent)
        by_model = reading.severity(self._model.thresholds)
        severity = max([by_model, *(hit.severity for hit in hits)])
        nearest = self._nearest_myth(post, reading)
        myth = nearest if nearest and nearest.similarity >= self._model.myth_similarity else None
        is_misinformation = reading.misinformation >= self._model.thresholds.misinformation * (
            WITH_MYTH if myth else 1.0
        )
        is_deadly = (
            nearest is not None and nearest.myth.is_deadly and nearest.similarity >= deadly_from(self._model, severity)
        )
        deadly = nearest if is_misinformation and is_deadly else None
        reasons = [
            *self._reasons_of_model(reading, by_model, is_misinformation=is_misinformation),
            *(hit.reason for hit in hits),
            *([_reason_of_myth(myth)] if myth else [_reason_of_deadly_claim(deadly)] if deadly else []),
            *_reasons_to_be_safe(post),
        ]
        return Assessment(
            severity=severity,
            scores=reading.scores,
            urgent=reading.at_least_red,
            misinformation=reading.misinformation,
            is_misinformation=is_misinformation,
            myth=myth.myth.slug if myth else None,
            needs_review=bool(reasons),
            route=_route(severity, hits, policy, is_misinformation=is_misinformation, is_deadly=deadly is not None),
            reasons=tuple(reasons),
            model=self._model.version,
            meaning=meaning,
        )

    def _nearest_myth(self, post: Post, reading: Reading) -> Match | None:
        """Look for a myth only where misinformation is in the air: it takes a pass for each sentence."""
        if reading.misinformation < self._model.thresholds.misinformation * WITH_MYTH:
            return None
        return self._myths.nearest(post)

    def _is_near(self, reading: Reading) -> bool:
        limits = self._model.thresholds
        return reading.at_least_red >= NEAR * limits.red and reading.at_least_amber >= NEAR * limits.amber

    def _reasons_of_model(self, reading: Reading, severity: Severity, *, is_misinformation: bool) -> list[Reason]:
        reasons: list[Reason] = []
        if severity > Severity.GREEN:
            chance = (reading.at_least_amber, reading.at_least_red, reading.crisis)[severity - 1]
            reasons.append(
                Reason("model", severity.label, f"The classifier reads it as {severity.label} ({chance:.0%}).")
            )
        elif self._is_near(reading):
            reasons.append(
                Reason(
                    "near-threshold",
                    "red",
                    f"The classifier is in doubt whether it is urgent ({reading.at_least_red:.0%}).",
                )
            )
        if is_misinformation:
            reasons.append(
                Reason(
                    "model",
                    "misinformation",
                    f"It seems to assert a false health claim ({reading.misinformation:.0%}).",
                )
            )
        return reasons


def assess_unread(post: Post, version: str, *, policy: TriagePolicy = DEFAULT_POLICY) -> Assessment:
    """Judge a post on which the model failed: by the rules, and at least amber. Its chances are no numbers (NaN).

    Nothing is asked but the rules, which read it when it was written: whatever fails on it does not fail here again.
    """
    hits = screen(post.text, title=post.title, parent=post.parent)
    severity = max([Severity.AMBER, *(hit.severity for hit in hits)])
    return Assessment(
        severity=severity,
        scores=(nan, nan, nan, nan),
        urgent=nan,
        misinformation=nan,
        is_misinformation=False,
        myth=None,
        needs_review=True,
        route=_route(severity, hits, policy, is_misinformation=False, is_deadly=False),
        reasons=(UNREAD, *(hit.reason for hit in hits)),
        model=version,
    )


def deadly_from(model: BareModel, severity: Severity) -> float:
    """Return how near a deadly myth makes a claim deadly: as near as to be named, where it may be a cry for help."""
    if severity is Severity.CRISIS:
        return model.myth_similarity
    return min(model.myth_similarity, model.deadly_similarity)


def endangers_readers(rule: str) -> bool:
    """Tell whether a rule finds what other members should not read before a moderator did."""
    return rule.startswith(ENCOURAGEMENT) or rule == TELLS_HOW


def _reason_of_myth(myth: Match) -> Reason:
    why = f"It comes near to a known myth: {myth.myth.claim}"
    return Reason("myth", myth.myth.slug, why, *(myth.span or (None, None)))


def _reason_of_deadly_claim(nearest: Match) -> Reason:
    why = f"Somebody who acts on it may die; of the known myths this one is nearest: {nearest.myth.claim}"
    return Reason("deadly", nearest.myth.slug, why, *(nearest.span or (None, None)))


def _reasons_to_be_safe(post: Post) -> list[Reason]:
    """Return why a person should look whatever the model says."""
    reasons: list[Reason] = []
    whole = f"{post.title}\n{post.text}" if post.title else post.text
    if why := why_unreadable(whole):
        reasons.append(Reason("unreadable", why, "The classifier cannot read this text."))
    language = read_language(whole)
    if not language.supported:
        reasons.append(
            Reason(
                "language", language.code or "unknown", "It is in a language that the classifier was not trained on."
            )
        )
    return reasons


def _route(
    severity: Severity, hits: Sequence[Hit], policy: TriagePolicy, *, is_misinformation: bool, is_deadly: bool
) -> Route:
    """Follow the board's policy. Only what endangers readers is held; a cry for help is no reason."""
    endangers = any(endangers_readers(hit.rule) for hit in hits)
    if (policy.hold_dangerous and endangers) or (policy.hold_misinformation and is_deadly):
        return Route.HOLD
    if policy.cover_crisis and severity is Severity.CRISIS:
        return Route.COVER
    if policy.cover_red and severity is Severity.RED:
        return Route.COVER
    if policy.cover_misinformation and is_misinformation:
        return Route.COVER
    return Route.PUBLISH
