"""What a moderator sends about a case: read, checked, and given back where it cannot be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from server.forum.notes import TOPICS
from server.moderation.acts import WAITING, Pause, PostAct, Voice, Warn
from server.moderation.corrections import check_correction
from server.moderation.passing_on import OnCallFor
from server.text.cleaning import clean_line, clean_text
from server.text.limits import MAX_POST_CHARACTERS
from server.text.numbers import COUNT_DIGITS, whole_number
from triage.scales import Severity, severity_of

if TYPE_CHECKING:
    from server.moderation.seen import Seen

MAX_CUTS = 50
MAX_NOTE = 2000
MAX_PASSED_ON = 500
"""Characters that go with a case to whoever has it next."""
LONGEST_SEARCH = 200
LONGEST_SLUG = 80
LONGEST_HANDLE = 80
LONGEST_DIGEST = 64
CHOOSE_STATE = "Please choose what happens to the post: it waits for a moderator to say so."
Choice = TypeVar("Choice", PostAct, Voice, Pause, Warn, OnCallFor)


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page of a case."""

    revision: int = 0
    seen: str = ""
    """What the page showed of why the case is here, in short; empty where it does not tell."""
    post_act: PostAct = PostAct.LEAVE
    note_topic: str = ""
    cuts: tuple[str, ...] = ()
    """Passages of the post and its title to black out, word for word."""
    cut_other: str = ""
    """Those among them that were typed, as they were typed: one a line."""
    restores_original: bool = False
    """Whether what was blacked out before comes back."""
    words: str = ""
    voice: Voice = Voice.PUBLIC
    reason: str = ""
    """To the author, where the post is changed."""
    asks_to_edit: bool = False
    """Whether the author is asked to change the post themselves; the reason says what."""
    warn: Warn = Warn.NONE
    pause: Pause = Pause.NONE
    severity: Severity | None = None
    misinformation: bool | None = None
    myth: str = ""
    """Slug of the myth that the post asserts, ``none`` for none of the known ones, or empty where that is left open."""
    seen_myth: str = ""
    """Slug of the myth that the page showed as the classifier's, if any."""
    shows_correction: bool = False
    """Whether the correction of the chosen myth, else of the one on the page, goes under the post."""
    groundless: bool = False
    """Whether the members' reports had no ground."""
    resources: tuple[int, ...] = ()
    """Vetted ones to put under the post."""
    resource_search: str = ""
    own_note: str = ""
    """For colleagues, beside the decision."""
    escalate_for: OnCallFor = OnCallFor.NOW
    escalate_why: str = ""
    """For colleagues."""
    question: str = ""
    """Likewise, where a second opinion is wanted."""
    colleague: str = ""
    """The handle of whom the case could be given to."""

    @property
    def typed(self) -> list[str]:
        """What was written, to be copied where the form is not shown any more; the note has a place of its own."""
        return [text for text in (self.words, self.reason, self.question, self.escalate_why, self.cut_other) if text]

    @property
    def begun(self) -> list[str]:
        """What was begun for the author, as notes for whoever has the case next."""
        words = {"Begun as an answer": self.words, "Begun as words to the author": self.reason}
        return [f"{label}: {text}" for label, text in words.items() if text]

    @property
    def adds_to_thread(self) -> bool:
        """Tell whether anything is to be put under the post, or said in its thread."""
        return bool(self.resources or self.shows_correction or (self.words and self.voice is Voice.PUBLIC))

    @property
    def concerns_readers(self) -> bool:
        """Tell whether anything is to be done with the post, under it or in its thread."""
        return bool(
            self.post_act is not PostAct.LEAVE
            or self.cuts
            or self.restores_original
            or self.asks_to_edit
            or self.adds_to_thread
        )

    def for_case(self, seen: Seen) -> DecisionForm:
        """Return the same decision about another post, as it was seen."""
        return msgspec.structs.replace(self, revision=seen.revision, seen=seen.said)

    def without_pause(self) -> DecisionForm:
        """Return the same decision for another post of somebody who is paused already, and was told why."""
        reason = "" if self.post_act is PostAct.LEAVE else self.reason
        return msgspec.structs.replace(self, pause=Pause.NONE, reason=reason)


def read_decision(fields: dict[str, str]) -> DecisionForm:
    """Read a form's fields; what is not offered counts as not chosen."""
    revision, label = fields.get("revision", ""), fields.get("severity", "")
    cuts = [text for name, text in fields.items() if name.startswith("cut-")]
    cuts += [line.strip() for line in fields.get("cut_other", "").splitlines()]
    return DecisionForm(
        revision=whole_number(revision, digits=COUNT_DIGITS) or 0,
        seen=clean_line(fields.get("seen", ""))[:LONGEST_DIGEST],
        post_act=_chosen(PostAct, fields.get("post_act", ""), PostAct.LEAVE),
        note_topic=topic if (topic := fields.get("note_topic", "")) in TOPICS else "",
        cut_other=clean_text(fields.get("cut_other", "")),
        cuts=tuple(clean_text(cut) for cut in cuts if clean_text(cut))[:MAX_CUTS],
        restores_original=fields.get("restores_original") == "on",
        words=clean_text(fields.get("words", "")),
        voice=_chosen(Voice, fields.get("voice", ""), Voice.PUBLIC),
        reason=clean_text(fields.get("reason", "")),
        asks_to_edit=fields.get("asks_to_edit") == "on",
        warn=_chosen(Warn, fields.get("warn", ""), Warn.NONE),
        pause=_chosen(Pause, fields.get("pause", ""), Pause.NONE),
        severity=severity_of(label) if label in {one.label for one in Severity} else None,
        misinformation={"1": True, "0": False}.get(fields.get("misinformation", "")),
        myth=clean_line(fields.get("myth", ""))[:LONGEST_SLUG],
        seen_myth=clean_line(fields.get("seen_myth", ""))[:LONGEST_SLUG],
        shows_correction=fields.get("shows_correction") == "on",
        groundless=fields.get("groundless") == "on",
        resources=_numbers_after("resource-", fields),
        resource_search=clean_line(fields.get("resource_search", ""))[:LONGEST_SEARCH],
        own_note=clean_text(fields.get("details", "")),
        escalate_for=_chosen(OnCallFor, fields.get("escalate_for", ""), OnCallFor.NOW),
        escalate_why=clean_text(fields.get("escalate_why", "")),
        question=clean_text(fields.get("question", "")),
        colleague=clean_line(fields.get("colleague", ""))[:LONGEST_HANDLE],
    )


def must_choose_state(form: DecisionForm, state: str) -> bool:
    """Tell whether a post in this state would be left waiting for ever."""
    return form.post_act is PostAct.LEAVE and state in WAITING


def check_decision(
    form: DecisionForm, *texts: str, state: str = "published", is_paused: bool = False
) -> dict[str, str]:
    """Return what is wrong, by field; ``texts`` are what the post says, ``is_paused`` is its author."""
    errors: dict[str, str] = {}
    if must_choose_state(form, state):
        errors["post_act"] = CHOOSE_STATE
    if len(form.words) > MAX_POST_CHARACTERS:
        errors["words"] = f"Your answer has {len(form.words):,} characters; {MAX_POST_CHARACTERS:,} fit."
    if len(form.own_note) > MAX_NOTE:
        errors["details"] = f"A note has room for {MAX_NOTE:,} characters."
    if form.post_act in (PostAct.REMOVE, PostAct.HOLD) and not form.reason:
        errors["reason"] = "Please tell the author why, in a sentence."
    if (form.pause.stops or form.warn is Warn.WARN) and not form.reason:
        errors["reason"] = "Please tell the author why, in a sentence."
    if form.asks_to_edit:
        errors |= _check_asking(form, is_paused=is_paused)
    missing = [cut for cut in form.cuts if not any(cut in text for text in texts)]
    if missing:
        errors["cut_other"] = "This is not in the post word for word: " + "; ".join(missing)
    return errors | check_correction(form)


def _check_asking(form: DecisionForm, *, is_paused: bool) -> dict[str, str]:
    """Let nobody be asked for a change without knowing which, or for one that they cannot make."""
    if form.post_act is PostAct.REMOVE:
        return {"asks_to_edit": "A post that is taken down cannot be changed any more. You can hold it instead."}
    if form.pause.stops or (is_paused and form.pause is not Pause.LIFT):
        return {"asks_to_edit": "Its author cannot change it while their writing is paused."}
    return {} if form.reason else {"reason": "Please say in plain words what they should change."}


def check_passing_on(form: DecisionForm, act: str) -> dict[str, str]:
    """Return what is wrong with words that go to colleagues; a call to on-call now never waits for any."""
    field = "escalate_why" if act == "escalate" else "question"
    words = form.escalate_why if act == "escalate" else form.question
    if len(words) > MAX_PASSED_ON:
        return {field: f"{MAX_PASSED_ON} characters fit here."}
    if act == "escalate" and form.escalate_for is OnCallFor.TODAY and not words:
        return {field: "In a few words: why should on-call look at it today?"}
    return {}


def _numbers_after(prefix: str, fields: dict[str, str]) -> tuple[int, ...]:
    numbers = [name.removeprefix(prefix) for name in fields if name.startswith(prefix)]
    read = (whole_number(number, digits=COUNT_DIGITS) for number in numbers)
    return tuple(number for number in read if number is not None)


def _chosen(kind: type[Choice], given: str, otherwise: Choice) -> Choice:
    return kind(given) if given in {choice.value for choice in kind} else otherwise
