"""How often somebody may do a thing, counted without keeping an address.

A signed-in member is counted by id, anybody else by a keyed hash of the address; the key lives in this process's
memory and is thrown away every day. Counts lie in Redis; while Redis is down this process counts alone, and if even
that fails the request goes through: a broken limiter must not lock out somebody in crisis.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from datetime import date
from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from server.clock import now
from server.errors import TooMany
from server.web.viewer import Connection, viewer_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar.handlers import BaseRouteHandler
    from redis.asyncio import Redis

    from server.settings import Settings

NETWORK_BITS = 64
RULES: dict[str, list[RateLimitItem]] = {
    "join": parse_many("6/hour; 20/day"),
    "sign_in": parse_many("10/10 minutes; 40/hour"),
    "sign_in_handle": parse_many("30/hour"),
    "second_factor": parse_many("8/10 minutes; 30/day"),
    "post": parse_many("6/minute; 60/hour"),
    "edit": parse_many("20/minute"),
    "react": parse_many("60/minute"),
    "report": parse_many("5/minute; 20/day"),
    "worried": parse_many("10/minute; 100/day"),
    "search": parse_many("30/minute"),
    "account": parse_many("20/10 minutes"),
    "export": parse_many("3/hour"),
    "draft": parse_many("60/minute"),
}

log = structlog.get_logger(__name__)


class DailyKey:
    """A secret that lasts a day and is never written down."""

    def __init__(self) -> None:
        """Start with a fresh key."""
        self._day = date.min
        self._key = b""

    def digest(self, text: str, *, today: date) -> str:
        """Return a keyed hash of ``text``, in hex; the same text has another hash tomorrow."""
        if today != self._day:
            self._day, self._key = today, secrets.token_bytes(32)
        return hmac.new(self._key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


class RateLimits:
    """Counts per rule and subject, in Redis or, while that is down, in memory."""

    def __init__(self, redis: Redis) -> None:
        """Prepare both counters; nothing is sent yet."""
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            wrap_exceptions=True,
            key_prefix="limits",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # limits types its options too narrowly
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._day_key = DailyKey()
        self.failures = 0
        """How often Redis could not be asked since this process started."""

    def subject_of(self, connection: Connection, settings: Settings) -> str:
        """Name who is asking: a member by id, anybody else by today's hash of the address."""
        viewer = viewer_of(connection)
        if viewer is not None:
            return f"member-{viewer.id}"
        return self.hidden(client_address(connection, settings))

    def hidden(self, text: str) -> str:
        """Return today's hash of an address or a handle."""
        return self._day_key.digest(text, today=now().date())

    async def check(self, rule: str, subject: str) -> None:
        """Count one use of ``rule`` by ``subject``.

        Raises: TooMany with the seconds to wait.
        """
        for item in RULES[rule]:
            retry_after = await self._hit(item, rule, subject)
            if retry_after is not None:
                raise TooMany(retry_after)

    async def _hit(self, item: RateLimitItem, rule: str, subject: str) -> int | None:
        try:
            return await _hit(self._shared, item, rule, subject)
        except (StorageError, OSError) as failure:
            self.failures += 1
            log.warning("rate_limit_counts_alone", exc_info=failure, failures=self.failures)
            return await _hit(self._alone, item, rule, subject)


async def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, rule: str, subject: str) -> int | None:
    if await limiter.hit(item, rule, subject):
        return None
    reset_at = (await limiter.get_window_stats(item, rule, subject)).reset_time
    return max(1, math.ceil(reset_at - now().timestamp()))


def client_address(connection: Connection, settings: Settings) -> str:
    """Return the address that a request came from; behind a trusted proxy the one that the proxy saw.

    Of IPv6 the network: one line at home has all addresses of a /64.
    """
    seen = connection.client.host if connection.client else ""
    if settings.trust_proxy and (forwarded := connection.headers.get("x-forwarded-for", "")):
        seen = forwarded.rsplit(",", 1)[-1].strip()
    try:
        address = IPv6Address(seen)
    except ValueError:
        return seen
    return str(address.ipv4_mapped or IPv6Network((address, NETWORK_BITS), strict=False))


async def count(connection: Connection, rule: str) -> None:
    """Count one use of ``rule`` by whoever is asking.

    Raises: TooMany.
    """
    state = connection.app.state
    limits: RateLimits = state.rate_limits
    await limits.check(rule, limits.subject_of(connection, state.settings))


def limited(rule: str) -> Callable[[Connection, BaseRouteHandler], Awaitable[None]]:
    """Return a guard that counts each request to its route under ``rule``."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        await count(connection, rule)

    return guard
