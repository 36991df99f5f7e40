"""Boards say what happens to misinformation apart from what else endangers readers; what they chose stays."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What boards do with misinformation"

STATEMENT = """
    UPDATE board SET triage_policy =
        triage_policy || jsonb_build_object('hold_misinformation', triage_policy -> 'hold_dangerous')
    WHERE jsonb_typeof(triage_policy) = 'object' AND triage_policy ? 'hold_dangerous'
"""


async def forwards() -> MigrationManager:
    """Hold misinformation where what endangers readers was held, and nowhere else."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        await execute(STATEMENT)

    manager.add_raw(run)
    return manager
