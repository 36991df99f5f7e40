"""Turns measurements into what is read on a terminal, and into JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from growth import Growth
    from memory import Weight
    from plans import Explained

PROMISED_P99 = 50.0
"""Milliseconds, for a thread page with 25 posts at 50 requests a second."""


@dataclass(frozen=True)
class Measured:
    """One line of the table: the most requests a second, and latencies in milliseconds at a fixed rate."""

    name: str
    most_per_second: float
    processor_ms: float
    """Of the web process for each request: the figure that other programs disturb least."""
    rate: float
    sent: int
    p50: float
    p99: float
    slowest: float
    page_bytes: int
    is_promised: bool
    wrong_answers: dict[str, int]

    def problems(self) -> list[str]:
        """Return what breaks the promises."""
        wrong = [f"{self.name}: {count} answers with status {status}" for status, count in self.wrong_answers.items()]
        if self.is_promised and self.p99 > PROMISED_P99:
            wrong.append(f"{self.name}: p99 is {self.p99:.0f} ms at {self.rate:.0f} requests/s")
        return wrong


def percentile(latencies: list[float], share: float) -> float:
    """Return the latency that ``share`` of the requests did not exceed (nearest rank)."""
    ordered = sorted(latencies)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table_of_pages(measured: list[Measured]) -> str:
    """Write the table of pages."""
    lines = [
        f"{'':<36}{'most':>8}{'web':>8}{'at a fixed rate':>25}{'':>8}{'page':>9}",
        f"{'':<36}{'req/s':>8}{'cpu ms':>8}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>9}{'bytes':>9}",
    ]
    lines += [
        f"{line.name:<36}{line.most_per_second:>8.0f}{line.processor_ms:>8.2f}{line.rate:>8.0f}{line.p50:>8.1f}{line.p99:>8.1f}"
        f"{line.slowest:>9.1f}{line.page_bytes:>9,}"
        for line in measured
    ]
    return "\n".join(lines)


def table_of_memory(weights: list[Weight]) -> str:
    """Write what the web process weighs."""
    lines = [f"{'web process after the load':<36}{'RSS MB':>8}{'PSS MB':>8}{'torch':>8}"]
    lines += [
        f"{weight.process:<36}{weight.resident:>8.0f}{weight.proportional:>8.0f}"
        f"{'LOADED' if weight.has_torch else 'no':>8}"
        for weight in weights
    ]
    return "\n".join([*lines, f"{'together':<44}{sum(weight.proportional for weight in weights):>8.0f}"])


def table_of_queries(explained: list[Explained]) -> str:
    """Write one line for each query of each page."""
    lines = [f"{'blocks':>7}{'rows':>8}{'ms':>8}  query: tables and indexes that it reads"]
    page = ""
    for query in explained:
        if query.page != page:
            page = query.page
            lines.append(f"{page}:")
        lines.append(f"{query.blocks:>7,}{query.rows:>8,}{query.milliseconds:>8.2f}  {query.sql[:60]} …")
        lines.append(f"{'':>25}{', '.join(query.used) or 'no table'}")
        lines += [f"{'':>25}PROBLEM: {problem}" for problem in query.problems]
    return "\n".join(lines)


def table_of_growth(growths: list[Growth], smaller: str) -> str:
    """Write how many blocks each page looks at here and in a smaller community."""
    lines = [f"{'blocks of 8 kB that a page looks at':<44}{smaller:>20}{'this run':>10}"]
    return "\n".join([*lines, *(f"{growth.page:<44}{growth.before:>20,}{growth.now:>10,}" for growth in growths)])


def heaviest_plans(explained: list[Explained]) -> str:
    """Write the full plan of the heaviest query of each page."""
    by_page: dict[str, Explained] = {}
    for query in explained:
        if query.page not in by_page or query.blocks > by_page[query.page].blocks:
            by_page[query.page] = query
    return "\n\n".join(f"{page}: {query.sql}\n{query.plan}" for page, query in by_page.items())


def as_json(pages: list[Measured], weights: list[Weight], explained: list[Explained], **about: Any) -> dict[str, Any]:
    """Collect everything for a file."""  # Any: JSON
    return {
        **about,
        "pages": [asdict(page) for page in pages],
        "memory": [asdict(weight) for weight in weights],
        "queries": [asdict(query) for query in explained],
    }
