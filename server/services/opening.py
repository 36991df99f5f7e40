"""Opens the database for a short command, starting the embedded services for that while if nothing runs them."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from models.database import close_database, migrate
from server.backup.community import holds_community
from server.services.connecting import open_or_explain
from server.services.embedded import prepare_folders, start_services
from server.services.one_at_a_time import AlreadyRunning, is_held, only_one
from server.services.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from server.settings import Settings


@asynccontextmanager
async def own_services(settings: Settings) -> AsyncGenerator[None]:
    """Run the embedded services for as long as this lasts; do nothing where both are given by address.

    Raises: AlreadyRunning where another process runs them; ServiceFailed.
    """
    async with AsyncExitStack() as stack:
        if settings.database_url is None or settings.redis_url is None:
            prepare_folders(settings.places)
            stack.enter_context(only_one(settings.places))
            supervisor = await stack.enter_async_context(Supervisor())
            await start_services(supervisor, settings)
        yield


@asynccontextmanager
async def running_services(settings: Settings) -> AsyncGenerator[None]:
    """Have PostgreSQL and Redis at hand: those that run already, else our own for as long as this lasts.

    Raises: ServiceFailed.
    """
    async with AsyncExitStack() as stack:
        with suppress(AlreadyRunning):  # then they are at hand
            await stack.enter_async_context(own_services(settings))
        yield


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncGenerator[None]:
    """Open the database, with the services at hand.

    Raises: ServiceFailed.
    """
    async with running_services(settings):
        await open_or_explain(settings)
        try:
            yield
        finally:
            await close_database()


@asynccontextmanager
async def migrated_database(settings: Settings) -> AsyncGenerator[bool]:
    """Open the database, with the services at hand and its tables up to date; tell whether a new Kith was begun there.

    Raises: ServiceFailed, MigrationFailed.
    """
    async with opened_database(settings):
        is_new = not await holds_community()
        await migrate()
        yield is_new


def services_elsewhere(settings: Settings) -> str:
    """Say why web and worker should be running beside this command, or nothing if they need not."""
    if settings.database_url is not None and settings.redis_url is not None:
        return "PostgreSQL and Redis are set up as services"
    return "kith up is running" if is_held(settings.places) else ""
