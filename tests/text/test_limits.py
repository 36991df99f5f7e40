"""The limits that forms and pages share."""

from __future__ import annotations

from server.text import limits


def test_a_content_note_is_shorter_than_a_title_and_a_title_shorter_than_a_reason_and_a_reason_than_a_post():
    assert limits.MAX_NOTE_CHARACTERS == 80
    assert limits.MAX_NOTE_CHARACTERS < limits.MAX_TITLE_CHARACTERS < limits.MAX_REASON_CHARACTERS
    assert limits.MAX_REASON_CHARACTERS < limits.MAX_POST_CHARACTERS == 20_000
