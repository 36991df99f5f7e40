"""When members read and come back is remembered to the hour, also of what was kept to the moment until now."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-30T21:37:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The hours alone of members' sessions, looks at the front page and read notices"
STATEMENTS = (
    """UPDATE session SET expires_at = date_trunc('hour', expires_at) FROM member
       WHERE member.id = session.member AND member.role = 'member'""",
    """UPDATE member SET looked_at = date_trunc('hour', looked_at), looked_before = date_trunc('hour', looked_before)
       WHERE looked_at IS NOT NULL""",
    "UPDATE notice SET read_at = date_trunc('hour', read_at) WHERE read_at IS NOT NULL",
)


async def forwards() -> MigrationManager:
    """Run the statements."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
