"""Starts the services that were not given by address, in the data directory."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from server.services.account import let_through, service_account
from server.services.failures import ServiceFailed
from server.services.postgres import create_database, prepare_postgres
from server.services.redis import prepare_redis
from server.services.runtime_folder import make_private_folder, require_ours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.services.places import Places
    from server.services.supervisor import Supervisor
    from server.settings import Settings


async def start_services(
    supervisor: Supervisor,
    settings: Settings,
    *,
    postgres_settings: Mapping[str, str] | None = None,
    redis_settings: Mapping[str, str] | None = None,
) -> None:
    """Start PostgreSQL and Redis unless their addresses are set, and make the database if it is new.

    Raises: ServiceFailed, saying what to do.
    """
    places = settings.places
    prepare_folders(places)
    if settings.database_url is None:
        await supervisor.start(await prepare_postgres(places, changed_settings=postgres_settings))
        await create_database(places)
    if settings.redis_url is None:
        await supervisor.start(await prepare_redis(places, changed_settings=redis_settings))


def prepare_folders(places: Places) -> None:
    """Make the data directory and what all services share, private to us.

    Raises: ServiceFailed.
    """
    require_ours(places.data_dir)
    try:
        places.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (places.logs, places.runtime):
            make_private_folder(folder, data_dir=places.data_dir)
        probe = places.logs / ".writable"
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        raise ServiceFailed(_explain(places, error)) from error
    let_through(places.runtime / "inside", service_account())


def _explain(places: Places, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk of {places.data_dir} is full: free some space and start again."
    if error.errno == errno.EROFS:
        return f"{places.data_dir} lies on a read-only file system. Choose another place with KITH_DATA_DIR."
    return (
        f"The data directory {places.data_dir} cannot be used ({error.strerror}: {error.filename})."
        " Make it ours to write, or choose another with KITH_DATA_DIR."
    )
