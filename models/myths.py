"""The library of known false health claims, and where moderators put a correction under a post."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigSerial, Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from models.forum import Post
from models.members import Member


class Myth(Table):
    """A false claim and what is true. What is shown, and looked for in posts, is vetted and not past its review."""

    id = Serial(primary_key=True)
    slug = Varchar(length=80, unique=True, help_text="Stored with cases: it stays, and never names another claim")
    topic = Varchar(length=40)
    claim = Text(help_text="One plain sentence")
    phrasings = Array(base_column=Text(), default=list, help_text="How people say it: what posts are compared with")
    harm = Varchar(length=16, help_text="low, serious or life-threatening, to whoever acts on it")
    correction = Text(help_text="What is true")
    counter = Array(base_column=Text(), default=list, help_text="Sentences that ask about the claim or deny it")
    evidence = JSONB(default="[]", help_text="List of {title, publisher, year, url, read, checked}")
    checked_on = Date(null=True, default=None, help_text="When whoever vetted it read its evidence")
    state = Varchar(length=12, help_text="draft, review, vetted, expired or retired")
    written_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    vetted_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    vetted_at = Timestamptz(null=True, default=None)
    review_on = Date(null=True, default=None, help_text="From this day on it counts as expired")
    created_at = Timestamptz()
    updated_at = Timestamptz()


class PostMyth(Table):
    """The correction of a myth under a post, added by a moderator."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    myth = ForeignKey(references=Myth, on_delete=OnDelete.cascade, null=False, index=True)
    attached_at = Timestamptz()
