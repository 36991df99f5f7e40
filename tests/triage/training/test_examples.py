"""Labelled posts are read as others write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from triage.training.examples import DataUnusable, read_examples

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = b'{"text": "A quiet day.", "severity": "green", "group": "g", "source": "s", "kind": "k", "voice": "v"}'


def test_whatever_is_optional_may_be_null_and_other_fields_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    nothing = b", ".join(b'"%s": null' % name for name in (b"title", b"parent", b"severity", b"misinformation"))
    more = b'"group": null, "source": null, "kind": null, "voice": null, "likes": [3]'
    file.write_bytes(b'{"text": "A quiet day.", ' + nothing + b", " + more + b"}\n")

    (example,) = read_examples([file])

    assert (example.post.text, example.post.title, example.severity) == ("A quiet day.", "", None)
    assert (example.source, example.kind, example.voice) == ("posts", "", "")
    assert example.group


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + WHOLE, WHOLE + b"\r\n\r\n", b"\n" + WHOLE])
def test_marks_and_blank_lines_of_other_systems_are_read_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(content)
    assert [(example.post.text, example.group) for example in read_examples([file])] == [("A quiet day.", "g")]


def test_half_an_emoji_takes_nothing_else_away(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(WHOLE.replace(b"day.", b"day. \\ud83d"))
    assert [example.post.text for example in read_examples([file])] == ["A quiet day. ?"]


@pytest.mark.parametrize("line", [b"{broken", b'{"text": "x", "severity": "\\ud83d"}', b"\xff"])
def test_line_that_cannot_be_read_is_named(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(WHOLE + b"\n" + line)
    with pytest.raises(DataUnusable, match="line 2"):
        read_examples([file])
