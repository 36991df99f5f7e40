"""The outbox: what still has to be read by triage."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from models.forum import Post


class TriageTask(Table):
    """One revision of one post that waits for triage, written in the post's own transaction."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    revision = Integer()
    created_at = Timestamptz()
    available_at = Timestamptz(help_text="Not before; moves on with each retry")
    attempts = Integer(default=0)
    done_at = Timestamptz(null=True, default=None)
    failure = Text(default="", help_text="Kind of the last failure; never the post's text")
