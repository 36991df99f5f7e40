"""``kith backup`` and ``kith restore``: what was written comes back on an empty machine."""

from __future__ import annotations

import io
import shutil
import tarfile
from typing import TYPE_CHECKING

import asyncpg
import pytest_asyncio
from redis.asyncio import Redis

from server.admin.audit_note import KEY
from server.members.totp import decrypt_secret
from server.services.opening import own_services
from server.settings import Settings
from tests.support.installation import kith, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest


def settings_of(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, secret_key=(data_dir / "secret_key").read_text().strip())


async def ask(data_dir: Path, sql: str) -> object:
    """Return the answer of the database in a data directory that nobody uses now."""
    settings = settings_of(data_dir)
    async with own_services(settings):
        connection = await asyncpg.connect(settings.database_address)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()


async def community_of(data_dir: Path, handle: str) -> None:
    """Set up a community with one admin."""
    done = await kith(data_dir, "admin", "create", "--handle", handle)
    assert done.status == 0, done.output


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def backup(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A backup of the community of KindHeron12, made while it ran; its data directory is gone."""
    folder = tmp_path_factory.mktemp("backup")
    await community_of(folder / "var", "KindHeron12")
    async with running(folder / "var", folder / "log"):
        done = await kith(folder / "var", "backup", str(folder / "kith.tar.gz"))
    assert done.status == 0, done.output
    assert f"This is the Kith in {folder}/var." in done.output
    shutil.rmtree(folder / "var")
    yield folder / "kith.tar.gz"


async def test_a_backup_restores_members_and_the_key_to_their_secrets_on_an_empty_machine(backup, tmp_path):
    done = await kith(tmp_path / "var", "restore", str(backup))
    assert done.status == 0, done.output
    assert f"A new Kith was begun in {tmp_path}/var." in done.output
    stored = str(await ask(tmp_path / "var", "SELECT totp_secret FROM member WHERE handle = 'KindHeron12'"))
    assert decrypt_secret(stored, secret_key=settings_of(tmp_path / "var").secret_key) is not None
    async with running(tmp_path / "var", tmp_path / "log") as installation:
        assert await installation.answers()


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
    await community_of(tmp_path / "var", "CalmOtter34")
    refused = await kith(tmp_path / "var", "restore", str(backup))
    assert refused.status == 1
    assert f"in {tmp_path}/var holds 1 member(s). Nothing was changed" in refused.output
    forced = await kith(tmp_path / "var", "restore", str(backup), "--force")
    assert forced.status == 0, forced.output
    assert f"This is the Kith in {tmp_path}/var." in forced.output
    assert await ask(tmp_path / "var", "SELECT string_agg(handle, ' ') FROM member") == "KindHeron12"


async def test_a_key_that_is_given_is_told_apart_from_the_key_of_the_backup(backup, tmp_path):
    done = await kith(tmp_path / "var", "restore", str(backup), KITH_SECRET_KEY="k" * 40)
    assert done.status == 0, done.output
    assert f"the key of that time, which is now in {tmp_path}/var/secret_key" in done.output


async def test_a_new_machine_whose_services_are_given_by_address_needs_no_data_directory(backup, tmp_path):
    await kith(tmp_path / "elsewhere", "migrate")
    given = settings_of(tmp_path / "elsewhere")
    async with own_services(given):
        done = await kith(
            tmp_path / "new" / "var",
            "restore",
            str(backup),
            KITH_DATABASE_URL=given.database_address,
            KITH_REDIS_URL=given.redis_address,
            KITH_SECRET_KEY="k" * 40,
        )
    assert done.status == 0, done.output
    assert await ask(tmp_path / "elsewhere", "SELECT handle FROM member") == "KindHeron12"


async def test_restoring_forgets_the_copies_of_sessions_and_what_was_noted_of_the_audit_log(backup, tmp_path):
    await kith(tmp_path / "var", "migrate")
    settings = settings_of(tmp_path / "var")
    async with own_services(settings):
        redis = Redis.from_url(settings.redis_address)
        await redis.mset({"session:abc": "{}", KEY: "7:abc"})
        await redis.aclose()
    done = await kith(tmp_path / "var", "restore", str(backup))
    assert done.status == 0, done.output
    async with own_services(settings):
        redis = Redis.from_url(settings.redis_address)
        assert await redis.keys() == []
        await redis.aclose()


async def test_restoring_while_something_runs_the_services_is_refused(backup, tmp_path):
    await kith(tmp_path / "var", "migrate")
    async with own_services(settings_of(tmp_path / "var")):
        done = await kith(tmp_path / "var", "restore", str(backup), "--force")
    assert done.status == 1
    assert "already runs" in done.output


async def test_files_that_are_no_backups_and_dumps_that_fail_halfway_change_nothing(backup, tmp_path):
    await community_of(tmp_path / "var", "CalmOtter34")
    for content in (b"not a backup", packed({"manifest.json": b"{}"}), b"", packed(cut_short(backup))):
        file = tmp_path / "kith.tar.gz"
        file.write_bytes(content)
        done = await kith(tmp_path / "var", "restore", str(file), "--force")
        assert done.status == 1, done.output
        assert "Traceback" not in done.output
    assert await ask(tmp_path / "var", "SELECT string_agg(handle, ' ') FROM member") == "CalmOtter34"


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def cut_short(backup: Path) -> dict[str, bytes]:
    """Return a backup's files with the last quarter of the dump missing."""
    with tarfile.open(backup) as archive:
        files = {name: archive.extractfile(name).read() for name in archive.getnames()}
    return files | {"database.dump": files["database.dump"][: len(files["database.dump"]) * 3 // 4]}
