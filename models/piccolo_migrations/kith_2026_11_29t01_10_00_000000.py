"""What the columns of the moderators' queue cannot say: one open case a post, the order of the queue, a log that stays."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-29T01:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes, checks and the audit log's guard"

STATEMENTS = (
    "CREATE UNIQUE INDEX assessment_once ON assessment (post, revision)",
    "CREATE UNIQUE INDEX case_open_once ON moderation_case (post) WHERE closed_at IS NULL",
    "CREATE INDEX case_waiting ON moderation_case (severity DESC, deadline) WHERE closed_at IS NULL",
    "CREATE INDEX case_of_post ON moderation_case (post, id)",
    "CREATE INDEX case_claimed ON moderation_case (claimed_by) WHERE claimed_by IS NOT NULL",
    "CREATE INDEX case_assigned ON moderation_case (assigned_to) WHERE assigned_to IS NOT NULL",
    "CREATE INDEX case_closed_by ON moderation_case (closed_by) WHERE closed_by IS NOT NULL",
    "CREATE INDEX case_closed ON moderation_case (closed_at) WHERE closed_at IS NOT NULL",
    'CREATE UNIQUE INDEX case_pass_once ON case_pass ("case", moderator)',
    "CREATE INDEX labelled_example_post ON labelled_example (post)",
    "CREATE UNIQUE INDEX post_resource_once ON post_resource (post, resource)",
    "CREATE UNIQUE INDEX resource_voice_once ON resource_voice (member, resource)",
    "ALTER TABLE resource ADD CHECK (state IN ('draft', 'review', 'vetted', 'expired', 'retired'))",
    "ALTER TABLE resource ADD CHECK (kind IN ('helpline', 'service', 'article', 'worksheet', 'group'))",
    "ALTER TABLE resource ADD CHECK (state <> 'vetted' OR vetted_by IS NULL OR vetted_by IS DISTINCT FROM written_by)",
    "CREATE UNIQUE INDEX shift_running_once ON shift (moderator) WHERE ended_at IS NULL",
    "ALTER TABLE assessment ADD CHECK (severity BETWEEN 0 AND 3)",
    "ALTER TABLE assessment ADD CHECK (route IN ('publish', 'cover', 'hold'))",
    "ALTER TABLE moderation_case ADD CHECK (severity BETWEEN 0 AND 3)",
    "ALTER TABLE moderation_case ADD CHECK ((claimed_by IS NULL) OR (claimed_until IS NOT NULL))",
    "ALTER TABLE labelled_example ADD CHECK (severity BETWEEN 0 AND 3)",
    # Append-only, for everybody who does not own the table's triggers: a change shows in the chain of hashes as well.
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$""",
    """CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
