"""Earlier versions of posts, of which none kept its content note, get the one that stands today."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-30T18:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Earlier versions have a content note"


async def forwards() -> MigrationManager:
    """Run the statement."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute(
            """UPDATE post_revision SET note_text = post.note_text FROM post
               WHERE post.id = post_revision.post AND post.note_text <> ''"""
        )

    manager.add_raw(run)
    return manager
