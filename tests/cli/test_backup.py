"""``kith backup`` and ``kith restore``: what was written comes back on an empty machine."""

from __future__ import annotations

import io
import shutil
import tarfile
from typing import TYPE_CHECKING

import asyncpg
import pytest
from redis.asyncio import Redis

from server.members.totp import decrypt_secret
from tests.support.installation import kith, running

if TYPE_CHECKING:
    from pathlib import Path

    from server.settings import Settings


async def ask(settings: Settings, sql: str) -> object:
    connection = await asyncpg.connect(settings.database_address)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """A backup of a community with one admin, made while it ran; its data directory is gone."""
    file = tmp_path / "kith.tar.gz"
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        await kith(installation.data_dir, "admin", "create", "--handle", "KindHeron12")
        done = await kith(installation.data_dir, "backup", str(file))
        assert done.status == 0, done.output
    shutil.rmtree(tmp_path / "var")
    return file


async def test_a_backup_restores_members_and_the_key_to_their_secrets_on_an_empty_machine(backup, tmp_path):
    done = await kith(tmp_path / "var", "restore", str(backup))
    assert done.status == 0, done.output
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        assert await installation.answers()
        stored = str(await ask(installation.settings, "SELECT totp_secret FROM member WHERE handle = 'KindHeron12'"))
        assert decrypt_secret(stored, secret_key=installation.settings.secret_key) is not None


async def test_only_we_may_read_a_backup(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


async def test_a_backup_does_not_overwrite_a_file_unless_asked(tmp_path):
    file = tmp_path / "kith.tar.gz"
    file.write_text("older")
    done = await kith(tmp_path / "var", "backup", str(file))
    assert done.status == 1
    assert "--overwrite" in done.output
    assert file.read_text() == "older"


async def test_restoring_over_members_is_refused_unless_forced(backup, tmp_path):
    await kith(tmp_path / "var", "admin", "create", "--handle", "CalmOtter34")
    refused = await kith(tmp_path / "var", "restore", str(backup))
    assert refused.status == 1
    assert "holds 1 member(s). Nothing was changed" in refused.output
    forced = await kith(tmp_path / "var", "restore", str(backup), "--force")
    assert forced.status == 0, forced.output
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        assert await ask(installation.settings, "SELECT string_agg(handle, ' ') FROM member") == "KindHeron12"


async def test_restoring_forgets_the_copies_of_sessions(backup, tmp_path):
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        redis = Redis.from_url(installation.settings.redis_address)
        await redis.set("session:abc", "{}")
        await redis.aclose()
    done = await kith(tmp_path / "var", "restore", str(backup))
    assert done.status == 0, done.output
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        redis = Redis.from_url(installation.settings.redis_address)
        assert not await redis.exists("session:abc")
        await redis.aclose()


async def test_restoring_while_kith_runs_is_refused(backup, tmp_path):
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        done = await kith(tmp_path / "var", "restore", str(backup), "--force")
        assert done.status == 1
        assert "already runs" in done.output
        assert await installation.answers()


async def test_a_file_that_is_no_backup_changes_nothing(tmp_path):
    await kith(tmp_path / "var", "admin", "create", "--handle", "CalmOtter34")
    for content in (b"not a backup", archive_with("manifest.json", b"{}"), b""):
        file = tmp_path / "kith.tar.gz"
        file.write_bytes(content)
        done = await kith(tmp_path / "var", "restore", str(file), "--force")
        assert done.status == 1
        assert "is not a backup of Kith, or it is damaged" in done.output
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        assert await ask(installation.settings, "SELECT count(*) FROM member") == 1


def archive_with(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


async def test_a_dump_that_fails_halfway_leaves_the_database_as_it_was(backup, tmp_path):
    with tarfile.open(backup) as archive:
        parts = {name: archive.extractfile(name).read() for name in archive.getnames()}
    cut = tmp_path / "cut.tar.gz"
    with tarfile.open(cut, mode="w:gz") as archive:
        for name, content in parts.items():
            kept = content[: len(content) * 3 // 4] if name == "database.dump" else content
            entry = tarfile.TarInfo(name)
            entry.size = len(kept)
            archive.addfile(entry, io.BytesIO(kept))
    await kith(tmp_path / "var", "admin", "create", "--handle", "CalmOtter34")
    done = await kith(tmp_path / "var", "restore", str(cut), "--force")
    assert done.status == 1
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        assert await ask(installation.settings, "SELECT string_agg(handle, ' ') FROM member") == "CalmOtter34"
