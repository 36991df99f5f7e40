"""Puts a backup back in place."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from models.database import fetch_one
from server.admin.audit_note import forget_note
from server.backup.archive import DUMP, Manifest, read_archive
from server.backup.postgres_tools import replace_database
from server.services.embedded import prepare_folders
from server.services.failures import ServiceFailed
from server.services.secret_key import replace_secret_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from server.settings import Settings

SESSION_COPIES = "session:*"


class DatabaseNotEmpty(ServiceFailed):
    """Restoring would overwrite members and what they wrote."""


async def refuse_to_overwrite() -> None:
    """Return if the open database holds no member.

    Raises: DatabaseNotEmpty.
    """
    table = await fetch_one("SELECT to_regclass('public.member') IS NOT NULL AS exists")
    if not table["exists"]:
        return
    members = await fetch_one("SELECT count(*) AS number FROM member")
    if members["number"]:
        raise DatabaseNotEmpty(
            f"The database holds {members['number']} member(s). Nothing was changed."
            " To throw them away and restore all the same, add --force."
        )


async def restore_backup(settings: Settings, source: Path, redis: Redis) -> Manifest:
    """Replace the database and the generated secret key by those of a backup, and forget what Redis has of the old one.

    Raises: ServiceFailed; the database is then as it was.
    """
    prepare_folders(settings.places)  # where all services are given by address, nothing has made them yet
    with tempfile.TemporaryDirectory(prefix="kith-restore-", dir=settings.data_dir) as folder:
        dump = Path(folder) / DUMP
        manifest, secret_key = read_archive(source, dump=dump)
        await replace_database(settings.database_address, dump)
    if secret_key != settings.secret_key:
        replace_secret_key(settings.places, secret_key)
    await forget_note(redis)
    # A copy could stand for somebody whom the restored database knows under another number, or not at all.
    keys = cast("AsyncIterator[bytes]", redis.scan_iter(match=SESSION_COPIES))
    async for key in keys:
        await redis.delete(key)
    return manifest
