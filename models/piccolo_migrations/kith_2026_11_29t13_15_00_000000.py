"""The log grows with every claim: its acts are listed, and one kind of them found, without reading all of it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T13:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Index of the audit log's acts"


async def forwards() -> MigrationManager:
    """Run the statement."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute("CREATE INDEX audit_entry_act ON audit_entry (act, id)")

    manager.add_raw(run)
    return manager
