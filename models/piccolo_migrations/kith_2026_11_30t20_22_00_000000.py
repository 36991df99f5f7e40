"""What asks people to come to a case is found by the case's number when it is withdrawn; that to closed cases goes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-30T20:22:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An index of unread calls by their case, and none to closed cases"
WITHDRAW = """
    DELETE FROM notice
    WHERE read_at IS NULL AND kind IN ('case-overdue', 'case-today', 'case-given') AND NOT EXISTS (
        SELECT 1 FROM moderation_case WHERE id::text = notice.detail AND closed_at IS NULL)"""


async def forwards() -> MigrationManager:
    """Run the statements."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute(WITHDRAW)
        await execute(
            """CREATE INDEX notice_of_case ON notice (detail)
               WHERE read_at IS NULL AND kind IN ('case-overdue', 'case-today', 'case-given')"""
        )

    manager.add_raw(run)
    return manager
