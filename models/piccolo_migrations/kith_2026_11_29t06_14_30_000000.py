"""What the columns of the moderators' care cannot say: one row of limits in their order, each topic once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T06:14:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "Checks and indexes of the moderators' care"

STATEMENTS = (
    "ALTER TABLE care_limits ADD CHECK (id = 1)",
    "ALTER TABLE care_limits ADD CHECK (1 <= suggest_after AND suggest_after <= enforce_after)",
    "ALTER TABLE care_limits ADD CHECK (crises_in_a_row >= 1)",
    "CREATE UNIQUE INDEX spared_topic_once ON spared_topic (moderator, topic)",
    # How much somebody has seen of late is asked for them and for every free colleague whenever a case is handed over.
    "CREATE INDEX decision_of_late ON decision (moderator, decided_at) WHERE moderator IS NOT NULL",
    # Somebody who leaves is not named in others' notices any more.
    "CREATE INDEX notice_wish_to_talk ON notice (detail) WHERE kind = 'wish-to-talk'",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
