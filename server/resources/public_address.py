"""Asking other people's servers for something without ever reaching our own network.

A name is resolved once for each request; every address that it has must be public; and the connection goes to the very
address that was looked at, so that a second answer of the name server cannot lead elsewhere (DNS rebinding). The
server's name goes along in SNI, and its certificate is checked against it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import httpx

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""From host and port to IP addresses; raises OSError where there are none."""

WEB_PORTS = {80, 443}
MAX_BODY_BYTES = 10_240
TIMEOUT = {"connect": 5.0, "read": 8.0, "write": 5.0, "pool": 5.0}
HEADERS = {"user-agent": "Kith link check", "accept": "*/*", "accept-encoding": "identity", "connection": "close"}

EMBEDDING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""NAT64, 6to4 and Teredo: an IPv4 address, perhaps a private one, inside an IPv6 address that looks public."""


class AddressRefused(Exception):
    """The address leads where Kith does not go; the message says why."""


def is_public(address: Address, port: int) -> bool:
    """Tell whether an address belongs to the open web: not private, loopback, link-local, multicast or reserved."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped, port)
        if address.is_site_local or any(address in network for network in EMBEDDING):
            return False
    refused = (
        address.is_private, address.is_loopback, address.is_link_local, address.is_multicast, address.is_reserved,
        address.is_unspecified, not address.is_global,
    )  # fmt: skip
    return port in WEB_PORTS and not any(refused)


async def resolve_host(host: str, port: int) -> list[str]:
    """Ask the system for a name's addresses.

    Raises: OSError.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True)
class Doors:
    """How names are resolved, and where connections may go; tests bring their own."""

    resolve: Resolve = resolve_host
    allows: Callable[[Address, int], bool] = is_public


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    location: str = ""
    body: bytes = b""
    """At most 10 KB of it."""


async def address_of(url: httpx.URL, doors: Doors) -> Address:
    """Return the one address to connect to.

    Raises: AddressRefused; OSError where the name is not known.
    """
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise AddressRefused("It is not a plain web address.")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        addresses = [ipaddress.ip_address(url.host)]
    except ValueError:
        answers = await doors.resolve(url.raw_host.decode("ascii"), port)
        addresses = [ipaddress.ip_address(answer.partition("%")[0]) for answer in answers]
    if not addresses or not all(doors.allows(address, port) for address in addresses):
        raise AddressRefused("It leads into a private network, or to an unusual port.")
    return min(addresses, key=lambda address: address.version)


async def ask(
    method: str,
    url: httpx.URL,
    address: Address,
    transport: httpx.AsyncBaseTransport,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Send one request to ``address`` in the name of ``url``'s host; no redirect is followed, no cookie sent.

    Raises: httpx.TransportError.
    """
    request = httpx.Request(
        method,
        url.copy_with(host=str(address), fragment=None),
        content=body,
        headers={**HEADERS, **(headers or {}), "host": url.netloc.decode("ascii")},
        extensions={"timeout": TIMEOUT, "sni_hostname": url.raw_host.decode("ascii")},
    )
    response = await transport.handle_async_request(request)
    try:
        said = b""
        if method != "HEAD" and not response.has_redirect_location:
            async for piece in response.aiter_raw():
                said += piece[: MAX_BODY_BYTES - len(said)]
                if len(said) >= MAX_BODY_BYTES:
                    break
    finally:
        await response.aclose()
    location = response.headers.get("location", "") if response.has_redirect_location else ""
    return Answer(response.status_code, location, said)
