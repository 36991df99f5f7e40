"""Whether queries cost more in a larger community, by comparing with a run on a smaller one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from plans import Explained

MORE = 3
"""So many times the blocks count as growth: an index gets a level deeper now and then, and threads differ in length."""

FEW_BLOCKS = 300
"""Below this nothing is called growth: a page's rows alone may lie in as many blocks."""

Query = tuple[str, str, int]
"""Page, SQL, and how many times the page sent the same SQL before."""


@dataclass(frozen=True)
class Growth:
    """Blocks that a page's queries looked at, in the smaller community and in this one."""

    page: str
    before: int
    now: int


def compare(smaller: Path, explained: list[Explained]) -> tuple[list[Growth], list[str]]:
    """Return the growth of every page that both runs have, and what grew with the tables."""
    known = json.loads(smaller.read_text(encoding="utf-8"))["queries"]
    before = _numbered([(query["page"], query["sql"], query["blocks"]) for query in known])
    now = _numbered([(query.page, query.sql, query.blocks) for query in explained])
    both = [query for query in now if query in before]
    pages = list(dict.fromkeys(page for page, _, _ in both))
    growths = [
        Growth(
            page, sum(before[query] for query in both if query[0] == page), sum(now[q] for q in both if q[0] == page)
        )
        for page in pages
    ]
    problems = [
        f"{page}: {before[page, sql, n]:,} blocks became {now[page, sql, n]:,}: {sql[:70]} …"
        for page, sql, n in both
        if now[page, sql, n] > max(FEW_BLOCKS, MORE * before[page, sql, n])
    ]
    return growths, problems


def _numbered(queries: list[tuple[str, str, int]]) -> dict[Query, int]:
    numbered: dict[Query, int] = {}
    for page, sql, blocks in queries:
        n = 0
        while (page, sql, n) in numbered:
            n += 1
        numbered[page, sql, n] = blocks
    return numbered
