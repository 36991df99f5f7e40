"""Devices on which staff let Kith call them, by web push: registered, listed, and forgotten as soon as they end.

A device is an address at a push service and two keys, as its browser gave them. Kith knows nothing else of it.
"""

from __future__ import annotations

import ipaddress
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from models.database import execute, fetch, fetch_one, transaction
from server.errors import KithError, NotFound
from server.notices.service import notify
from server.resources.public_address import is_public

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_DEVICES = 10
LONGEST_ENDPOINT = 1024
HTTPS_PORT = 443
POINT_BYTES = 65
"""A public key of P-256, uncompressed."""
AUTH_BYTES = 16
MANY_FAILURES = 10
WELL_FOR = timedelta(days=3)
"""A device that was reached or registered within this time is kept: it may be our own network that is down."""
GONE = "gone"
"""In place of a failure: the push service says that the device will never be reached again."""


class DeviceNotTaken(KithError):
    """What was sent is no subscription of a browser, or leads where Kith does not go."""

    status = 422
    title = "This device cannot be called"
    sentence = "What this browser gave is not an address that Kith may call. Please try another browser."


class TooManyDevices(KithError):
    """Somebody has as many devices as fit."""

    status = 409
    title = "That is one device too many"
    sentence = f"Kith calls you on at most {MOST_DEVICES} devices. Please remove one that you no longer use first."


@dataclass(frozen=True)
class Device:
    """Where a call goes, and the keys that it is sealed with."""

    id: int
    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class DeviceLine:
    """A device in its owner's list: moments only, because nothing else is known about it."""

    id: int
    created_at: datetime
    last_ok_at: datetime | None
    failures: int


def decode_key(text: str) -> bytes:
    """Read base64url without padding, as browsers write keys.

    Raises: ValueError.
    """
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except NotBase64 as error:
        raise ValueError("It is not base64url.") from error


async def register_device(member_id: int, *, endpoint: str, p256dh: str, auth: str, at: datetime) -> None:
    """Remember a device; one that is known already belongs to whoever registered it last.

    Raises: DeviceNotTaken, TooManyDevices.
    """
    _check_subscription(endpoint, p256dh, auth)
    async with transaction():
        await execute("SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE", member_id)
        others = await fetch_one(
            "SELECT count(*) AS n FROM push_subscription WHERE member = $1 AND endpoint <> $2", member_id, endpoint
        )
        if others["n"] >= MOST_DEVICES:
            raise TooManyDevices
        await execute(
            """INSERT INTO push_subscription (member, endpoint, p256dh, auth, created_at, failures)
               VALUES ($1, $2, $3, $4, $5, 0)
               ON CONFLICT (endpoint) DO UPDATE SET member = $1, p256dh = $3, auth = $4, created_at = $5,
                                                    last_ok_at = NULL, failures = 0""",
            member_id,
            endpoint,
            p256dh,
            auth,
            at,
        )


async def remove_device(device_id: int, member_id: int) -> None:
    """Forget one of one's own devices.

    Raises: NotFound.
    """
    rows = await fetch("DELETE FROM push_subscription WHERE id = $1 AND member = $2 RETURNING id", device_id, member_id)
    if not rows:
        raise NotFound("This device was removed already.")


async def list_devices(member_id: int) -> list[DeviceLine]:
    """Return one's own devices, the newest first."""
    rows = await fetch(
        "SELECT id, created_at, last_ok_at, failures FROM push_subscription WHERE member = $1 ORDER BY id DESC",
        member_id,
    )
    return [DeviceLine(**row) for row in rows]


async def devices_of(member_ids: Sequence[int]) -> list[Device]:
    """Return the devices of those among these who are staff."""
    rows = await fetch(
        """SELECT push_subscription.id, endpoint, p256dh, auth
           FROM push_subscription JOIN member ON member.id = push_subscription.member AND member.role <> 'member'
           WHERE member.id = ANY($1::bigint[]) ORDER BY push_subscription.id""",
        member_ids,
    )
    return [Device(**row) for row in rows]


async def note_outcomes(outcomes: Mapping[int, str], *, at: datetime) -> None:
    """Remember what came of calls, by device: empty where one was taken, else what failed, or ``GONE``.

    A device that is gone or fails again and again is forgotten, and its owner is told inside Kith.
    """
    if not outcomes:
        return
    failed = [device for device, failure in outcomes.items() if failure not in ("", GONE)]
    async with transaction():
        # Owners, then devices, each in one order: so do erasing and another worker, and nobody waits for ever.
        await execute(
            """SELECT 1 FROM member WHERE id IN (SELECT member FROM push_subscription WHERE id = ANY($1::bigint[]))
               ORDER BY id FOR KEY SHARE""",
            list(outcomes),
        )
        await execute(
            "SELECT 1 FROM push_subscription WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE", list(outcomes)
        )
        await execute(
            "UPDATE push_subscription SET last_ok_at = $2, failures = 0 WHERE id = ANY($1::bigint[])",
            [device for device, failure in outcomes.items() if not failure],
            at,
        )
        await execute("UPDATE push_subscription SET failures = failures + 1 WHERE id = ANY($1::bigint[])", failed)
        dropped = await fetch(
            """DELETE FROM push_subscription
               WHERE id = ANY($1::bigint[])
                  OR (id = ANY($2::bigint[]) AND failures >= $3 AND greatest(created_at, last_ok_at) < $4)
               RETURNING member""",
            [device for device, failure in outcomes.items() if failure == GONE],
            failed,
            MANY_FAILURES,
            at - WELL_FOR,
        )
        for member_id in sorted({row["member"] for row in dropped}):
            await notify(member_id, "device-dropped", at=at)


def _check_subscription(endpoint: str, p256dh: str, auth: str) -> None:
    """Make sure that this is a subscription and leads to the open web, as far as its words tell.

    Where a name leads is looked at again for each call, when it matters.

    Raises: DeviceNotTaken.
    """
    try:
        point = decode_key(p256dh)
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        are_keys = len(point) == POINT_BYTES and len(decode_key(auth)) == AUTH_BYTES
        url = httpx.URL(endpoint)
    except (ValueError, httpx.InvalidURL) as error:
        raise DeviceNotTaken from error
    is_plain = url.scheme == "https" and bool(url.host) and not url.userinfo and url.port is None and not url.fragment
    if not (are_keys and is_plain and len(endpoint) <= LONGEST_ENDPOINT and _may_be_public(url.host)):
        raise DeviceNotTaken


def _may_be_public(host: str) -> bool:
    try:
        return is_public(ipaddress.ip_address(host), HTTPS_PORT)
    except ValueError:
        return "." in host
