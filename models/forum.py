"""Boards, threads, posts, and what members do with them."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from models.members import Member


class Board(Table):
    """A place for one kind of conversation."""

    id = Serial(primary_key=True)
    slug = Varchar(length=60, unique=True)
    name = Varchar(length=80)
    purpose = Text(help_text="One or two plain sentences")
    rules = Text(help_text="House rules, in the small Markdown")
    triage_policy = JSONB(default="{}", help_text="What triage may do here; empty means the default policy")
    position = Integer(default=0)
    archived = Boolean(default=False, help_text="Can be read, not written")
    created_at = Timestamptz()


class Thread(Table):
    """A conversation: an opening post and its replies."""

    id = BigSerial(primary_key=True)
    board = ForeignKey(references=Board, on_delete=OnDelete.restrict, null=False)
    author = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None, index=True)
    title = Text()
    created_at = Timestamptz()
    last_post_at = Timestamptz()
    last_post = BigInt(null=True, default=None, help_text="Id of the newest post that others can read")
    reply_count = Integer(default=0)
    deleted_at = Timestamptz(null=True, default=None)


class PostState(StrEnum):
    """Whether others can read a post; ``covered`` is readable behind a content note."""

    PUBLISHED = "published"
    COVERED = "covered"
    HELD = "held"
    REMOVED = "removed"
    DELETED = "deleted"


class Post(Table):
    """One piece of writing by a member. The full-text column ``search`` is PostgreSQL's own."""

    id = BigSerial(primary_key=True)
    thread = ForeignKey(references=Thread, on_delete=OnDelete.cascade, null=False)
    author = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    branch: ForeignKey[Post] = ForeignKey(
        references="self", null=False, help_text="The top-level post of this branch, which may be itself"
    )
    quoted: ForeignKey[Post] = ForeignKey(
        references="self",
        on_delete=OnDelete.set_null,
        null=True,
        default=None,
        help_text="The post that this one answers",
    )
    body = Text()
    revision = Integer(default=1)
    state = Varchar(length=12, default=PostState.PUBLISHED.value)
    note_topic = Varchar(length=24, default="", help_text="Content note: one of the known topics, or empty")
    note_text = Text(default="", help_text="Content note in the author's own words, or empty")
    submission_key = UUID(null=True, default=None, help_text="From the form: a double submit makes one post")
    left_hidden = Boolean(default=False, help_text="Others could not read it when its author took it down")
    by_moderator = Boolean(default=False, help_text="Written by a moderator as such; author is absent then")
    created_at = Timestamptz()
    edited_at = Timestamptz(null=True, default=None)


class PostRevision(Table):
    """What a post said before an edit, for moderators."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    revision = Integer()
    title = Text(default="", help_text="Of the thread, where the post opens it")
    body = Text()
    note_text = Text(default="", help_text="Content note in the author's own words, or empty")
    written_at = Timestamptz()
    replaced_at = Timestamptz(help_text="When the author, or a moderator, changed it")


class Reaction(Table):
    """A sign of support. Kinds are shown, people are never counted."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    kind = Varchar(length=16)
    created_at = Timestamptz()


class Follow(Table):
    """A member who wants to hear of new posts in a thread."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    thread = ForeignKey(references=Thread, on_delete=OnDelete.cascade, null=False, index=True)
    created_at = Timestamptz()


class Visit(Table):
    """How far a member has read a thread."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    thread = ForeignKey(references=Thread, on_delete=OnDelete.cascade, null=False, index=True)
    last_post = BigInt(default=0, help_text="Up to this post id the member has had all on screen that others wrote")


class ReportKind(StrEnum):
    """Two ways to speak up, never mixed: care for a person, and the rules of the house."""

    WORRIED = "worried"
    RULES = "rules"


class Report(Table):
    """A member speaks up about a post. Reporters are never shown to the author."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    reporter = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    kind = Varchar(length=8)
    reason = Varchar(length=24, default="")
    details = Text(default="")
    created_at = Timestamptz()
    outcome = Varchar(length=24, null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)


class SearchWord(Table):
    """A word that several posts use, against which misspelt searches are matched."""

    word = Varchar(length=40, primary_key=True)
    posts = Integer()
