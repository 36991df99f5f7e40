"""What a resource is, and where it stands."""

from __future__ import annotations

from server.help.needs import CRISIS, EMERGENCY, FOR_SOME, NEEDS
from server.help.service import INTERNATIONAL
from server.vetting import usable

KINDS: dict[str, str] = {
    "helpline": "Helpline",
    "service": "Service",
    "article": "Article",
    "worksheet": "Worksheet",
    "group": "Group",
}
READ_ANYWHERE = ("article", "worksheet")
"""Kinds that help wherever somebody lives."""

EVERY_NEED: dict[str, str] = {EMERGENCY: "Emergency", **NEEDS}
ANYWHERE = INTERNATIONAL


USABLE = usable("resource")
"""SQL for what may be shown; ``{today}`` is the number of a date parameter."""
CRISIS_LINE_FOR_ANYBODY = f"""
    (resource.kind = 'helpline' AND '{CRISIS}' = ANY(resource.needs)
     AND NOT resource.needs && '{{{",".join(sorted(FOR_SOME))}}}'::varchar[])
"""
"""SQL for a line that anybody in a crisis can call."""


def topic_name(topic: str) -> str:
    """Write a topic as a person would."""
    return topic.replace("-", " ").capitalize()
