"""What resources mean to the classifier in use. Only the worker has it; what it makes lies in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.database import execute, fetch
from triage.posts import Post

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

AT_ONCE = 16
SAID = """(resource.title || '. ' || resource.description || ' ' ||
    replace(array_to_string(resource.needs || resource.topics, ', '), '-', ' '))"""
"""SQL for the words that are embedded."""
FITS = f"meaning.resource = resource.id AND meaning.model = {{model}} AND meaning.digest = md5({SAID})"
"""SQL: that ``resource_meaning AS meaning`` is what a model, whose version is a parameter, made of these very words."""


class Meaning(NamedTuple):
    """What a text means to one model; only what the same model made can be compared with it."""

    model: str
    direction: bytes


async def embed_changed_resources(model: str, embed: Callable[[Sequence[Post]], Awaitable[list[bytes]]]) -> int:
    """Have the model ``model`` embed each resource that it has not, or not in these words; return how many there were.

    Also what waits for review, so that it can be suggested once it is vetted.
    """
    done = 0
    while rows := await _unembedded(model):
        found = await embed([Post(text=row["said"]) for row in rows])
        for row, direction in zip(rows, found, strict=True):
            await execute(
                """INSERT INTO resource_meaning (resource, model, digest, meaning)
                   SELECT id, $2, $3, $4 FROM resource WHERE id = $1
                   ON CONFLICT (resource) DO UPDATE
                   SET model = excluded.model, digest = excluded.digest, meaning = excluded.meaning""",
                row["id"],
                model,
                row["digest"],
                direction,
            )
        done += len(rows)
    return done


async def _unembedded(model: str) -> list[dict[str, str]]:
    return await fetch(
        f"""SELECT resource.id, {SAID} AS said, md5({SAID}) AS digest
            FROM resource LEFT JOIN resource_meaning AS meaning ON {FITS.format(model="$1")}
            WHERE resource.state <> 'retired' AND meaning.resource IS NULL
            ORDER BY resource.state <> 'vetted', resource.id LIMIT {AT_ONCE}""",
        model,
    )
