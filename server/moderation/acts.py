"""What can be done about a case, in the words of its page."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.moderation.forms import DecisionForm


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

KEPT: dict[PostAct, tuple[str, str]] = {
    PostAct.COVER: ("Keep a content note over it", "It stays; readers choose when to open it."),
    PostAct.HOLD: (
        "Keep it held",
        "Only its author and moderators see it. The author is told why, and can appeal once.",
    ),
}
WAITING: dict[str, PostAct] = {"covered": PostAct.COVER, "held": PostAct.HOLD}
"""States in which a post waits for a moderator to say what it is to be, and the act that keeps it so."""

STATE_AFTER: dict[PostAct, str] = {
    PostAct.COVER: "covered", PostAct.RELEASE: "published", PostAct.HOLD: "held", PostAct.REMOVE: "removed",
}  # fmt: skip

NOTICE_AFTER: dict[PostAct, str] = {
    PostAct.COVER: "post-noted", PostAct.RELEASE: "post-released", PostAct.HOLD: "post-kept",
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
    LIFT = "0"
    DAY = "1"
    WEEK = "7"
    FOR_GOOD = "36500"

    @property
    def stops(self) -> bool:
        """Tell whether the author may not write from now on."""
        return self not in (Pause.NONE, Pause.LIFT)


PAUSES: dict[Pause, str] = {
    Pause.DAY: "For a day", Pause.WEEK: "For a week", Pause.FOR_GOOD: "Close the account for writing",
}  # fmt: skip


class Warn(StrEnum):
    """Whether an author is asked to mind the rules."""

    NONE = ""
    WARN = "warn"
    TAKE_BACK = "take-back"


def post_acts_for(state: str) -> list[tuple[str, str, str]]:
    """Return what can be done with a post in this state: what waits for a moderator is not left so by the way."""
    kept = WAITING.get(state)
    acts = {act: KEPT[act] if act is kept else words for act, words in POST_ACTS.items()}
    return [(act.value, *words) for act, words in acts.items() if kept is None or act is not PostAct.LEAVE]


def warnings_for(*, is_warned: bool) -> list[tuple[str, str]]:
    """Return whether an author can be asked to mind the rules; where they were, it can be taken back."""
    back = [(Warn.TAKE_BACK.value, "Take back what they were asked about the rules")] if is_warned else []
    return [(Warn.NONE.value, "No"), (Warn.WARN.value, "Yes, ask them"), *back]


def pauses_for(*, is_paused: bool) -> list[tuple[str, str]]:
    """Return for how long an author's writing can rest; one that rests already can be ended."""
    lift = [(Pause.LIFT.value, "Let them write again")] if is_paused else []
    return [(Pause.NONE.value, "No change" if is_paused else "No"), *lift] + [
        (pause.value, words) for pause, words in PAUSES.items() if pause.stops
    ]


def main_act(form: DecisionForm) -> str:
    """Name a decision by the weightiest thing in it."""
    if form.post_act is not PostAct.LEAVE:
        return str(form.post_act)
    if form.pause is not Pause.NONE:
        return "lift-pause" if form.pause is Pause.LIFT else "pause"
    if form.warn is not Warn.NONE:
        return "take-warning-back" if form.warn is Warn.TAKE_BACK else "warn"
    if form.cuts:
        return "black-out"
    if form.restores_original:
        return "restore"
    if form.asks_to_edit:
        return "ask-to-edit"
    if form.words or form.reason:
        return "answer"
    return "attach" if form.resources or form.shows_correction else "nothing"
