"""Words that moderators may start an answer from."""

from __future__ import annotations

from piccolo.columns import Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from models.members import Member


class AnswerTemplate(Table, tablename="template"):
    """Words to start an answer from, written for peers. Those that are vetted and not past their review are offered."""

    id = Serial(primary_key=True)
    slug = Varchar(length=80, unique=True, null=True, default=None, help_text="Of one that came with Kith")
    label = Varchar(length=80, help_text="What moderators choose it by")
    situation = Varchar(length=24, help_text="Name of server.answer_templates.kinds.SITUATIONS")
    text = Text(help_text="With variables in braces")
    checked_on = Date(null=True, default=None, help_text="When whoever vetted it read it")
    state = Varchar(length=12, help_text="draft, review, vetted, expired or retired")
    written_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    vetted_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    vetted_at = Timestamptz(null=True, default=None)
    review_on = Date(null=True, default=None, help_text="From this day on it counts as expired")
    created_at = Timestamptz()
    updated_at = Timestamptz()
