"""The only place that reads the wall clock; tests and services pass ``now`` on from here."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


def to_the_hour(moment: datetime) -> datetime:
    """Round a moment down to its hour: of when members read, Kith keeps no more."""
    return moment.replace(minute=0, second=0, microsecond=0)
