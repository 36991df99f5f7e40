"""How PostgreSQL answers the queries of each page: recorded from the application itself, so that none is forgotten.

Each query is planned twice, once for its values and once without knowing them, because PostgreSQL may turn from the
one to the other after some repetitions; both have to be good.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import asyncpg
import httpx

from server.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asking import Ask, Page

    from server.settings import Settings

GROWING = frozenset({"post", "thread", "notice", "reaction", "follow", "visit", "triage_task", "session", "draft"})
"""Tables that no page may read from one end to the other."""

Plan = dict[str, Any]  # Any: PostgreSQL's own JSON


@dataclass(frozen=True)
class Query:
    """One query with its values; ``settings`` is what its transaction had set before."""

    sql: str
    values: tuple[object, ...]
    settings: tuple[str, tuple[object, ...]] | None


@dataclass(frozen=True)
class Explained:
    """What a query took; ``blocks`` are pages of 8 kB that were looked at."""

    page: str
    sql: str
    milliseconds: float
    blocks: int
    rows: int
    """The most rows that any one step touched."""
    used: list[str]
    plan: str
    problems: list[str] = field(default_factory=list[str])


class Recorder:
    """Notes every query that asyncpg sends while it is in use."""

    def __init__(self) -> None:
        self.queries: list[Query] = []
        self._settings: dict[int, tuple[str, tuple[object, ...]]] = {}
        # Any: asyncpg carries no types.
        self._connection_class: Any = asyncpg.Connection
        self._fetch = self._connection_class.fetch

    def __enter__(self) -> Self:
        recorder = self

        async def fetch(connection: Any, sql: str, *values: object, **options: Any) -> Any:
            recorder.note(connection, sql, values)
            return await recorder._fetch(connection, sql, *values, **options)

        self._connection_class.fetch = fetch
        return self

    def __exit__(self, *_: object) -> None:
        self._connection_class.fetch = self._fetch

    def note(self, connection: Any, sql: str, values: tuple[object, ...]) -> None:
        """Keep a query, or remember what it sets for the rest of its transaction."""
        if not connection.is_in_transaction():
            self._settings.pop(id(connection), None)
        if "set_config(" in sql:
            self._settings[id(connection)] = (sql, values)
            return
        if sql.startswith("SET LOCAL "):
            return  # whether a commit waits for the disk changes no plan
        query = Query(sql, values, self._settings.get(id(connection)))
        if query not in self.queries:
            self.queries.append(query)


async def explain_pages(settings: Settings, connection: Any, pages: list[Page]) -> list[Explained]:
    """Ask for each page once inside this process, and explain what it asked the database; nothing is kept."""
    app = create_app(settings)
    explained: list[Explained] = []
    transport = httpx.ASGITransport(app=app, client=("192.0.2.1", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
        for page in pages:
            with Recorder() as recorder:
                await _send(client, page.asks[0])
            explained += [await _explain(connection, page, query) for query in recorder.queries]
    await app.state.redis.aclose()
    return explained


async def _send(client: httpx.AsyncClient, ask: Ask) -> None:
    client.cookies.clear()
    client.cookies.update(ask.cookies)
    await (client.post(ask.path, data=ask.fields) if ask.fields else client.get(ask.path))


async def _explain(connection: Any, page: Page, query: Query) -> Explained:
    modes = ("force_custom_plan",) if query.settings else ("force_generic_plan", "force_custom_plan")
    problems: list[str] = []
    result: Plan = {}
    for mode in modes:
        result = json.loads(await _run(connection, query, mode, "JSON"))[0]
        nodes = list(_nodes(result["Plan"]))
        problems += [problem for node in nodes if (problem := _problem(node, page, mode))]
    nodes = list(_nodes(result["Plan"]))
    return Explained(
        page=page.name,
        sql=" ".join(query.sql.split()),
        milliseconds=result["Execution Time"],
        blocks=result["Plan"]["Shared Hit Blocks"] + result["Plan"]["Shared Read Blocks"],
        rows=max(_rows_touched(node) for node in nodes),
        used=list(dict.fromkeys(_source(node) for node in nodes if _source(node))),
        plan=await _run(connection, query, modes[-1], "TEXT"),
        problems=list(dict.fromkeys(problems)),
    )


async def _run(connection: Any, query: Query, mode: str, form: str) -> str:
    """Explain a query while it really runs, and take back whatever it wrote."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        if query.settings:
            await connection.fetch(query.settings[0], *query.settings[1])
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}; PREPARE asked AS {query.sql}")
        values = f"({', '.join(_literal(value) for value in query.values)})" if query.values else ""
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT {form}) EXECUTE asked{values}")
        return "\n".join(row[0] for row in rows)
    finally:
        await transaction.rollback()
        await connection.execute("DEALLOCATE ALL")


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int() | float():
            return str(value).lower()
        case str() | UUID() | datetime() | date():
            return "'" + str(value).replace("'", "''") + "'"
        case list():
            items: list[object] = value  # pyright: ignore[reportUnknownVariableType] - values of any type
            return f"ARRAY[{', '.join(_literal(item) for item in items)}]" if items else "'{}'"
        case _:
            raise TypeError(f"a query has a value of type {type(value)}")


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _source(node: Plan) -> str:
    return str(node.get("Index Name") or node.get("Relation Name") or "")


def _rows_touched(node: Plan) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])


def _problem(node: Plan, page: Page, mode: str) -> str:
    how = "" if mode == "force_custom_plan" else " (in the plan without values)"
    if node["Node Type"] in {"Seq Scan", "Parallel Seq Scan"} and node["Relation Name"] in GROWING:
        return f"sequential scan over {node['Relation Name']}{how}"
    if (rows := _rows_touched(node)) > page.most_rows:
        return f"{node['Node Type']} touches {rows:,} rows{how}"
    return ""
