"""What moderators decided, as examples to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import fetch
from triage.posts import Post
from triage.scales import Severity
from triage.training.adapters import text_key
from triage.training.examples import Example

if TYPE_CHECKING:
    from collections.abc import Sequence

SWAYED_WEIGHT = 0.7
"""Of a judgement whose moderator had seen what the classifier said: it teaches less than one that was made without."""

# The newest judgement of each revision, with the text as it was then; what was erased is gone from here as well.
DECIDED = """
    SELECT DISTINCT ON (judged.post, judged.revision) judged.post, judged.severity, judged.misinformation,
           judged.saw_opinion, CASE WHEN post.revision = judged.revision THEN post.body ELSE kept.body END AS body,
           concat_ws(chr(10),
                     nullif(CASE WHEN post.revision = judged.revision THEN post.note_text ELSE kept.note_text END, ''),
                     CASE WHEN opening.id <> post.id THEN NULL WHEN post.revision = judged.revision THEN thread.title
                          ELSE kept.title END) AS title,
           CASE WHEN opening.id = post.id THEN '' ELSE coalesce(quoted.body, thread.title || chr(10) || opening.body)
           END AS parent
    FROM labelled_example AS judged JOIN post ON post.id = judged.post JOIN thread ON thread.id = post.thread
    LEFT JOIN post_revision AS kept ON kept.post = judged.post AND kept.revision = judged.revision
    LEFT JOIN post AS quoted ON quoted.id = post.quoted AND quoted.state NOT IN ('deleted', 'removed')
    CROSS JOIN LATERAL (SELECT id, body FROM post AS first WHERE first.thread = thread.id
                        ORDER BY branch, id LIMIT 1) AS opening
    WHERE post.state <> 'deleted' AND (judged.severity IS NOT NULL OR judged.misinformation IS NOT NULL)
    ORDER BY judged.post, judged.revision, judged.id DESC
"""


async def read_decisions() -> list[Example]:
    """Return every judgement that still stands, from the open database."""
    rows = [row for row in await fetch(DECIDED) if row["body"]]
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
