"""The outbox: what still has to be read by triage. And what triage said of what it has read."""

from __future__ import annotations

from piccolo.columns import (
    JSONB,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Real,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from models.forum import Post


class TriageTask(Table):
    """One revision of one post that waits for triage, written in the post's own transaction."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    revision = Integer()
    created_at = Timestamptz()
    available_at = Timestamptz(help_text="Not before; moves on while a worker has it, and with each retry")
    attempts = Integer(default=0)
    done_at = Timestamptz(null=True, default=None)
    failure = Text(default="", help_text="Kind of the last failure; never the post's text")


class Assessment(Table):
    """One model's reading of one revision of a post, with what rules, language and myths added."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    revision = Integer()
    model = Varchar(length=80, help_text="The version")
    severity = SmallInt(help_text="0 green, 1 amber, 2 red, 3 crisis: the decision, not the model's alone")
    at_least_amber = Real(help_text="Probability, as the two below")
    at_least_red = Real()
    crisis = Real()
    misinformation = Real(help_text="Probability")
    is_misinformation = Boolean(default=False)
    myth = Varchar(length=80, default="", help_text="Slug, or empty")
    route = Varchar(length=8, help_text="publish, cover or hold")
    needs_review = Boolean(default=False)
    reasons = JSONB(default="[]", help_text="List of {kind, detail, explanation, start, end}; they quote nothing")
    sentences = JSONB(
        null=True, default=None, help_text="List of [start, end, fall]: what weighed most, once it was worked out"
    )
    meaning = Bytea(
        null=True, default=None, help_text="float16[width] of length 1, by the same model; of posts with a case alone"
    )
    created_at = Timestamptz()
