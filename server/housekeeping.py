"""What Kith tidies up by itself: nothing is kept longer than it is needed."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from models.database import execute
from server.forum.changes import forget_old_revisions
from server.forum.drafts import drop_old_drafts
from server.forum.taking_down import forget_deleted_text
from server.members.erasure import forget_orphaned_reports
from server.moderation.alerting import forget_alerts
from server.moderation.undoing import forget_texts_before
from server.search.vocabulary import refresh_vocabulary
from server.vetting import mark_expired
from triage.queue.audit import last_entry
from triage.queue.explaining import forget_meanings

READ_NOTICES_KEPT_FOR = timedelta(days=90)

log = structlog.get_logger(__name__)


async def run_all(*, now: datetime) -> None:
    """Drop what has ended, mark resources, myths and templates whose review is due, and learn new words for search."""
    await execute("DELETE FROM session WHERE expires_at < $1", now)
    await execute("DELETE FROM notice WHERE read_at < $1", now - READ_NOTICES_KEPT_FOR)
    await drop_old_drafts(now=now)
    await forget_deleted_text(now=now)
    await forget_old_revisions(now=now)
    await forget_texts_before(now=now)
    await forget_orphaned_reports()
    await forget_meanings(now=now)
    await forget_alerts(now=now)
    await mark_expired("resource", now=now)
    await mark_expired("myth", now=now)
    await mark_expired("template", now=now)
    await refresh_vocabulary()
    # For whoever keeps the log elsewhere: `kith audit verify --noted` takes it.
    log.info("housekeeping_done", audit_log=str(await last_entry() or ""))
