"""Answer templates stand where the life cycle knows, and nobody vets what they wrote."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T13:32:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Checks of answer templates"

STATEMENTS = (
    "ALTER TABLE template ADD CHECK (state IN ('draft', 'review', 'vetted', 'expired', 'retired'))",
    "ALTER TABLE template ADD CHECK (state <> 'vetted' OR vetted_by IS NULL OR vetted_by IS DISTINCT FROM written_by)",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
