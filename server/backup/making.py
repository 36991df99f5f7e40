"""Makes a backup while the forum runs."""

from __future__ import annotations

import importlib.metadata
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from server.backup.archive import DUMP, Manifest, write_archive
from server.backup.postgres_tools import dump_database, tool_version
from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from datetime import datetime

    from server.settings import Settings


async def make_backup(settings: Settings, target: Path, *, at: datetime) -> int:
    """Write the database and the secret key to ``target``; return its size in bytes.

    Raises: ServiceFailed.
    """
    # Beside the target: there must be room for it anyway, and it is one file system.
    try:
        workplace = tempfile.TemporaryDirectory(prefix=".kith-backup-", dir=target.parent)
    except OSError as error:
        raise ServiceFailed(f"Nothing can be written to {target.parent} ({error.strerror}).") from error
    with workplace as folder:
        dump = Path(folder) / DUMP
        await dump_database(settings.database_address, dump)
        manifest = Manifest(kith=importlib.metadata.version("kith"), postgres=await tool_version(), made_at=at)
        write_archive(target, manifest=manifest, dump=dump, secret_key=settings.secret_key)
    return target.stat().st_size  # noqa: ASYNC240 - one local file
