"""What resources mean to the classifier in use. Only the worker has it; what it makes lies in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.database import execute, fetch
from triage.posts import Post

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

AT_ONCE = 4
"""A post that comes meanwhile waits for so many at most."""
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
    """Have the model ``model`` embed every resource that it has not, or not in these words; return how many."""
    total = 0
    while done := await embed_some_resources(model, embed):
        total += done
    return total


async def embed_some_resources(model: str, embed: Callable[[Sequence[Post]], Awaitable[list[bytes]]]) -> int:
    """Have it embed the next few of them; return how many there were.

    Also what waits for review, so that it can be suggested once it is vetted.
    """
    rows = await _unembedded(model)
    found = await embed([Post(text=row["said"]) for row in rows]) if rows else []
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
    return len(rows)


async def _unembedded(model: str) -> list[dict[str, str]]:
    return await fetch(
        f"""SELECT resource.id, {SAID} AS said, md5({SAID}) AS digest
            FROM resource LEFT JOIN resource_meaning AS meaning ON {FITS.format(model="$1")}
            WHERE resource.state <> 'retired' AND meaning.resource IS NULL
            ORDER BY resource.state <> 'vetted', resource.id LIMIT {AT_ONCE}""",
        model,
    )
