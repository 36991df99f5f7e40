"""Sealing a call for one device: encrypted for it alone (RFC 8291), signed so that push services take it (RFC 8292).

The words of the protocols are those of http-ece and py-vapid; no network is touched here.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import http_ece
import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from server.members.keys import derive_key
from server.moderation.devices import decode_key

if TYPE_CHECKING:
    from datetime import datetime

    from server.moderation.devices import Device
    from server.settings import Settings

URGENT, TEST = "urgent", "test"
TIME_TO_LIVE = timedelta(minutes=10)
"""For so long a push service keeps a call for a device that is off: then the next one is due."""
SIGNED_FOR = timedelta(hours=12)
PADDED_BYTES = 64
"""All calls are as long as each other, so that their sizes tell nothing."""
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class PushCall(msgspec.Struct, frozen=True):
    """All that is sent to a device: what kind of call, and to which case."""

    kind: str
    """``URGENT`` or ``TEST``; ``server/static/sw.js`` has the words for each."""
    case: int | None = None


def application_server_key(settings: Settings) -> str:
    """Return the public key that browsers bind a subscription to, as base64url."""
    point = _signing_key(settings).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def seal(call: PushCall, device: Device, settings: Settings, *, at: datetime) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of the request that brings a call to a device.

    Raises: ValueError or an exception of the libraries where the device's keys or address are none.
    """
    body = cast(
        "bytes",
        http_ece.encrypt(
            msgspec.json.encode(call).ljust(PADDED_BYTES),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=decode_key(device.p256dh),
            auth_secret=decode_key(device.auth),
        ),
    )
    headers = {
        "authorization": _signature(device.endpoint, settings, at=at),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(int(TIME_TO_LIVE.total_seconds())),
        "urgency": "high",
    }
    return headers, body


def _signature(endpoint: str, settings: Settings, *, at: datetime) -> str:
    claims = {
        "aud": f"https://{httpx.URL(endpoint).netloc.decode('ascii')}",
        "exp": int((at + SIGNED_FOR).timestamp()),
        "sub": _who_can_be_asked(settings),
    }
    # Not strict: its check of "sub" takes no port.
    return Vapid02(_signing_key(settings), conf={"no-strict": True}).sign(claims)["Authorization"]


def _signing_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """Derive the key pair from the installation's secret key: the same on every machine, and in every backup."""
    number = int.from_bytes(derive_key(settings.secret_key, "web push"))
    return ec.derive_private_key(number % (ORDER_OF_P256 - 1) + 1, ec.SECP256R1())


def _who_can_be_asked(settings: Settings) -> str:
    """Return where a push service finds whoever runs this Kith: the site itself, else the sender of its mail."""
    if settings.base_url.startswith("https://"):
        return settings.base_url
    return f"mailto:{settings.alert_from or f'kith@{urlsplit(settings.base_url).hostname}'}"
