"""What the columns of the library of myths cannot say: its states, and a correction once under a post."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T06:16:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Checks and an index for myths"

STATEMENTS = (
    "CREATE UNIQUE INDEX post_myth_once ON post_myth (post, myth)",
    "ALTER TABLE myth ADD CHECK (state IN ('draft', 'review', 'vetted', 'expired', 'retired'))",
    "ALTER TABLE myth ADD CHECK (harm IN ('low', 'serious', 'life-threatening'))",
    "ALTER TABLE myth ADD CHECK (state <> 'vetted' OR vetted_by IS NULL OR vetted_by IS DISTINCT FROM written_by)",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
