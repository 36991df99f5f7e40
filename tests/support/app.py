"""Kith itself for tests: the real application on the real services, with empty tables for every test."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import httpx
import pytest_asyncio

from models.database import close_database, execute, migrate, open_database
from server.app import create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from litestar import Litestar

    from server.settings import Settings

    NewBrowser = Callable[[], httpx.AsyncClient]

EMPTY_ALL_TABLES = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I', sequencename), 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
"""Faster than TRUNCATE, which writes every table and index anew. As a replica's, the deletes are held up by no foreign
key and by no trigger, not even by that of the append-only audit log."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_app(services: Settings) -> AsyncIterator[Litestar]:
    """Migrate once and keep one application open for the whole run."""
    await open_database(services.database_address)
    await migrate()
    application = create_app(services)
    yield application
    await application.state.redis.aclose()
    await close_database()


@pytest_asyncio.fixture
async def app(running_app: Litestar) -> AsyncIterator[Litestar]:
    """Give the application with its database open; every table and Redis are emptied after the test."""
    yield running_app
    await execute(EMPTY_ALL_TABLES)
    await running_app.state.redis.flushdb()


@pytest_asyncio.fixture
async def new_browser(app: Litestar) -> AsyncIterator[NewBrowser]:
    """Open browsers, each with cookies and an address of its own; redirects are not followed unless asked for."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        opened: list[httpx.AsyncClient] = []

        def open_browser() -> httpx.AsyncClient:
            address = ".".join(("10", *(str(secrets.randbelow(254) + 1) for _ in range(3))))
            transport = httpx.ASGITransport(app=app, client=(address, 40000))  # type: ignore[arg-type]
            opened.append(httpx.AsyncClient(transport=transport, base_url=settings.base_url, timeout=30))
            return opened[-1]

        async def close_all() -> None:
            for browser in opened:
                await browser.aclose()

        stack.push_async_callback(close_all)
        yield open_browser


@pytest_asyncio.fixture
async def client(new_browser: NewBrowser) -> httpx.AsyncClient:
    """One browser."""
    return new_browser()
