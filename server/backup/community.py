"""Whether there is a community in the open database."""

from __future__ import annotations

from models.database import fetch_one


async def holds_community() -> bool:
    """Tell whether the database has our tables."""
    table = await fetch_one("SELECT to_regclass('public.member') IS NOT NULL AS exists")
    return bool(table["exists"])


async def count_members() -> int:
    """Return how many members the database holds, with or without tables."""
    if not await holds_community():
        return 0
    return int((await fetch_one("SELECT count(*) AS number FROM member"))["number"])
