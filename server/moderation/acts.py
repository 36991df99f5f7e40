"""What can be done about a case, in the words of its page."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec


class PostAct(StrEnum):
    """What happens to the post itself."""

    LEAVE = "leave"
    COVER = "cover"
    RELEASE = "release"
    HOLD = "hold"
    REMOVE = "remove"


POST_ACTS: dict[PostAct, tuple[str, str]] = {
    PostAct.LEAVE: ("Leave it as it is", "Being read and answered is often all that it needs."),
    PostAct.COVER: ("Put a content note over it", "It stays; readers choose when to open it."),
    PostAct.RELEASE: ("Open it to everybody", "Takes a hold or a note of ours away."),
    PostAct.HOLD: (
        "Hold it",
        "Only its author and moderators see it. For what endangers readers, never a cry for help.",
    ),
    PostAct.REMOVE: ("Take it down", "The author is told why, and can appeal once."),
}
"""What each says beside its button, and a hint."""

STATE_AFTER: dict[PostAct, str] = {
    PostAct.COVER: "covered", PostAct.RELEASE: "published", PostAct.HOLD: "held", PostAct.REMOVE: "removed",
}  # fmt: skip

NOTICE_AFTER: dict[PostAct, str] = {
    PostAct.COVER: "post-covered", PostAct.RELEASE: "post-released", PostAct.HOLD: "post-held",
    PostAct.REMOVE: "post-removed",
}  # fmt: skip


class Voice(StrEnum):
    """How a moderator's words reach people; either way they are signed "a moderator"."""

    PUBLIC = "public"
    PRIVATE = "private"


VOICES: dict[Voice, tuple[str, str]] = {
    Voice.PUBLIC: ("As an answer in the thread", "Everybody who reads there sees it."),
    Voice.PRIVATE: ("To the author alone", "They find it among their notices."),
}


class Pause(StrEnum):
    """How long an author's writing rests."""

    NONE = ""
    DAY = "1"
    WEEK = "7"
    FOR_GOOD = "36500"


PAUSES: dict[Pause, str] = {
    Pause.NONE: "No", Pause.DAY: "For a day", Pause.WEEK: "For a week", Pause.FOR_GOOD: "Close the account for writing",
}  # fmt: skip


class Answer(msgspec.Struct, frozen=True):
    """Words to start from, written for peers: listening, no advice, no diagnosis."""

    name: str
    label: str
    text: str
    """With ``{handle}`` for the author's name."""


ANSWERS = msgspec.json.decode(Path(__file__).with_name("answers.json").read_bytes(), type=list[Answer])
