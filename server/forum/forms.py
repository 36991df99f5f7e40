"""What a member typed: cleaned, checked, and always given back."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID, uuid4

import msgspec

from server.forum.notes import TOPICS, ContentNote
from server.text.cleaning import clean_line, clean_text, visible_length
from server.text.limits import MAX_NOTE_CHARACTERS, MAX_POST_CHARACTERS, MAX_TITLE_CHARACTERS

MIN_TITLE_CHARACTERS = 3
UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class Intent(StrEnum):
    """Which button of the form was pressed."""

    POST = "post"
    POST_ANYWAY = "post-anyway"
    PREVIEW = "preview"
    DRAFT = "draft"


class WritingForm(msgspec.Struct, frozen=True):
    """A form for a thread, a reply or a change."""

    title: str = ""
    body: str = ""
    note_topic: str = ""
    note_text: str = ""
    submission_key: str = ""
    revision: int = 0
    intent: Intent = Intent.POST

    @property
    def note(self) -> ContentNote:
        """The content note that was chosen."""
        return ContentNote(self.note_topic, self.note_text)

    @property
    def key(self) -> UUID:
        """The form's idempotency key; a forged or missing one is replaced, so that the post still gets through."""
        try:
            return UUID(self.submission_key)
        except ValueError:
            return uuid4()


def read_writing(fields: dict[str, str]) -> WritingForm:
    """Read a form's fields; nothing is refused here, so that everything can be shown again."""
    intent = fields.get("intent", "")
    revision = fields.get("revision", "")
    topic = fields.get("note_topic", "")
    return WritingForm(
        title=clean_line(fields.get("title", "")),
        body=clean_text(fields.get("body", "")),
        note_topic=topic if topic in TOPICS else "",
        note_text=clean_line(fields.get("note_text", "")),
        submission_key=fields.get("submission_key", ""),
        revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,
        intent=Intent(intent) if intent in {choice.value for choice in Intent} else Intent.POST,
    )


def with_new_key(form: WritingForm) -> WritingForm:
    """Return the form as one that was never sent: the page gives it a key of its own."""
    return msgspec.structs.replace(form, submission_key="")


def check_title(form: WritingForm) -> dict[str, str]:
    """Return what is wrong with a thread's title, by field."""
    if visible_length(form.title) < MIN_TITLE_CHARACTERS:
        return {"title": "Please give your thread a few words as a title, so that others can find it."}
    if len(form.title) > MAX_TITLE_CHARACTERS:
        return {"title": f"The title has {len(form.title)} characters; {MAX_TITLE_CHARACTERS} fit."}
    return _check_readable("title", form.title)


def check_body(form: WritingForm) -> dict[str, str]:
    """Return what is wrong with a post's text and note, by field."""
    errors: dict[str, str] = {}
    if visible_length(form.body) == 0:
        errors["body"] = "There is nothing here yet. A single sentence is enough."
    elif len(form.body) > MAX_POST_CHARACTERS:
        errors["body"] = (
            f"Your text has {len(form.body):,} characters; {MAX_POST_CHARACTERS:,} fit in one post. "
            "Nothing is lost: you could send it in parts."
        )
    else:
        errors |= _check_readable("body", form.body)
    if len(form.note_text) > MAX_NOTE_CHARACTERS:
        errors["note_text"] = f"A note has room for {MAX_NOTE_CHARACTERS} characters."
    return errors


def _check_readable(field: str, text: str) -> dict[str, str]:
    if UNREADABLE not in text:
        return {}
    return {field: f"Some characters did not arrive; they show as {UNREADABLE}. Please put them right."}
