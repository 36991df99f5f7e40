"""Indexes that keep a quiet board and an erased member of staff cheap in a large community."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-23T12:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The newest threads of all boards apart from those of one"

STATEMENTS = (
    # Only a query that asks for last_post IS NOT NULL, as the front page does, can use this index now. Before, a page
    # of one board was read from it too, past all newer threads of the other boards: for a quiet board, past them all.
    "DROP INDEX IF EXISTS thread_latest",
    "CREATE INDEX thread_latest ON thread (last_post_at DESC, id DESC) WHERE deleted_at IS NULL AND last_post IS NOT NULL",
    "CREATE INDEX report_decided_by ON report (decided_by) WHERE decided_by IS NOT NULL",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
