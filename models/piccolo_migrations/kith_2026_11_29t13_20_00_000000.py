"""Each case that a moderator had open, once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T13:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Index of cases that a moderator had open"


async def forwards() -> MigrationManager:
    """Create the index."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute('CREATE UNIQUE INDEX case_seen_once ON case_seen ("case", moderator)')

    manager.add_raw(run)
    return manager
