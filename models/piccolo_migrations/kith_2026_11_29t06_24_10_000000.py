"""Each opinion shown once; and the resources that began as copies of helplines know whose copies they are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T06:24:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes of opinions shown and of copies, and the copies that there are"

STATEMENTS = (
    "CREATE UNIQUE INDEX opinion_shown_once ON opinion_shown (post, moderator)",
    # Until now a copy was known by the short name that it shares with its helpline.
    """UPDATE resource SET helpline = helpline.id FROM helpline
       WHERE helpline.slug = resource.slug AND resource.kind = 'helpline'""",
    "CREATE UNIQUE INDEX resource_of_helpline ON resource (helpline) WHERE helpline IS NOT NULL",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
