"""What moderators decided, as examples to learn from."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from models.database import fetch, fetch_one
from triage.posts import Post
from triage.scales import Severity
from triage.training.adapters import text_key
from triage.training.examples import Example

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SWAYED_WEIGHT = 0.7
"""Of a judgement whose moderator had seen what the classifier said: it teaches less than one that was made without."""
MARK = re.compile(r"(\d{1,18}):[0-9a-f]{64}")
LAST = 2**63 - 1
"""No judgement comes after it."""
SAYS_SOMETHING = "(severity IS NOT NULL OR misinformation IS NOT NULL)"

# Of each revision the newest word on severity and on misinformation, up to the judgement $1. A later one may leave
# open what an earlier one said.
JUDGED = f"""
    SELECT post, revision, max(created_at) AS at,
           (array_agg(severity ORDER BY id DESC) FILTER (WHERE severity IS NOT NULL))[1] AS severity,
           (array_agg(misinformation ORDER BY id DESC) FILTER (WHERE misinformation IS NOT NULL))[1] AS misinformation,
           (array_agg(saw_opinion ORDER BY id DESC) FILTER (WHERE severity IS NOT NULL))[1] IS TRUE
           OR (array_agg(saw_opinion ORDER BY id DESC) FILTER (WHERE misinformation IS NOT NULL))[1] IS TRUE
           AS saw_opinion
    FROM labelled_example WHERE {SAYS_SOMETHING} AND id <= $1 GROUP BY post, revision
"""

# With every text as it was then, so that a later edit changes nothing; what was erased is gone from here as well.
DECIDED = f"""
    SELECT judged.post, judged.severity, judged.misinformation, judged.saw_opinion,
           CASE WHEN post.revision = judged.revision THEN post.body ELSE kept.body END AS body,
           concat_ws(chr(10),
                     nullif(CASE WHEN post.revision = judged.revision THEN post.note_text ELSE kept.note_text END, ''),
                     CASE WHEN opening.id <> post.id THEN NULL WHEN post.revision = judged.revision THEN thread.title
                          ELSE kept.title END) AS title,
           CASE WHEN opening.id = post.id THEN ''
                ELSE coalesce(quoted_then.body, quoted.body,
                              coalesce(opening_then.title, thread.title) || chr(10)
                              || coalesce(opening_then.body, opening.body)) END AS parent
    FROM ({JUDGED}) AS judged JOIN post ON post.id = judged.post JOIN thread ON thread.id = post.thread
    LEFT JOIN post_revision AS kept ON kept.post = judged.post AND kept.revision = judged.revision
    LEFT JOIN post AS quoted ON quoted.id = post.quoted AND quoted.state NOT IN ('deleted', 'removed')
    CROSS JOIN LATERAL (SELECT id, body, state FROM post AS first WHERE first.thread = thread.id
                        ORDER BY branch, id LIMIT 1) AS opening
    LEFT JOIN LATERAL (SELECT body FROM post_revision AS earlier
                       WHERE earlier.post = quoted.id AND earlier.replaced_at > judged.at
                       ORDER BY revision LIMIT 1) AS quoted_then ON true
    LEFT JOIN LATERAL (SELECT title, body FROM post_revision AS earlier
                       WHERE earlier.post = opening.id AND earlier.replaced_at > judged.at
                         AND opening.state <> 'deleted' ORDER BY revision LIMIT 1) AS opening_then ON true
    WHERE post.state <> 'deleted' ORDER BY judged.post, judged.revision
"""


class Decisions(msgspec.Struct, frozen=True):
    """What moderators decided up to one of their judgements."""

    mark: str
    """The id of that judgement, and the SHA-256 of the examples: of these decisions, unchanged, and no others."""
    examples: list[Example]
    later: int
    """How many judgements came since."""


async def read_marked(marks: Collection[str]) -> list[Decisions]:
    """Return all decisions of today, then, newest first, what bears one of the marks and stands as it did."""
    newest = (await fetch_one("SELECT coalesce(max(id), 0) AS id FROM labelled_example"))["id"]
    known = {int(found[1]) for found in map(MARK.fullmatch, marks) if found}
    earlier = [await _read_up_to(judgement) for judgement in sorted(known - {newest}, reverse=True)]
    return [await _read_up_to(newest), *(decisions for decisions in earlier if decisions.mark in marks)]


async def _read_up_to(judgement: int) -> Decisions:
    examples = await read_decisions(judgement)
    since = f"SELECT count(*) FROM labelled_example WHERE {SAYS_SOMETHING} AND id > $1"
    return Decisions(
        mark=f"{judgement}:{sha256(msgspec.json.encode(examples)).hexdigest()}",
        examples=examples,
        later=(await fetch_one(since, judgement))["count"],
    )


async def read_decisions(up_to: int = LAST) -> list[Example]:
    """Return every judgement up to one, of those that still stand, from the open database."""
    rows = [row for row in await fetch(DECIDED, up_to) if row["body"]]
    groups = _groups([(row["post"], text_key(row["body"])) for row in rows])
    return [
        Example(
            post=Post(text=row["body"], title=row["title"], parent=row["parent"]),
            severity=None if row["severity"] is None else Severity(row["severity"]),
            misinformation=row["misinformation"],
            group=f"decided:{group}",
            source="decisions",
            weight=SWAYED_WEIGHT if row["saw_opinion"] else 1.0,
        )
        for row, group in zip(rows, groups, strict=True)
    ]


def _groups(rows: Sequence[tuple[int, str]]) -> list[str]:
    """Name a group for each post and text, by the oldest post in it, so that later ones do not rename it.

    Revisions of one post share theirs, and so do copies of one text.
    """
    older: dict[int, int] = {}
    had_first: dict[str, int] = {}

    def oldest(post: int) -> int:
        while post in older:
            post = older[post]
        return post

    for post, text in rows:
        one, other = oldest(post), oldest(had_first.setdefault(text, post))
        if one != other:
            older[max(one, other)] = min(one, other)
    return [str(oldest(post)) for post, _ in rows]
