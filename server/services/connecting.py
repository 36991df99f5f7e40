"""Opens the database and asks Redis, and says in words what is wrong where one of them does not answer."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import asyncpg
from redis.exceptions import RedisError

from models.database import open_database
from server.services.failures import ServiceFailed

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from server.settings import Settings

PATIENCE = 10.0
"""Seconds that a server which is just starting may need."""

CONNECTIONS = 2


async def open_or_explain(settings: Settings) -> None:
    """Open the database for a command, waiting for a server that is just starting.

    Raises: ServiceFailed.
    """
    # Another command may be making our own server's database right now; nobody makes a given one.
    starting = (asyncpg.CannotConnectNowError,)
    if settings.database_url is None:
        starting = (*starting, asyncpg.InvalidCatalogNameError, ConnectionRefusedError, FileNotFoundError)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            await open_database(settings.database_address, max_connections=CONNECTIONS)
        except starting as error:
            if time.monotonic() > deadline:
                raise ServiceFailed("PostgreSQL is starting and takes long. Try again in a minute.") from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise ServiceFailed(_explain(error)) from error
        else:
            return
        await asyncio.sleep(0.2)


async def require_redis(redis: Redis) -> None:
    """Return if Redis answers.

    Raises: ServiceFailed.
    """
    try:
        await redis.ping()  # pyright: ignore[reportUnknownMemberType] - redis-py types it loosely
    except (RedisError, OSError) as error:
        raise ServiceFailed(
            f"Redis does not answer ({type(error).__name__}). Is KITH_REDIS_URL right, and does the server run?"
            " Nothing was changed."
        ) from error


def _explain(error: Exception) -> str:
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return f"PostgreSQL refuses the user or the password in KITH_DATABASE_URL ({error})."
        case asyncpg.InvalidCatalogNameError():
            return f"PostgreSQL has no such database ({error}). Make an empty one, for example with createdb."
        case asyncpg.TooManyConnectionsError():
            return "PostgreSQL has no connection left for us. Raise max_connections, or stop what holds them."
        case OSError():
            return f"PostgreSQL does not answer ({error}). Is KITH_DATABASE_URL right, and does the server run?"
        case _:
            return f"PostgreSQL cannot be used with this KITH_DATABASE_URL ({error})."
