"""Posts by time, for the numbers of the admin's overview; small, because time only grows (BRIN)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-23T12:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Posts by time"


async def forwards() -> MigrationManager:
    """Make the index."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute("CREATE INDEX post_by_time ON post USING brin (created_at)")

    manager.add_raw(run)
    return manager
