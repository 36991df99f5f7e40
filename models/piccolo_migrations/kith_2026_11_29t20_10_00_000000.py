"""The audit log's guard refuses TRUNCATE too, which no trigger for DELETE hears of."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T20:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The audit log cannot be emptied"


async def forwards() -> MigrationManager:
    """Run the statement."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute(
            """CREATE OR REPLACE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
               FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""
        )

    manager.add_raw(run)
    return manager
