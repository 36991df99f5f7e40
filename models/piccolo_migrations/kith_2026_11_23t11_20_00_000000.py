"""What Piccolo's columns cannot say: full-text search, indexes for keyset pages, uniqueness over pairs, checks."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from models.database import execute

ID = "2026-11-23T11:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Search columns, indexes and checks"

STATEMENTS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # Full text: PostgreSQL keeps the vectors itself, so that no write can forget them.
    "ALTER TABLE post ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', body)) STORED",
    "ALTER TABLE thread ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', title)) STORED",
    "CREATE INDEX post_search ON post USING gin (search) WHERE state IN ('published', 'covered')",
    "CREATE INDEX thread_search ON thread USING gin (search) WHERE deleted_at IS NULL",
    "CREATE INDEX thread_title_trigrams ON thread USING gin (title gin_trgm_ops) WHERE deleted_at IS NULL",
    "CREATE INDEX search_word_trigrams ON search_word USING gin (word gin_trgm_ops)",
    # Keyset pages: each list is read in the order of one index.
    "CREATE INDEX thread_of_board ON thread (board, last_post_at DESC, id DESC) WHERE deleted_at IS NULL",
    "CREATE INDEX thread_latest ON thread (last_post_at DESC, id DESC) WHERE deleted_at IS NULL",
    "CREATE INDEX post_of_thread ON post (thread, branch, id)",
    "CREATE INDEX post_of_author ON post (author, id DESC)",
    "CREATE INDEX notice_of_member ON notice (member, id DESC)",
    "CREATE INDEX notice_unread ON notice (member) WHERE read_at IS NULL",
    "CREATE INDEX report_open ON report (id) WHERE decided_at IS NULL",
    "CREATE INDEX report_of_reporter ON report (reporter, created_at)",
    "CREATE INDEX triage_task_waiting ON triage_task (available_at, id) WHERE done_at IS NULL",
    # Foreign keys that an erasure follows backwards.
    "CREATE INDEX post_branch ON post (branch)",
    "CREATE INDEX post_quoted ON post (quoted) WHERE quoted IS NOT NULL",
    "CREATE INDEX notice_post ON notice (post) WHERE post IS NOT NULL",
    # Once only.
    "CREATE UNIQUE INDEX post_submission ON post (author, submission_key) WHERE submission_key IS NOT NULL",
    "CREATE UNIQUE INDEX post_revision_once ON post_revision (post, revision)",
    "CREATE UNIQUE INDEX reaction_once ON reaction (post, member, kind)",
    "CREATE UNIQUE INDEX follow_once ON follow (member, thread)",
    "CREATE UNIQUE INDEX visit_once ON visit (member, thread)",
    "CREATE UNIQUE INDEX draft_once ON draft (member, place)",
    "CREATE UNIQUE INDEX avoidance_once ON avoidance (member, other)",
    "CREATE UNIQUE INDEX report_once ON report (post, reporter, kind)",
    "CREATE UNIQUE INDEX triage_task_once ON triage_task (post, revision)",
    "CREATE UNIQUE INDEX recovery_code_once ON recovery_code (member, code_hash)",
    # Values that the code relies on.
    "ALTER TABLE member ADD CHECK (role IN ('member', 'moderator', 'admin', 'clinician'))",
    "ALTER TABLE member ADD CHECK (handle_key = lower(handle))",
    "ALTER TABLE avoidance ADD CHECK (kind IN ('mute', 'block'))",
    "ALTER TABLE avoidance ADD CHECK (member <> other)",
    "ALTER TABLE post ADD CHECK (state IN ('published', 'covered', 'held', 'removed', 'deleted'))",
    "ALTER TABLE post ADD CHECK (char_length(body) <= 20000)",
    "ALTER TABLE thread ADD CHECK (char_length(title) <= 160)",
    "ALTER TABLE report ADD CHECK (kind IN ('worried', 'rules'))",
    "ALTER TABLE helpline ADD CHECK (state IN ('confirmed', 'unconfirmed', 'retired'))",
    # The busiest table of the write path: keep its dead rows few.
    "ALTER TABLE triage_task SET (autovacuum_vacuum_scale_factor = 0.02)",
)


async def forwards() -> MigrationManager:
    """Run the statements in order."""
    manager = MigrationManager(migration_id=ID, app_name="kith", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
