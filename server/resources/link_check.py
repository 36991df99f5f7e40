"""Whether the addresses of vetted resources still answer; a daily job of the worker."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import structlog

from models.database import execute, fetch
from server.resources.public_address import AddressRefused, Answer, Doors, address_of, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_REDIRECTS = 3
SECONDS_FOR_ONE = 20.0
HOSTS_AT_ONCE = 8
NOT_AGAIN_WITHIN = timedelta(hours=20)
OPEN_WEB = Doors()

log = structlog.get_logger(__name__)


async def check_links(now: datetime, limit: int = 300, *, doors: Doors = OPEN_WEB) -> int:
    """Look at the addresses of vetted resources, those not looked at for longest first; return how many.

    One request at a time goes to a host. What was found lies in ``link_problem``, empty where all is well.
    """
    rows = await fetch(
        """SELECT id, url FROM resource
           WHERE state = 'vetted' AND url <> '' AND (link_checked_at IS NULL OR link_checked_at < $1)
           ORDER BY link_checked_at NULLS FIRST, id LIMIT $2""",
        now - NOT_AGAIN_WITHIN,
        limit,
    )
    by_host: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        by_host[_host_of(row["url"])].append((row["id"], row["url"]))
    # No connection is kept: one that was opened, and certified, for one host would serve another on the same address.
    limits = httpx.Limits(max_keepalive_connections=0, max_connections=HOSTS_AT_ONCE)
    at_once = asyncio.Semaphore(HOSTS_AT_ONCE)
    async with httpx.AsyncHTTPTransport(trust_env=False, limits=limits) as transport, asyncio.TaskGroup() as group:
        for links in by_host.values():
            group.create_task(_check_host(links, transport, doors, at_once, at=now))
    log.info("links_checked", checked=len(rows))
    return len(rows)


async def check_address(url: str, transport: httpx.AsyncBaseTransport, doors: Doors = OPEN_WEB) -> str:
    """Return in a sentence what is wrong with an address; empty where it answers."""
    try:
        async with asyncio.timeout(SECONDS_FOR_ONE):
            return await _follow(httpx.URL(url), transport, doors)
    except AddressRefused as refused:
        return str(refused)
    except httpx.InvalidURL:
        return "It is not a plain web address."
    except (TimeoutError, httpx.TimeoutException):
        return "It did not answer in time."
    except httpx.HTTPError as error:
        return f"It could not be reached ({type(error).__name__})."
    except (OSError, ValueError):
        return "Its host is not known."


async def _check_host(
    links: Sequence[tuple[int, str]], transport: httpx.AsyncBaseTransport, doors: Doors, at_once: asyncio.Semaphore,
    *, at: datetime,
) -> None:  # fmt: skip
    async with at_once:
        for resource_id, url in links:
            problem = await check_address(url, transport, doors)
            # Somebody may have changed the address meanwhile; ``updated_at`` stays, because no person changed anything.
            await execute(
                "UPDATE resource SET link_checked_at = $3, link_problem = $4 WHERE id = $1 AND url = $2",
                resource_id,
                url,
                at,
                problem,
            )


async def _follow(url: httpx.URL, transport: httpx.AsyncBaseTransport, doors: Doors) -> str:
    for _ in range(MAX_REDIRECTS + 1):
        answer = await _knock(url, transport, doors)
        if not answer.location:
            return "" if answer.status < 400 else f"It answers with the error {answer.status}."
        url = url.join(answer.location)
    return f"It leads on more than {MAX_REDIRECTS} times."


async def _knock(url: httpx.URL, transport: httpx.AsyncBaseTransport, doors: Doors) -> Answer:
    """Ask for the head alone, and for the page where a server does not like that."""
    address = await address_of(url, doors)
    try:
        answer = await ask("HEAD", url, address, transport)
    except httpx.RemoteProtocolError:
        return await ask("GET", url, address, transport)
    return answer if answer.status < 400 else await ask("GET", url, address, transport)


def _host_of(url: str) -> str:
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return ""
