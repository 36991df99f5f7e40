"""Housekeeping finds the few assessments that hold a meaning without reading all the others."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T13:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Index of assessments that hold a meaning"


async def forwards() -> MigrationManager:
    """Make the index."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute("CREATE INDEX assessment_with_meaning ON assessment (post) WHERE meaning IS NOT NULL")

    manager.add_raw(run)
    return manager
