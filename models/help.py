"""Helplines and services that members can turn to now."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Array, Boolean, Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from models.members import Member


class HelplineState(StrEnum):
    """Members see ``confirmed`` ones only."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    RETIRED = "retired"


class Helpline(Table):
    """A helpline, service or emergency number of one country, or international (``INT``)."""

    id = Serial(primary_key=True)
    slug = Varchar(length=80, unique=True)
    name = Text()
    organisation = Text(default="")
    country = Varchar(length=3, index=True)
    needs = Array(base_column=Varchar(length=24), default=list)
    languages = Array(base_column=Varchar(length=12), default=list)
    hours = Text(default="")
    always_open = Boolean(default=False)
    opening = Text(default="", help_text="Such as Mon-Fri 09:00-17:00; empty where only words are known")
    zone = Text(default="", help_text="IANA time zone of these times")
    phone = Text(null=True, default=None)
    text = Text(null=True, default=None)
    chat_url = Text(null=True, default=None)
    website = Text(default="")
    cost = Text(null=True, default=None)
    description = Text(default="")
    state = Varchar(length=12, default=HelplineState.UNCONFIRMED.value)
    source_name = Text(default="")
    source_url = Text(default="")
    read_on = Date(null=True, default=None, help_text="Day on which the source was read")
    read_note = Text(default="")
    seed_hash = Varchar(length=64, default="", help_text="Of the seed entry last loaded: an admin's edits are kept")
    confirmed_by = ForeignKey(references=Member, on_delete=OnDelete.set_null, null=True, default=None)
    updated_at = Timestamptz()
