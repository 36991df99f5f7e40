"""A push service and browsers that subscribed to it, in tests: real HTTPS, real keys, on this machine alone."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from models.database import fetch_one
from server.clock import now
from server.moderation.push import Reach
from server.resources.public_address import Doors, is_public

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from server.resources.public_address import Address

NAME = "push.example"


def to_text(content: bytes) -> str:
    """Write base64url as browsers do."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """Read it."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Sent:
    """One request that the push service got."""

    path: str
    headers: dict[str, str]
    body: bytes


class Phone:
    """A browser that let Kith call it; it alone can read what is sent to it."""

    def __init__(self, path: str = "/calls/one") -> None:
        """Make its keys."""
        self.path = path
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        """What it tells Kith beside its address."""
        return {"p256dh": to_text(_point(self._key.public_key())), "auth": to_text(self._secret)}

    def read(self, sent: Sent) -> dict[str, Any]:
        """Decrypt what was sent, as RFC 8291 and RFC 8188 say, without the library that sealed it."""
        salt, length = sent.body[:16], sent.body[20]
        theirs, sealed = sent.body[21 : 21 + length], sent.body[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        about = b"WebPush: info\0" + _point(self._key.public_key()) + theirs
        secret = _derive(shared, self._secret, about, 32)
        key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None)
        assert padded[-1:] == b"\x02", "it is not the last record"
        return json.loads(padded[:-1])


def read_signature(sent: Sent) -> tuple[dict[str, Any], str]:
    """Check the VAPID signature of a request (RFC 8292); return its claims and the public key that it names.

    Raises: InvalidSignature.
    """
    scheme, _, parameters = sent.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    given = dict(one.strip().split("=", 1) for one in parameters.split(","))
    signed, _, signature = given["t"].rpartition(".")
    header, claims = (json.loads(to_bytes(part)) for part in signed.split("."))
    assert header == {"typ": "JWT", "alg": "ES256"}
    raw = to_bytes(signature)
    pair = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(given["k"]))
    public.verify(pair, signed.encode(), ec.ECDSA(SHA256()))
    return claims, given["k"]


@dataclass
class PushService:
    """Answers by path: 201 unless ``statuses`` says otherwise; with ``None`` it never answers."""

    certificate: Path
    statuses: dict[str, int | None] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    port: int = 0

    def reach(self) -> Reach:
        """Return how Kith finds it: as if it were on the open web, and the rest of the machine were what it is."""

        async def resolve(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        def allows(address: Address, port: int) -> bool:
            return (str(address), port) == ("127.0.0.1", self.port) or is_public(address, port)

        return Reach(Doors(resolve, allows), self.trust)

    def trust(self) -> ssl.SSLContext:
        """Return what believes its certificate, and no other."""
        return ssl.create_default_context(cafile=self.certificate)

    def to(self, phone: Phone) -> list[Sent]:
        """Return what was sent to a phone."""
        return [sent for sent in self.sent if sent.path == phone.path]

    async def register(self, phone: Phone, member_id: int, *, at: datetime | None = None) -> int:
        """Put a phone on a member's list, as its page does, with the port of this service, and return its number."""
        row = await fetch_one(
            """INSERT INTO push_subscription (member, endpoint, p256dh, auth, created_at, failures)
               VALUES ($1, $2, $3, $4, $5, 0) RETURNING id""",
            member_id,
            f"https://{NAME}:{self.port}{phone.path}",
            *phone.keys.values(),
            at or now(),
        )
        return int(row["id"])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().strip()
            first, *lines = head.split("\r\n")
            headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.sent.append(Sent(first.split(" ")[1], headers, body))
            status = self.statuses.get(self.sent[-1].path, 201)
            if status is None:
                await reader.read()  # until the caller gives up
                return
            writer.write(f"HTTP/1.1 {status} Said\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def push_service(folder: Path) -> AsyncIterator[PushService]:
    """Run a push service under a name and a certificate of its own until the block ends."""
    certificate, key = _certify(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    service = PushService(certificate)
    listener = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=context)
    service.port = listener.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        listener.close()
        await listener.wait_closed()


def _certify(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    paths = folder / "push.pem", folder / "push.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=about).derive(secret)
