"""Boards, as members see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class BoardView:
    """One board, with the moment of its newest post."""

    id: int
    slug: str
    name: str
    purpose: str
    rules: str
    archived: bool
    last_post_at: datetime | None


# The lateral lookup reads one entry of the index thread_of_board for each board.
BOARDS = """
    SELECT board.id, slug, name, purpose, rules, archived, newest.last_post_at
    FROM board LEFT JOIN LATERAL (
        SELECT last_post_at FROM thread
        WHERE thread.board = board.id AND deleted_at IS NULL ORDER BY last_post_at DESC LIMIT 1
    ) AS newest ON true
"""


async def list_boards() -> list[BoardView]:
    """Return the boards in their order, archived ones last."""
    rows = await fetch(f"{BOARDS} ORDER BY archived, position, name")
    return [BoardView(**row) for row in rows]


async def find_board(slug: str) -> BoardView:
    """Return a board.

    Raises: NotFound.
    """
    row = await fetch_one(f"{BOARDS} WHERE slug = $1", slug)
    if row is None:
        raise NotFound
    return BoardView(**row)
