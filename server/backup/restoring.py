"""Puts a backup back in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from redis.exceptions import RedisError

from server.admin.audit_note import forget_note
from server.backup.archive import DUMP, Manifest, read_archive
from server.backup.community import count_members
from server.backup.postgres_tools import replace_database
from server.services.connecting import require_redis
from server.services.embedded import prepare_folders
from server.services.failures import ServiceFailed
from server.services.secret_key import replace_secret_key
from server.services.workplace import RESTORING, workplace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from redis.asyncio import Redis

    from server.settings import Settings

SESSION_COPIES = "session:*"


class DatabaseNotEmpty(ServiceFailed):
    """Restoring would overwrite members and what they wrote."""


class RestoredButRemembered(ServiceFailed):
    """The backup is back in place, and Redis still has what belongs to the database of before."""


async def refuse_to_overwrite(settings: Settings) -> None:
    """Return if the open database holds no member.

    Raises: DatabaseNotEmpty.
    """
    members = await count_members()
    if members:
        raise DatabaseNotEmpty(
            f"The database in {settings.whereabouts} holds {members} member(s). Nothing was changed."
            " To throw them away and restore all the same, add --force."
        )


async def restore_backup(settings: Settings, source: Path, redis: Redis) -> Manifest:
    """Replace the database and the generated secret key by those of a backup, and forget what Redis has of the old one.

    Raises: RestoredButRemembered where Redis went away in the meantime; ServiceFailed, and then the database is as it
    was, unless the secret key alone cannot be written, which the message says.
    """
    await require_redis(redis)
    prepare_folders(settings.places)  # where all services are given by address, nothing has made them yet
    with workplace(settings.data_dir, prefix=RESTORING) as folder:
        dump = folder / DUMP
        manifest, secret_key = read_archive(source, dump=dump)
        await replace_database(settings.database_address, dump)
    if secret_key != settings.secret_key:
        replace_secret_key(settings.places, secret_key)
    try:
        await _forget_the_old(redis)
    except (RedisError, OSError) as error:
        raise RestoredButRemembered(
            f"The backup is restored, but Redis went away ({type(error).__name__}) with copies of the sessions of"
            " before. Once it answers, and before Kith starts, do the same again, with --force."
        ) from error
    return manifest


async def _forget_the_old(redis: Redis) -> None:
    await forget_note(redis)
    # A copy could stand for somebody whom the restored database knows under another number, or not at all.
    keys = cast("AsyncIterator[bytes]", redis.scan_iter(match=SESSION_COPIES))
    async for key in keys:
        await redis.delete(key)
