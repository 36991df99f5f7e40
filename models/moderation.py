"""What moderators work on, what they decided, and the record of it."""

from __future__ import annotations

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from models.forum import Post
from models.members import Member


class Case(Table, tablename="moderation_case"):
    """One post with everything that flagged it. A post has at most one open case."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    revision = Integer(help_text="Of the post, that was last flagged")
    severity = SmallInt(help_text="0 green (flagged for another reason), 1 amber, 2 red, 3 crisis")
    is_misinformation = Boolean(default=False)
    myth = Varchar(length=80, default="", help_text="Slug, or empty")
    reasons = JSONB(default="[]", help_text="List of {kind, detail, explanation, start, end}; they quote nothing")
    topics = Array(base_column=Varchar(length=40), default=list, help_text="Names of triage.topics that it touches")
    opened_at = Timestamptz()
    deadline = Timestamptz(help_text="When somebody should have looked")
    claimed_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    claimed_at = Timestamptz(null=True, default=None)
    claimed_until = Timestamptz(null=True, default=None, help_text="The lease; after it the case is free again")
    assigned_to = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    escalated_at = Timestamptz(null=True, default=None)
    escalation = Text(default="", help_text="Why somebody asked for on-call; no words of the post")
    on_call_by = Timestamptz(null=True, default=None, help_text="By when on-call should have come, where escalated")
    urgent_since = Timestamptz(
        null=True, default=None, help_text="When it became urgent after it was opened: it waits since then"
    )
    urgent_by = Timestamptz(null=True, default=None, help_text="By when somebody should have looked since then")
    first_look_at = Timestamptz(null=True, default=None, help_text="When a person first had it open since it waits")
    closed_at = Timestamptz(null=True, default=None)
    closed_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    outcome = Varchar(length=24, default="", help_text="The deciding act, or deleted")


class CasePass(Table):
    """A case that is kept from a moderator, who passed it on or whom it is about: it is not handed to them."""

    id = BigSerial(primary_key=True)
    case = ForeignKey(references=Case, on_delete=OnDelete.cascade, null=False)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    created_at = Timestamptz()


class CaseSeen(Table):
    """A case that a moderator had open: it weighs on them, whether they decided it or not."""

    id = BigSerial(primary_key=True)
    case = ForeignKey(references=Case, on_delete=OnDelete.cascade, null=False)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    seen_at = Timestamptz()


class CaseNote(Table):
    """What moderators tell each other about a case."""

    id = BigSerial(primary_key=True)
    case = ForeignKey(references=Case, on_delete=OnDelete.cascade, null=False, index=True)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None, index=True)
    body = Text()
    created_at = Timestamptz()


class Decision(Table):
    """What a person did about a case, on the revision of the post that they saw."""

    id = BigSerial(primary_key=True)
    case = ForeignKey(references=Case, on_delete=OnDelete.cascade, null=False, index=True)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None, index=True)
    act = Varchar(length=24)
    revision = Integer()
    words = Text(default="", help_text="To the author, in plain words")
    detail = JSONB(default="{}", help_text="Everything that was done, by name")
    before = JSONB(default="{}", help_text="What the act changed, so that it can be taken back")
    decided_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)


class Appeal(Table):
    """An author's objection to a decision; somebody else decides."""

    id = BigSerial(primary_key=True)
    decision = ForeignKey(references=Decision, on_delete=OnDelete.cascade, null=False, unique=True)
    words = Text()
    created_at = Timestamptz()


class LabelledExample(Table):
    """A moderator's judgement of one revision of a post: what the classifier is retrained from."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    revision = Integer()
    decision = ForeignKey(references=Decision, on_delete=OnDelete.cascade, null=False, index=True)
    severity = SmallInt(null=True, default=None)
    misinformation = Boolean(null=True, default=None)
    myth = Varchar(length=80, default="", help_text="Slug, none for none of the known ones, or empty: left open")
    saw_opinion = Boolean(default=True, help_text="The moderator had seen what the model says before judging")
    created_at = Timestamptz()


class OpinionShown(Table):
    """A moderator who judges first was shown what the classifier says of a post."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    shown_at = Timestamptz()


class Shift(Table):
    """A time for which a moderator is there, up to the break or the end; after a break there is another."""

    id = BigSerial(primary_key=True)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    started_at = Timestamptz()
    paused_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class AuditEntry(Table):
    """One act, in a chain of hashes. Rows are never changed or deleted; a trigger refuses it."""

    id = BigInt(primary_key=True, help_text="Without gaps")
    at = Timestamptz()
    actor = BigInt(null=True, default=None, help_text="Member id, not a reference: the chain outlives accounts")
    act = Varchar(length=40)
    subject = Varchar(length=60, help_text="Such as post:12 or case:7")
    detail = JSONB(default="{}", help_text="Names and numbers alone; nobody's words")
    previous = Varchar(length=64, help_text="Hash of the entry before, in hex")
    hash = Varchar(length=64)


class Alert(Table):
    """People were told that a case waits too long or was escalated, until somebody says that they are on it."""

    id = BigSerial(primary_key=True)
    case = ForeignKey(references=Case, on_delete=OnDelete.cascade, null=False, index=True)
    step = Integer(help_text="1: whoever is on shift; from 2 on: on-call")
    sent_at = Timestamptz()
    failure = Text(default="", help_text="What went wrong with webhook, mail or push, or empty")
    acknowledged_at = Timestamptz(null=True, default=None)
    acknowledged_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None, index=True)
