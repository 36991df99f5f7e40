"""The tables of the page, and how their columns are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Columns that are told together, by the names that the counting gives them."""

    id: str
    title: str
    told: str
    columns: dict[str, str]


TABLES = (
    Table(
        "posts",
        "Posts",
        "What members wrote, and how much of it the program on this machine read for moderators.",
        {"posts": "Written", "triaged": "Read by the program"},
    ),
    Table(
        "cases",
        "Posts that moderators were asked to look at",
        "By the most urgent that anybody or anything thought of them.",
        {"case-3": "Somebody may be in danger", "case-2": "As soon as possible", "case-1": "When there is time",
         "case-0": "For another reason"},
    ),
    Table(
        "in-time",
        "Looked at in time",
        "How many of the urgent ones a person looked at before the deadline of their board; "
        "not told where there were fewer than 5.",
        {"in-time-3": "Somebody may be in danger", "in-time-2": "As soon as possible"},
    ),
    Table(
        "acts-on-posts",
        "What moderators did with posts",
        "By the weightiest thing in a decision; what was taken back at once is not counted.",
        {"act-cover": "Content note put over it", "act-release": "Opened to everybody", "act-hold": "Held back",
         "act-remove": "Taken down", "act-black-out": "Passage blacked out"},
    ),
    Table(
        "acts-for-people",
        "What else they did",
        "Most posts need an answer or nothing at all.",
        {"act-answer": "Answered", "act-attach": "Help pointed out", "act-ask-to-edit": "Asked to change it",
         "act-warn": "Asked to mind the rules", "act-pause": "Writing paused", "act-nothing": "Read, nothing needed"},
    ),
    Table(
        "appeals",
        "Appeals",
        "Whoever disagrees with a decision about a post of theirs can ask once that somebody else looks. "
        "Where they took the post down before anybody did, that is not counted.",
        {"appeal-changed": "Decision changed", "appeal-kept": "Decision kept", "appeal-open": "Not decided yet"},
    ),
)  # fmt: skip
