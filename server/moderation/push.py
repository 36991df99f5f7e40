"""Calling staff on their devices by web push (RFC 8030), beside the other ways of ``server.moderation.outside``.

Push services are other people's servers whose addresses browsers gave: they are reached as the link check reaches the
web, so that no call ever leads into our own network.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import structlog

from server.moderation.devices import GONE, Device, devices_of, note_outcomes
from server.moderation.outside import CallFailed, kind_of
from server.moderation.sealing import TEST, PushCall, seal
from server.resources.public_address import Doors, address_of, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from ssl import SSLContext

    from server.settings import Settings

PUSH_SECONDS = 10.0
"""How long all calls of one round to one device may take."""
NEVER_AGAIN = frozenset({404, 410})
"""What a push service answers for a subscription that has ended (RFC 8030, 7.3)."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Reach:
    """Where push services are looked for and whose certificates count; tests bring their own."""

    doors: Doors = field(default_factory=Doors)
    trust: Callable[[], SSLContext] = httpx.create_ssl_context


OPEN_WEB = Reach()


async def push_calls(
    calls: Iterable[tuple[PushCall, Sequence[Device]]], settings: Settings, *, at: datetime, reach: Reach = OPEN_WEB
) -> dict[int, str]:
    """Call devices, all at the same time and each one call after the other; return what came of it by device.

    Empty where every call was taken, else what kind of failure there was, or ``GONE``. Nothing is raised.
    """
    by_device: defaultdict[Device, list[PushCall]] = defaultdict(list)
    for call, devices in calls:
        for device in devices:
            by_device[device].append(call)
    if not by_device:
        return {}
    # No connection is kept: one that was opened, and certified, for one host would serve another on the same address.
    limits = httpx.Limits(max_keepalive_connections=0, max_connections=None)
    async with httpx.AsyncHTTPTransport(verify=reach.trust(), trust_env=False, limits=limits) as transport:
        attempts = [_attempt(device, own, settings, transport, reach, at=at) for device, own in by_device.items()]
        found = await asyncio.gather(*attempts)
    return {device.id: outcome for device, outcome in zip(by_device, found, strict=True)}


def failure_of(devices: Sequence[Device], outcomes: dict[int, str]) -> str:
    """Say what failed when these devices were called, or nothing; one that is gone is no failure of the way."""
    kinds = {outcomes[device.id] for device in devices} - {"", GONE}
    return f"push: {', '.join(sorted(kinds))}" if kinds else ""


async def send_test(member_id: int, settings: Settings, *, at: datetime, reach: Reach = OPEN_WEB) -> None:
    """Let a member of the staff see how a call looks, on each of their devices."""
    if not settings.push:
        return
    calls = [(PushCall(TEST), await devices_of([member_id]))]
    await note_outcomes(await push_calls(calls, settings, at=at, reach=reach), at=at)


async def _attempt(
    device: Device, calls: Sequence[PushCall], settings: Settings, transport: httpx.AsyncHTTPTransport, reach: Reach,
    *, at: datetime,
) -> str:  # fmt: skip
    """Call one device; what goes wrong is told by its kind, never its words: they may hold the device's address."""
    try:
        async with asyncio.timeout(PUSH_SECONDS):
            for call in calls:
                if await _post(call, device, settings, transport, reach, at=at) in NEVER_AGAIN:
                    return GONE
    except Exception as failure:  # noqa: BLE001 - whatever goes wrong with one device must not keep others from ringing
        kind = kind_of(failure)
        log.warning("call_failed", way="push", kind=kind)
        return kind
    return ""


async def _post(
    call: PushCall, device: Device, settings: Settings, transport: httpx.AsyncHTTPTransport, reach: Reach, *,
    at: datetime,
) -> int:  # fmt: skip
    """Send one call and return the push service's status, one of success or ``NEVER_AGAIN``.

    Raises: CallFailed, AddressRefused, OSError, httpx.TransportError.
    """
    url = httpx.URL(device.endpoint)
    headers, body = seal(call, device, settings, at=at)
    address = await address_of(url, reach.doors)
    answer = await ask("POST", url, address, transport, headers={**headers, "user-agent": "Kith"}, body=body)
    if not (httpx.codes.is_success(answer.status) or answer.status in NEVER_AGAIN):
        raise CallFailed(f"status {answer.status}")
    return answer.status
