"""One neutral line about a post, for the covered view: what it is about, how urgent, how long. It quotes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.topics import HEAVY_TOPICS, OF_SUMMARY, topics_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from triage.scales import Severity

MOST_TOPICS = 3


def summarise(
    text: str, severity: Severity | None = None, *, heavy: Collection[str] = (), is_misinformation: bool = False
) -> str:
    """Return for example "About suicide, medication. Crisis. About 120 words."; how urgent only where it is given.

    ``heavy`` names heavy topics that are known already (``triage.topics``): rules find more than words give away.
    """
    named = topics_in(text)
    found = {OF_SUMMARY.get(topic) for topic in named}
    topics = [HEAVY_TOPICS[topic].lower() for topic in heavy if topic not in found] + named
    about = f"About {', '.join(topics[:MOST_TOPICS])}." if topics else ""
    claim = "Seems to make a false health claim." if is_misinformation else ""
    urgency = f"{severity.label.capitalize()}." if severity is not None else ""
    return " ".join(filter(None, (about, urgency, claim, _length(len(text.split())))))


def _length(words: int) -> str:
    if words <= 5:
        return "A few words."
    return f"About {words if words < 20 else round(words, -1)} words."
