"""What a resource is, and where it stands."""

from __future__ import annotations

from enum import StrEnum

from server.help.needs import EMERGENCY, NEEDS
from server.help.service import INTERNATIONAL

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


class ResourceState(StrEnum):
    """Only ``vetted`` ones are shown, attached and suggested, and those only until their review is due."""

    DRAFT = "draft"
    REVIEW = "review"
    VETTED = "vetted"
    EXPIRED = "expired"
    RETIRED = "retired"


USABLE = "resource.state = 'vetted' AND (resource.review_on IS NULL OR resource.review_on > {today})"
"""SQL for what may be shown; ``{today}`` is the number of a date parameter. Expiry needs no housekeeping to hold."""


def topic_name(topic: str) -> str:
    """Write a topic as a person would."""
    return topic.replace("-", " ").capitalize()
