"""What answer templates are for."""

from __future__ import annotations

from server.vetting import usable

SITUATIONS: dict[str, str] = {
    "crisis": "Somebody may be in danger now",
    "first-answer": "A first answer",
    "self-harm": "Self-harm",
    "relapse": "Drinking, using, stopping",
    "loss": "Grief and loss",
    "abuse": "Violence and abuse",
    "health-claim": "Health questions and claims",
    "post-changed": "Their post is covered, held or to be changed",
    "for-another": "Worry about somebody else",
    "going-on": "Going on, and closing",
}
"""In the order in which they are offered."""

USABLE = usable("template")
"""SQL for what is offered; ``{today}`` is the number of a date parameter."""
