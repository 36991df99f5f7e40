"""Measures Kith's pages on an invented community: speed, memory, and how PostgreSQL answers their queries.

    python scripts/bench/pages.py --json small.json              # 100,000 posts, under three minutes
    python scripts/bench/pages.py --posts 1000000 --against small.json

It brings its own PostgreSQL and Redis in a temporary folder, with the durable settings of a real installation, runs
the real web process beside a hello-world on the same server, and stops all of it at the end. Needs the test extra.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from asking import Ask, Page, pages_to_measure
from growth import compare
from installation import Installation, installed, run_in_process
from load import CLOSED_CONNECTIONS, Times, Work
from memory import Meter, Neighbours, Weight, problems_with, weigh
from plans import Explained, explain_pages
from report import (
    Measured,
    as_json,
    heaviest_plans,
    percentile,
    table_of_growth,
    table_of_memory,
    table_of_pages,
    table_of_queries,
)
from seeding import Community, describe, open_connection, seed_community

from models.database import close_database, open_database
from server.search.vocabulary import refresh_vocabulary

STARTED = time.perf_counter()
WARM_UP = 0.7


class Options(argparse.Namespace):
    """What was asked for on the command line."""

    posts: int
    seconds: float
    pages: str
    folder: Path | None
    json: Path | None
    against: Path | None

    @property
    def at_most(self) -> float:
        """Seconds after which the whole run is given up."""
        return 180 + self.posts / 1_500 + 40 * max(0.0, self.seconds - 3)


def main() -> None:
    """Measure, print, and leave with status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description="Measure Kith's pages.")
    parser.add_argument("--posts", type=int, default=100_000, help="how many posts to seed (100,000)")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="length of each measurement (3); 0: only look at the queries"
    )
    parser.add_argument("--pages", default="", help="measure only pages whose name contains this")
    parser.add_argument("--folder", type=Path, help="keep the seeded data here, and use what is here already")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    parser.add_argument("--against", type=Path, help="compare the queries with a smaller run's --json file")
    options = parser.parse_args(namespace=Options())
    try:
        problems = asyncio.run(_in_time(options))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    except TimeoutError:
        sys.exit(f"Not done after {options.at_most:.0f} seconds, stopped.")
    if problems:
        print("\nNot as promised:\n" + "\n".join(f"  {problem}" for problem in problems))
        sys.exit(1)
    print("\nAll promises held.")


async def _in_time(options: Options) -> list[str]:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with asyncio.timeout(options.at_most):
        if options.folder is not None:
            return await _measure(options, options.folder.absolute())
        with tempfile.TemporaryDirectory(prefix="kith-bench-", ignore_cleanup_errors=True) as folder:
            return await _measure(options, Path(folder) / "var")


async def _measure(options: Options, folder: Path) -> list[str]:
    _say(f"starting PostgreSQL and Redis in {folder}")
    async with installed(folder) as installation:
        community = await _community(installation, options.posts)
        await open_database(installation.settings.database_address, max_connections=4)
        try:
            _say("learning the words for search")
            await refresh_vocabulary()
            neighbours = Neighbours()
            measured, weights = await _measure_pages(installation, options)
            busy = neighbours.cores()
            _say("explaining queries")
            explained = await _explain(installation, options)
        finally:
            await close_database()
    _print_report(community, busy, measured, weights, explained)
    problems = [problem for line in measured for problem in line.problems()] + problems_with(weights)
    if options.against is not None:
        growths, grown = compare(options.against, explained)
        print(f"\n{table_of_growth(growths, options.against.name)}")
        problems += grown
    problems += [f"{query.page}: {problem}: {query.sql[:70]} …" for query in explained for problem in query.problems]
    if options.json is not None:
        about = {"community": asdict(community), "cores_used_by_others": busy, "problems": problems}
        options.json.write_text(json.dumps(as_json(measured, weights, explained, **about), indent=1), encoding="utf-8")
    return problems


async def _community(installation: Installation, posts: int) -> Community:
    address = installation.settings.database_address
    connection = await open_connection(address)
    try:
        there = await describe(connection)
    finally:
        await connection.close()
    return there if there.posts else await seed_community(address, posts, _say)


async def _measure_pages(installation: Installation, options: Options) -> tuple[list[Measured], list[Weight]]:
    _say("starting the web and the hello-world")
    web = await installation.start(installation.web)
    hello_id = await installation.start(installation.hello)
    pages = await pages_to_measure(installation.settings, random.Random(1))  # noqa: S311 - the same each time
    hello = Page("hello-world, same server", [Ask("/")])
    if options.seconds == 0:
        return [], weigh(web)
    measured = [await _measure_page(hello, installation.hello_port, Meter(hello_id), options)]
    asked = [page for page in pages if options.pages in page.name and page.is_timed]
    port, meter = installation.settings.listen_port, Meter(web)
    measured += [await _measure_page(page, port, meter, options) for page in asked]
    return measured, weigh(web)


async def _measure_page(page: Page, port: int, meter: Meter, options: Options) -> Measured:
    requests = [ask.raw(port) for ask in page.asks]
    longer = 4 if page.is_promised else 1
    used_before = meter.seconds()
    closed = await _load(Work(port=port, requests=requests, seconds=options.seconds, warm_up=WARM_UP))
    used = meter.seconds() - used_before
    most = len(closed.latencies) / closed.seconds
    # Beyond its maximum a server only shows how long a queue can grow.
    rate = page.rate if page.is_promised else min(page.rate, max(1.0, round(most / 2)))
    # The requests go on where the closed loop stopped, so that no member meets a limit too early.
    place = closed.sent % len(requests)
    requests = requests[place:] + requests[:place]
    opened = await _load(Work(port=port, requests=requests, seconds=options.seconds * longer, rate=rate))
    _say(f"{page.name}: {most:.0f} requests/s, p99 {percentile(opened.latencies, 0.99):.1f} ms at {rate:.0f}/s")
    return Measured(
        name=page.name,
        most_per_second=most,
        processor_ms=used / closed.sent * 1000,
        rate=rate,
        sent=len(opened.latencies),
        p50=percentile(opened.latencies, 0.5),
        p99=percentile(opened.latencies, 0.99),
        slowest=max(opened.latencies),
        page_bytes=opened.body_bytes // len(opened.latencies),
        is_promised=page.is_promised,
        wrong_answers=_wrong_answers(page, closed, opened),
    )


def _wrong_answers(page: Page, *loops: Times) -> dict[str, int]:
    wrong: dict[str, int] = {}
    for times in loops:
        for status, count in times.statuses.items():
            if status != page.status:
                wrong[status] = wrong.get(status, 0) + count
    return wrong


async def _load(work: Work) -> Times:
    return Times(**json.loads(await run_in_process("load.py", json.dumps(asdict(work)))))


async def _explain(installation: Installation, options: Options) -> list[Explained]:
    pages = await pages_to_measure(installation.settings, random.Random(2))  # noqa: S311 - the same each time
    connection = await open_connection(installation.settings.database_address)
    try:
        asked = [page for page in pages if options.pages in page.name]
        return await explain_pages(installation.settings, connection, asked)
    finally:
        await connection.close()


def _print_report(
    community: Community, busy: float, measured: list[Measured], weights: list[Weight], explained: list[Explained]
) -> None:
    print(
        f"\n{community.posts:,} posts in {community.threads:,} threads (the longest has {community.longest_thread:,}), "
        f"{community.members:,} members, {community.megabytes:,} MB in PostgreSQL.\n"
        f"{os.cpu_count()} cores, shared by client, web process, PostgreSQL and Redis"
        f" and by other programs that kept {busy:.1f} cores busy meanwhile.\n"
        f"Most: {CLOSED_CONNECTIONS} connections that never pause. Fixed rate: timed from when each request was due.\n"
    )
    print(f"{table_of_pages(measured)}\n\n{table_of_memory(weights)}\n")
    print("Queries of each page, as PostgreSQL answered them (EXPLAIN ANALYZE, BUFFERS):\n")
    print(f"{table_of_queries(explained)}\n\nThe heaviest query of each page:\n\n{heaviest_plans(explained)}")


def _say(what: str) -> None:
    print(f"{time.perf_counter() - STARTED:6.1f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
