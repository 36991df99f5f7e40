"""Makes a backup while the forum runs."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from server.backup.archive import DUMP, Manifest, write_archive
from server.backup.community import holds_community
from server.backup.postgres_tools import dump_database, tool_version
from server.services.failures import ServiceFailed
from server.services.workplace import workplace

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from server.settings import Settings

BACKING_UP = ".kith-backup-"


async def make_backup(settings: Settings, target: Path, *, at: datetime) -> int:
    """Write the open database and the secret key to ``target``; return its size in bytes.

    Raises: ServiceFailed.
    """
    if not await holds_community():
        raise ServiceFailed("The database holds no Kith: its tables are missing. Nothing was written.")
    # Beside the target: there must be room for it anyway, and it is one file system.
    with workplace(target.parent, prefix=BACKING_UP) as folder:
        dump = folder / DUMP
        await dump_database(settings.database_address, dump)
        manifest = Manifest(kith=importlib.metadata.version("kith"), postgres=await tool_version(), made_at=at)
        write_archive(target, manifest=manifest, dump=dump, secret_key=settings.secret_key)
    return target.stat().st_size  # noqa: ASYNC240 - one local file
