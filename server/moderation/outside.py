"""Two of the ways by which Kith calls on-call outside of itself: a webhook and mail. ``push.py`` has the third.

No word of a post, its title, its summary or its author leaves here: ``Call`` has no room for them.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpx
import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from datetime import datetime

    from server.settings import Settings

WEBHOOK_SECONDS = 10.0
SMTP_STEP_SECONDS = 10.0
"""How long one answer of the mail server may take."""
MAIL_SECONDS = 40.0
"""How long a whole mail may take. Its thread then ends by itself, for each of its steps is bounded."""
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Call:
    """All that may leave Kith about a case."""

    case: int
    severity: str
    since: datetime
    link: str


class CallFailed(Exception):
    """A way did not work; its words are safe to keep and to show."""


def has_any_way(settings: Settings) -> bool:
    """Tell whether on-call can be reached by webhook or mail."""
    return settings.alert_webhook is not None or settings.alert_smtp is not None


async def send_calls(calls: Sequence[Call], settings: Settings, *, at: datetime) -> list[str]:
    """Call once by webhook for each case, and by one mail for all; return what failed for each, or empty.

    All at the same time: a way that hangs holds up no other, and nothing is raised.
    """
    if not calls:
        return []
    webhooks = [_attempt("webhook", _post(call, settings.alert_webhook)) for call in calls]
    mail = _attempt("mail", _mail(calls, settings, at=at))
    mail_failure, *webhook_failures = await asyncio.gather(mail, *webhooks)
    return ["; ".join(filter(None, (failure, mail_failure))) for failure in webhook_failures]


async def _attempt(way: str, sending: Awaitable[None]) -> str:
    """Wait for a way, and return what kind of failure there was, never its words: they may hold addresses and keys."""
    try:
        await sending
    except Exception as failure:  # noqa: BLE001 - whatever goes wrong here must not keep the other ways from calling
        kind = kind_of(failure)
        log.warning("call_failed", way=way, kind=kind)
        return f"{way}: {kind}"
    return ""


def kind_of(failure: Exception) -> str:
    """Return what kind of failure this is, in words that are safe to keep and to show."""
    if isinstance(failure, CallFailed):
        return str(failure)
    if isinstance(failure, TimeoutError | httpx.TimeoutException):
        return "no answer in time"
    return type(failure).__name__


async def _post(call: Call, url: str | None) -> None:
    if url is None:
        return
    said = {"case": call.case, "severity": call.severity, "since": call.since.isoformat(), "link": call.link}
    async with (
        httpx.AsyncClient(timeout=WEBHOOK_SECONDS, trust_env=False, headers={"user-agent": "Kith"}) as client,
        asyncio.timeout(WEBHOOK_SECONDS),  # from here on: a slow machine takes a while to load its certificates
        client.stream("POST", url, json=said) as answer,
    ):
        if not answer.is_success:
            raise CallFailed(f"status {answer.status_code}")


async def _mail(calls: Sequence[Call], settings: Settings, *, at: datetime) -> None:
    if settings.alert_smtp is None:
        return
    async with asyncio.timeout(MAIL_SECONDS):
        await asyncio.to_thread(_hand_over, _letter(calls, settings, at=at), settings.alert_smtp)


def _letter(calls: Sequence[Call], settings: Settings, *, at: datetime) -> EmailMessage:
    letter = EmailMessage()
    first = calls[0]
    which = f"case {first.case} ({first.severity})" if len(calls) == 1 else f"{len(calls)} cases"
    letter["Subject"] = f"Kith: nobody has come yet to {which}"
    letter["From"] = settings.alert_from
    letter["To"] = ", ".join(settings.alert_to)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = make_msgid(domain=urlsplit(settings.base_url).hostname)
    letter["Auto-Submitted"] = "auto-generated"
    lines = [f"Case {one.case}, {one.severity}, since {one.since:%Y-%m-%d %H:%M} UTC\n{one.link}\n" for one in calls]
    letter.set_content(
        "\n".join(lines)
        + '\nWhoever can: open it, and take it or press "I am on it".\nKith calls again until somebody does.\n'
    )
    return letter


def _hand_over(letter: EmailMessage, address: str) -> None:
    """Give the letter to the mail server; runs in a thread of its own.

    Raises: CallFailed, smtplib.SMTPException, OSError.
    """
    with _connect(address) as server:
        if server.send_message(letter):
            raise CallFailed("some recipients refused")


def _connect(address: str) -> smtplib.SMTP:
    """Connect, encrypted where the server can, and sign in where a name is given.

    A password only travels encrypted to a server that has proven its name, or within this machine. Without a
    password any encryption will do: there is nothing to steal, and a mail server's certificate is often its own.
    """
    parts = urlsplit(address)
    host, port, name = parts.hostname or "", parts.port or 0, unquote(parts.username or "")
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_STEP_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SMTP_STEP_SECONDS)
    try:
        if parts.scheme == "smtp":
            _encrypt(server, keeps_password=bool(name) and host not in OWN_MACHINE)
        if name:
            server.login(name, unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP, *, keeps_password: bool) -> None:
    context = ssl.create_default_context()
    if not keeps_password:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    server.ehlo_or_helo_if_needed()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif keeps_password:
        raise CallFailed("no encryption for the password")
