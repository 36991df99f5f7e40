"""What Kith remembers so that moderators are looked after."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, OnDelete, SmallInt, Text, Timestamptz, Varchar
from piccolo.table import Table

from models.members import Member
from models.moderation import Decision


class CareLimits(Table):
    """What the admin set for breaks: one row, or none while the usual limits hold."""

    id = SmallInt(primary_key=True, help_text="Always 1")
    suggest_after = SmallInt(help_text="Urgent cases within an hour, after which a break is suggested")
    enforce_after = SmallInt(help_text="After so many, urgent ones go to colleagues while one is free")
    crises_in_a_row = SmallInt(help_text="After so many, a colleague is handed the next crisis")


class SparedTopic(Table):
    """A topic that a moderator asked not to be handed. Nobody else sees it."""

    id = BigSerial(primary_key=True)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    topic = Varchar(length=40, help_text="A name of triage.topics")


class DebriefNote(Table):
    """What a moderator wrote to themselves after a hard case; the newest twenty are kept."""

    id = BigSerial(primary_key=True)
    moderator = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    decision = ForeignKey(references=Decision, on_delete=OnDelete.set_null, null=True, default=None, index=True)
    feeling = Varchar(length=16, default="", help_text="all-right, shaken, talk, or empty where nothing was chosen")
    body = Text()
    written_at = Timestamptz()
