"""Members, their sessions, and whom they do not want to read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    LazyTableReference,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

if TYPE_CHECKING:
    from models.forum import Post


class Role(StrEnum):
    """What a member may do beyond writing; all but ``member`` need a second factor."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"
    CLINICIAN = "clinician"


class Member(Table):
    """One anonymous account: a handle and secrets, never a name or an address."""

    id = BigSerial(primary_key=True)
    handle = Varchar(length=30)
    handle_key = Varchar(length=30, unique=True, help_text="Case-folded handle: two handles never differ by case only")
    phrase_hash = Varchar(length=200, help_text="argon2id of the normalised recovery phrase")
    password_hash = Varchar(length=200, null=True, default=None, help_text="argon2id; absent without a password")
    role = Varchar(length=16, default=Role.MEMBER.value)
    joined_on = Date(help_text="A day, not a moment: joining times can give people away")
    phrase_noted = Boolean(default=False, help_text="The member said that the phrase is written down")
    region = Varchar(length=2, null=True, default=None, help_text="ISO 3166-1 alpha-2, chosen by the member")
    note_choices = JSONB(default="{}", help_text="Content-note topic -> open, covered or hidden")
    looked_at = Timestamptz(null=True, default=None, help_text="The hour when the member last came to the front page")
    looked_before = Timestamptz(null=True, default=None, help_text="When they had come the time before that")
    may_write_from = Timestamptz(
        null=True, default=None, help_text="A moderator paused this member's writing until then"
    )
    judges_first_since = Timestamptz(
        null=True,
        default=None,
        help_text="Since when somebody of the staff judges before the classifier's opinion is shown",
    )
    keys_off = Boolean(default=False, help_text="Moderators' pages answer to no single letters")
    totp_secret = Text(null=True, default=None, help_text="Encrypted; set for staff once a code was confirmed")
    totp_last_step = BigInt(default=0, help_text="Last accepted time step: a code works once")


class RecoveryCode(Table):
    """A one-time code that stands in for a lost second factor."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    code_hash = Varchar(length=64, help_text="Keyed hash; the code itself is shown once")


class Session(Table):
    """A signed-in browser. Redis holds a short-lived copy; this row is the truth."""

    id = Varchar(length=64, primary_key=True, help_text="SHA-256 of the cookie's token")
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    created_at = Timestamptz()
    seen_at = Timestamptz(help_text="Of a member: rounded down to the hour")
    expires_at = Timestamptz(index=True, help_text="Of a member: some days after seen_at, and so no more exact")
    second_factor = Boolean(default=False, help_text="A TOTP or recovery code was accepted in this session")
    stays = Boolean(default=False, help_text="The browser keeps the cookie when it is closed, as its member asked")


class PushSubscription(Table):
    """A device on which a member of the staff lets Kith call them, as its browser gave it (W3C Push API)."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    endpoint = Text(unique=True, help_text="The push service's address for this device; whoever has it can reach it")
    p256dh = Varchar(length=100, help_text="The device's public key, base64url")
    auth = Varchar(length=30, help_text="The secret that the device shares with Kith, base64url")
    created_at = Timestamptz()
    last_ok_at = Timestamptz(null=True, default=None, help_text="When the push service last took a call")
    failures = Integer(default=0, help_text="Calls in a row that it did not take")


class AvoidanceKind(StrEnum):
    """``mute``: I do not read them. ``block``: nor can they answer me."""

    MUTE = "mute"
    BLOCK = "block"


class Avoidance(Table):
    """One member who mutes or blocks another; the other is never told."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    other = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False, index=True)
    kind = Varchar(length=8)
    created_at = Timestamptz()


class Draft(Table):
    """Unsent text, kept until it is posted, thrown away or 30 days old."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    place = Varchar(length=60, help_text="What it is for, such as board:3, thread:12:reply:40 or post:9:edit")
    title = Text(default="")
    body = Text(default="")
    note_topic = Varchar(length=24, default="")
    note_text = Text(default="")
    revision = Integer(default=0, help_text="Of the post that it changes, as its author saw it; 0 for a new post")
    submission_key = UUID(help_text="Of the form that it was typed in: once that is sent, it goes")
    updated_at = Timestamptz()


class Notice(Table):
    """Something that happened to a member, told inside Kith only."""

    id = BigSerial(primary_key=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    kind = Varchar(length=24)
    post: ForeignKey[Post] = ForeignKey(
        references=LazyTableReference("Post", module_path="models.forum"), null=True, default=None
    )
    detail = Text(default="", help_text="A sentence for the member where the kind needs one")
    created_at = Timestamptz()
    read_at = Timestamptz(null=True, default=None, help_text="Rounded down to the hour")
