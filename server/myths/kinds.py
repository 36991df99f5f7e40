"""What a myth is about, and what acting on it may do."""

from __future__ import annotations

from server.vetting import usable

TOPICS: dict[str, str] = {
    "addiction": "Addiction",
    "mental-health": "Mental health",
    "chronic-illness": "Long illness",
    "infection-and-vaccines": "Infections and vaccines",
    "medicines": "Medicines",
}
HARMS: dict[str, tuple[str, str]] = {
    "life-threatening": ("Life-threatening", "Somebody who acts on this may die of it."),
    "serious": ("Serious", "Acting on this may do serious harm to the body or the mind."),
    "low": ("Low", "Acting on this mostly costs time, money or hope."),
}
"""Its name for staff, and a sentence for everybody; only a post with a life-threatening one may be held."""

NO_MYTH = "none"
"""What a moderator answers when a post asserts none of the known myths; no myth has this name."""

USABLE = usable("myth")
"""SQL for what may be shown and looked for; ``{today}`` is the number of a date parameter."""
