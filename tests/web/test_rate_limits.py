"""Limits count people without knowing where they are, and never lock anybody out by breaking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from server.app import create_app
from server.errors import TooMany
from server.redis_client import connect_redis
from server.web.rate_limits import RULES, DailyKey, RateLimits

if TYPE_CHECKING:
    from litestar import Litestar

TODAY = date(2026, 11, 23)


def test_address_becomes_a_hash_that_changes_daily_and_with_the_process() -> None:
    key = DailyKey()

    first = key.digest("203.0.113.7", today=TODAY)

    assert first == key.digest("203.0.113.7", today=TODAY)
    assert first != key.digest("203.0.113.8", today=TODAY)
    assert first != key.digest("203.0.113.7", today=TODAY + timedelta(days=1))
    assert first != DailyKey().digest("203.0.113.7", today=TODAY)
    assert "203" not in first or len(first) == 32


async def test_limit_counts_each_subject_apart(app: Litestar) -> None:
    limits: RateLimits = app.state.rate_limits
    allowed = min(rule.amount for rule in RULES["report"])
    for _ in range(allowed):
        await limits.check("report", "member-1")

    with pytest.raises(TooMany) as refused:
        await limits.check("report", "member-1")
    assert 0 < refused.value.retry_after <= 60
    await limits.check("report", "member-2")


async def test_without_redis_the_process_counts_alone(app: Litestar) -> None:
    limits = RateLimits(connect_redis("unix:///nowhere/redis.sock"))
    allowed = min(rule.amount for rule in RULES["report"])
    for _ in range(allowed):
        await limits.check("report", "member-1")

    with pytest.raises(TooMany):
        await limits.check("report", "member-1")
    assert limits.failures > allowed


async def test_pages_answer_while_redis_is_down(app: Litestar) -> None:
    lonely = create_app(replace(app.state.settings, redis_url="unix:///nowhere/redis.sock"))
    transport = httpx.ASGITransport(app=lonely)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=app.state.settings.base_url) as browser:
        for path in ("/", "/help", "/join", "/sign-in", "/search?q=hope"):
            assert (await browser.get(path)).status_code == 200
