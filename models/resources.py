"""The library of vetted resources, and where moderators attached them."""

from __future__ import annotations

from piccolo.columns import (
    Array,
    BigSerial,
    Bytea,
    Date,
    ForeignKey,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from models.forum import Post
from models.help import Helpline
from models.members import Member


class Resource(Table):
    """Something that helps, with where it was read. What is attached or suggested is vetted and not past its review."""

    id = Serial(primary_key=True)
    slug = Varchar(length=80, unique=True)
    kind = Varchar(length=16, help_text="helpline, service, article, worksheet or group")
    title = Varchar(length=160)
    organisation = Varchar(length=160, default="")
    description = Text(help_text="Two or three plain sentences for members")
    url = Text(default="")
    phone = Varchar(length=80, default="")
    regions = Array(base_column=Varchar(length=3), default=list, help_text="ISO 3166-1 alpha-2, or INT for anywhere")
    languages = Array(base_column=Varchar(length=8), default=list, help_text="ISO 639-1")
    topics = Array(base_column=Varchar(length=40), default=list)
    needs = Array(base_column=Varchar(length=40), default=list)
    cost = Varchar(length=80, default="")
    hours = Varchar(length=120, default="")
    opening = Varchar(length=200, default="", help_text="As a helpline's; always for at any hour")
    zone = Varchar(length=40, default="")
    source_name = Varchar(length=160, default="", help_text="Where the facts were read")
    source_url = Text(default="")
    checked_on = Date(null=True, default=None, help_text="When the source was read")
    state = Varchar(length=12, help_text="draft, review, vetted, expired or retired")
    written_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    vetted_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    vetted_at = Timestamptz(null=True, default=None)
    review_on = Date(null=True, default=None, help_text="From this day on it counts as expired")
    replaced_by: ForeignKey[Resource] = ForeignKey(
        references="self", on_delete=OnDelete.set_null, null=True, default=None
    )
    helpline = ForeignKey(
        references=Helpline, on_delete=OnDelete.set_null, null=True, default=None, help_text="Whose copy it began as"
    )
    link_checked_at = Timestamptz(null=True, default=None)
    link_problem = Text(default="", help_text="What the last check of the address found, or empty")
    created_at = Timestamptz()
    updated_at = Timestamptz()


class ResourceMeaning(Table):
    """What a resource says, as a model embeds it: made by the worker, read where resources are suggested."""

    id = Serial(primary_key=True)
    resource = ForeignKey(references=Resource, on_delete=OnDelete.cascade, null=False, unique=True)
    model = Varchar(length=80, help_text="The version")
    digest = Varchar(length=32, help_text="MD5 of the words that were embedded")
    meaning = Bytea(help_text="float16[width] of length 1")


class PostResource(Table):
    """A resource under a post, added by a moderator."""

    id = BigSerial(primary_key=True)
    post = ForeignKey(references=Post, on_delete=OnDelete.cascade, null=False)
    resource = ForeignKey(references=Resource, on_delete=OnDelete.cascade, null=False, index=True)
    attached_at = Timestamptz()


class ResourceVoice(Table):
    """What one member made of a resource: kept for later, and whether it helped."""

    id = BigSerial(primary_key=True)
    resource = ForeignKey(references=Resource, on_delete=OnDelete.cascade, null=False, index=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    saved_at = Timestamptz(null=True, default=None)
    helped = Varchar(length=4, default="", help_text="yes, no, or empty while they have not said")
