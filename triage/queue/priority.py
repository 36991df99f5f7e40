"""Which case comes first, and by when somebody should have looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from triage.scales import Severity

if TYPE_CHECKING:
    from triage.policy import TriagePolicy

DUE_AT = "coalesce(moderation_case.on_call_by, moderation_case.deadline)"
"""SQL: when somebody should have come; where it was escalated, whoever read the post said by when on-call should."""

WAITS_SINCE = "coalesce(moderation_case.urgent_since, moderation_case.opened_at)"
"""SQL: since when a case that is as urgent as it is waits for its first look."""

PROMISED_BY = "coalesce(moderation_case.urgent_by, moderation_case.deadline)"
"""SQL: by when somebody should have looked at it, counted from there."""

FIRST_COMES_FIRST = """
    coalesce(moderation_case.on_call_by <= {now}, false) DESC,
    CASE WHEN moderation_case.severity = 3 THEN 3
         WHEN moderation_case.severity = 2 OR moderation_case.deadline < {now} THEN 2 ELSE 1 END DESC,
    moderation_case.deadline, moderation_case.id"""
"""SQL: what on-call should be at already; crises before all else; then what is red, among it whatever is past its
deadline, so that a stream of reds does not starve amber."""

BEFORE_WHAT_IS_GIVEN = f"""CASE WHEN moderation_case.severity = 3 THEN 2
         WHEN moderation_case.severity = 2 AND {DUE_AT} < {{now}} THEN 1 ELSE 0 END"""
"""SQL: above zero for what is handed over before anything that a colleague gave by name."""

TURN_AFTER = 5
"""After so many urgent cases in a row a moderator is handed one that waits for too long, so that not even a stream of
crises starves amber."""
WAITS_TOO_LONG = """(moderation_case.severity < 2
    AND moderation_case.deadline + (moderation_case.deadline - moderation_case.opened_at) < {now})"""
"""SQL: not urgent, and overdue by more than another of its own deadlines."""


def deadline_of(
    severity: Severity,
    policy: TriagePolicy,
    *,
    at: datetime,
    is_misinformation: bool = False,
    as_soon_as_red: bool = False,
    weight: float = 1.0,
) -> datetime:
    """Return when somebody should have looked at a case that is flagged now.

    A weight above one makes it that much sooner, but no sooner than a crisis.
    """
    minutes: float = policy.amber_minutes
    if severity is Severity.CRISIS:
        minutes = policy.crisis_minutes
    elif severity is Severity.RED or as_soon_as_red:
        minutes = policy.red_minutes
    if is_misinformation:
        minutes = min(minutes, policy.misinformation_minutes)
    if weight > 1:
        minutes = max(minutes / weight, min(minutes, policy.crisis_minutes))
    return at + timedelta(minutes=minutes)
