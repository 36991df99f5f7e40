"""What Kith calls on-call by, in tests: a webhook and a mail server on this machine that keep what they are sent."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from email.message import EmailMessage

    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Webhook:
    """Answers each request with ``status``; with none it never answers."""

    status: int | None = 200
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/on-call"

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The JSON that it was sent."""
        return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        self.requests.append(head + await reader.readexactly(int(length.partition(b":")[2])))
        if self.status is None:
            await reader.read()  # until the caller gives up
            return
        writer.write(f"HTTP/1.1 {self.status} Said\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()


@dataclass
class MailServer:
    """Speaks as much SMTP (RFC 5321) as a letter needs; ``refused`` recipients are turned away.

    With a ``certificate`` it offers STARTTLS (RFC 3207), or, where it ``begins_encrypted``, speaks TLS from the first
    byte on.
    """

    refused: tuple[str, ...] = ()
    certificate: ssl.SSLContext | None = None
    begins_encrypted: bool = False
    raw: list[bytes] = field(default_factory=list)
    were_encrypted: list[bool] = field(default_factory=list)
    """Of each letter, whether it came so."""
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0

    def address(self, login: str = "") -> str:
        """Return it as a setting."""
        return f"{'smtps' if self.begins_encrypted else 'smtp'}://{login}127.0.0.1:{self.port}"

    @property
    def letters(self) -> list[EmailMessage]:
        """What it was sent."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 tests\r\n")
        while line := await reader.readline():
            command = line.decode("ascii").strip()
            writer.write(await self._answer(command, reader, writer))
            await writer.drain()
            if command.upper() == "QUIT":
                return
            if command.upper() == "STARTTLS" and self.certificate is not None:
                with suppress(ssl.SSLError, ConnectionError):  # whoever does not trust it goes away
                    await writer.start_tls(self.certificate)

    async def _answer(self, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        is_encrypted = writer.get_extra_info("ssl_object") is not None
        match command.upper().partition(" ")[0]:
            case "EHLO":
                starttls = b"250-STARTTLS\r\n" if self.certificate is not None and not is_encrypted else b""
                return b"250-tests\r\n" + starttls + b"250 AUTH PLAIN\r\n"
            case "STARTTLS":
                return b"220 go on\r\n"
            case "AUTH":
                self.logins.append(command.rpartition(" ")[2])
                return b"235 welcome\r\n"
            case "RCPT":
                self.recipients.append(command.partition("<")[2].partition(">")[0])
                return b"550 nobody\r\n" if self.recipients[-1] in self.refused else b"250 ok\r\n"
            case "DATA":
                writer.write(b"354 go on\r\n")
                self.were_encrypted.append(is_encrypted)
                self.raw.append((await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n"))
                return b"250 taken\r\n"
            case "QUIT":
                return b"221 bye\r\n"
            case _:
                return b"250 ok\r\n"


@asynccontextmanager
async def listening(server: Webhook | MailServer) -> AsyncIterator[None]:
    """Let a server listen on a free port until the block ends."""
    certificate = server.certificate if isinstance(server, MailServer) and server.begins_encrypted else None
    listener = await asyncio.start_server(_closing(server.serve), "127.0.0.1", 0, ssl=certificate)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        listener.close()
        await listener.wait_closed()


def _closing(serve: Serve) -> Serve:
    async def serve_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    return serve_once
