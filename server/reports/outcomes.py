"""Why a post can be reported, and what can come of it."""

from __future__ import annotations

from enum import StrEnum

from models.forum import ReportKind

REASONS: dict[str, tuple[str, str]] = {
    "encourages-harm": ("It encourages harm", "To oneself or to others."),
    "dangerous-claim": ("A dangerous health claim", "Advice that could hurt somebody who follows it."),
    "unkind": ("Unkind or harassing", "It puts somebody down, threatens or follows them around."),
    "personal-details": ("Personal details", "It could tell who somebody is or where they live."),
    "spam": ("Spam or selling", "It wants something from people here."),
    "something-else": ("Something else", "Please say below what it is."),
}
"""By name: what it says beside its button, and a hint."""

SOMETHING_ELSE = "something-else"


class Outcome(StrEnum):
    """What moderators made of the reports about a post."""

    HELPED = "helped"
    ACTED = "acted"
    NO_ACTION = "no-action"
    GROUNDLESS = "groundless"
    TAKEN_DOWN = "taken-down"
    """Nobody decided: whoever wrote the post took it down, and nothing is left to look at."""


def outcome_detail(kind: ReportKind, outcome: Outcome, *, own: bool = False) -> str:
    """Name what a reporter is told, for the notice; ``own``: they asked for a hand with a post of theirs.

    A worry is never groundless.
    """
    if kind is ReportKind.WORRIED and outcome is Outcome.GROUNDLESS:
        outcome = Outcome.NO_ACTION
    return f"{'own' if own else kind.value}-{outcome.value}"
