"""Mail to on-call is encrypted, and a password goes to no mail server that has not proven its name."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from server.moderation import outside
from server.moderation.outside import Call, send_calls
from server.settings import Settings
from tests.support.certificates import Authority
from tests.support.outside import MailServer, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SINCE = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE, ELSEWHERE = "127.0.0.1", "192.0.2.7"
PASSWORD = "kith:hush@"
NOT_PROVEN = "mail: SSLCertVerificationError"

pytestmark = pytest.mark.parametrize("begins_encrypted", [False, True], ids=["STARTTLS", "smtps"])


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that nobody trusts yet; no mail server counts as being on this machine."""
    monkeypatch.setattr(outside, "OWN_MACHINE", frozenset())
    return Authority(tmp_path)


@pytest.fixture
def trust(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine trust it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))


@asynccontextmanager
async def mail_server(authority: Authority, name: str, *, begins_encrypted: bool) -> AsyncIterator[MailServer]:
    server = MailServer(certificate=authority.server(name), begins_encrypted=begins_encrypted)
    async with listening(server):
        yield server


async def call(server: MailServer, folder: Path, *, login: str = PASSWORD) -> str:
    """Send a mail, and return what failed."""
    settings = Settings(
        data_dir=folder,
        secret_key="for tests alone, never for members",
        alert_smtp=server.address(login),
        alert_from="kith@example.org",
        alert_to=("on-call@example.org",),
    )
    [failure] = await send_calls([Call(7, "red", SINCE, "https://kith.example.org/x")], settings, at=SINCE)
    return failure


@pytest.mark.usefixtures("trust")
async def test_server_whose_authority_is_trusted_gets_the_password_and_the_mail_encrypted(
    authority: Authority, tmp_path: Path, *, begins_encrypted: bool
) -> None:
    async with mail_server(authority, HERE, begins_encrypted=begins_encrypted) as server:
        assert await call(server, tmp_path) == ""

    assert (len(server.logins), server.were_encrypted) == (1, [True])
    assert server.letters[0]["to"] == "on-call@example.org"


async def test_server_whose_authority_is_not_trusted_gets_neither(
    authority: Authority, tmp_path: Path, *, begins_encrypted: bool
) -> None:
    async with mail_server(authority, HERE, begins_encrypted=begins_encrypted) as server:
        assert await call(server, tmp_path) == NOT_PROVEN

    assert (server.logins, server.raw) == ([], [])


@pytest.mark.usefixtures("trust")
async def test_server_with_the_certificate_of_another_gets_neither(
    authority: Authority, tmp_path: Path, *, begins_encrypted: bool
) -> None:
    async with mail_server(authority, ELSEWHERE, begins_encrypted=begins_encrypted) as server:
        assert await call(server, tmp_path) == NOT_PROVEN

    assert (server.logins, server.raw) == ([], [])


async def test_without_a_password_mail_is_encrypted_to_whoever_offers_it_and_smtps_is_checked_all_the_same(
    authority: Authority, tmp_path: Path, *, begins_encrypted: bool
) -> None:
    async with mail_server(authority, HERE, begins_encrypted=begins_encrypted) as server:
        failure = await call(server, tmp_path, login="")

    assert (failure, server.were_encrypted) == ((NOT_PROVEN, []) if begins_encrypted else ("", [True]))
