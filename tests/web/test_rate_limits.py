"""Limits count people without knowing where they are, and never lock anybody out by breaking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from server.app import create_app
from server.errors import TooMany
from server.redis_client import connect_redis
from server.web.rate_limits import RULES, DailyKey, RateLimits
from tests.support.people import form_token

if TYPE_CHECKING:
    from litestar import Litestar

    from server.settings import Settings

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


async def test_one_line_with_many_addresses_counts_as_one(services: Settings) -> None:
    site = create_app(replace(services, trust_proxy=True))
    allowed = min(rule.amount for rule in RULES["sign_in"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=site), base_url="http://kith") as client:  # type: ignore[arg-type]
        answers = [await sign_in_from(client, f"2001:db8:0:7::{number:x}") for number in range(1, allowed + 2)]
        elsewhere = await sign_in_from(client, "2001:db8:0:8::1")
        older = await sign_in_from(client, "::ffff:192.0.2.7")

    assert answers == [422] * allowed + [429]
    assert (elsewhere, older) == (422, 422)


async def sign_in_from(client: httpx.AsyncClient, address: str) -> int:
    """Try to sign in from this address, and return the status."""
    fields = {"handle": f"nobody-{uuid4().hex[:8]}", "secret": "wrong", "_csrf_token": await form_token(client)}
    return (await client.post("/sign-in", data=fields, headers={"x-forwarded-for": address})).status_code
