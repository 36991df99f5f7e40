"""The one door to PostgreSQL: the pool, transactions, and raw SQL where Piccolo has no clean way to say it."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any, cast

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.engine.finder import engine_finder  # pyright: ignore[reportUnknownVariableType]
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from models.failures import MigrationFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from types import TracebackType

MIGRATION_LOCK = 2_026_1101
"""Key of the advisory lock under which one process migrates while others wait."""

STATEMENT_TIMEOUT_MS = 10_000

DATABASE_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke in the middle of a message
    asyncpg.PostgresConnectionError,
    asyncpg.QueryCanceledError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
"""What it raises where PostgreSQL cannot be reached, does not let us in or has too much to do."""


class Transaction(PostgresTransaction):
    """Piccolo's transaction, except that its connection is given back to the pool in any case.

    Piccolo releases the connection only after a commit or rollback that worked; when PostgreSQL is killed in between,
    or whoever waits for the commit is cancelled, the transaction would otherwise keep its place in the pool for ever.
    """

    async def begin(self) -> None:
        """Start the transaction.

        Raises: asyncpg or OS errors, after the connection was given back.
        """
        try:
            await super().begin()
        except BaseException:
            await _give_back(self)
            raise

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Commit, or roll back after an exception; in either case leave no trace in the pool."""
        try:
            return await super().__aexit__(exception_type, exception, traceback)
        except BaseException:
            if self._parent is None and self.engine.current_transaction.get() is self:
                self.engine.current_transaction.reset(self.context)
                await _give_back(self)
            raise


async def _give_back(ended: Transaction) -> None:
    if ended.engine.pool is not None:
        await ended.engine.pool.release(ended.connection)


class Engine(PostgresEngine):
    """Piccolo's engine, quiet at import: the address is known only once the database is opened."""

    async def check_version(self) -> None:
        """Leave the version to ``kith doctor``."""

    async def prep_database(self) -> None:
        """Leave extensions to the migrations."""


def engine() -> PostgresEngine:
    """Return the engine that ``piccolo_conf.py`` names."""
    return cast("PostgresEngine", engine_finder())


async def open_database(dsn: str, *, max_connections: int = 10) -> None:
    """Start the connection pool on ``dsn`` (a ``postgresql://`` address, also of a unix socket).

    Raises: OSError or asyncpg.PostgresError where PostgreSQL does not answer.
    """
    database = engine()
    database.config = {"dsn": dsn}
    await database.start_connection_pool(
        min_size=max_connections,  # a connection opened in the middle of a burst makes somebody wait
        max_size=max_connections,
        timeout=5,
        server_settings={"statement_timeout": str(STATEMENT_TIMEOUT_MS), "timezone": "UTC"},
    )


async def close_database() -> None:
    """Close the pool."""
    await engine().close_connection_pool()


@contextlib.asynccontextmanager
async def transaction() -> AsyncGenerator[None]:
    """Open a transaction; one inside another joins it."""
    async with Transaction(engine=engine()):
        yield


async def fetch(sql: str, *arguments: object) -> list[Any]:  # Any: a row's columns are known to its query alone
    """Run a query with ``$1``-style parameters, inside the current transaction if there is one, and return its rows."""
    database = engine()
    current = database.current_transaction.get()
    if current is not None:
        return cast("list[Any]", await current.connection.fetch(sql, *arguments))
    if database.pool is None:
        raise ConnectionError("The database is not open.")
    return cast("list[Any]", await database.pool.fetch(sql, *arguments))


async def fetch_one(sql: str, *arguments: object) -> Any:  # Any: as for fetch
    """Return the first row of a query, or ``None``."""
    rows = await fetch(sql, *arguments)
    return rows[0] if rows else None


async def execute(sql: str, *arguments: object) -> None:
    """Run a statement whose rows nobody wants."""
    await fetch(sql, *arguments)


async def execute_lightly(sql: str, *arguments: object) -> Any:  # Any: as for fetch
    """Run one statement without waiting for the disk, and return its first row or ``None``.

    For what nobody would miss if the machine lost power in the next half second: how far somebody has read, when a
    session was last used.
    """
    async with transaction():
        await fetch("SET LOCAL synchronous_commit = off")
        return await fetch_one(sql, *arguments)


async def migrate() -> str:
    """Bring the tables up to date and return Piccolo's own account of it; several processes may call it at once.

    All of it is one transaction, which Piccolo's own join: a kill leaves no step that was done and not recorded.

    Raises: MigrationFailed.
    """
    report = io.StringIO()
    try:
        async with transaction():
            await execute("SET LOCAL statement_timeout = 0")  # an index over a large table takes what it takes
            await execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
            with contextlib.redirect_stdout(report), contextlib.redirect_stderr(report):
                result = await run_forwards(app_name="kith")
            if not result.success:
                raise MigrationFailed(result.message or report.getvalue())
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationFailed(
            f"this user of PostgreSQL may not change them ({error}). Let the user to whom the database belongs do it."
        ) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise MigrationFailed(
            f"PostgreSQL stopped at a step and took back all of them ({error}). Nothing is lost: mend what it names,"
            " and try again."
        ) from error
    return report.getvalue()
