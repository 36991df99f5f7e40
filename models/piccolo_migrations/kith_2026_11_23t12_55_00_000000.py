"""Staff by role: a handful of rows among all members, which the admin's pages and every start ask for."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-23T12:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Staff by role"


async def forwards() -> MigrationManager:
    """Make the index."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute("CREATE INDEX member_staff ON member (role, handle_key) WHERE role <> 'member'")

    manager.add_raw(run)
    return manager
