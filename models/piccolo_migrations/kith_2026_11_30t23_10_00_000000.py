"""Who wrote a public answer is found by the answer, wherever cases are listed and handed over."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-30T23:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An index of decisions by the public answer that they wrote"


async def forwards() -> MigrationManager:
    """Run the statement."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute(
            """CREATE INDEX decision_reply ON decision ((before ->> 'reply'))
               WHERE before ->> 'reply' IS NOT NULL"""
        )

    manager.add_raw(run)
    return manager
