"""Labels of real posts are joined with their texts by hash; the posts of these tests are made up."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from triage.posts import Post
from triage.scales import Severity
from triage.training.adapters import (
    LABELLED_SETS,
    ORDINARY_COMMENTS,
    PIECE_LABELS,
    PieceLabel,
    is_for_test,
    labelled_pieces,
    ordinary_answers,
    read_labels,
    text_key,
)
from triage.training.examples import DataUnusable, Example
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The ferry was late. I wanted to be gone for good. Then we had chips."


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    for name in LABELLED_SETS:
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.write(json.dumps({"id": name, "text": TEXT if name == LABELLED_SETS[0] else name}) + "\n")
    return tmp_path


def piece(**given: Any) -> dict[str, Any]:
    whole = {"sha256": text_key(TEXT), "start": 20, "end": 49, "severity": "red", "misinformation": 0, "sure": 1}
    return whole | given


def write(file: Path, *pieces: dict[str, Any]) -> Path:
    file.write_text("".join(json.dumps(one) + "\n" for one in pieces))
    return file


def test_piece_is_a_post_of_its_own_in_the_group_of_the_whole_one(sets: Path, tmp_path: Path) -> None:
    (found,) = labelled_pieces(sets, write(tmp_path / "pieces.jsonl", piece()))

    assert found == Example(
        post=Post(text="I wanted to be gone for good."),
        severity=Severity.RED,
        misinformation=False,
        group=text_key(TEXT),
        source="pieces",
    )


def test_label_of_an_unsure_reader_counts_less(sets: Path, tmp_path: Path) -> None:
    sure, unsure = labelled_pieces(sets, write(tmp_path / "pieces.jsonl", piece(), piece(sure=0)))

    assert unsure.weight < sure.weight


def test_piece_of_a_post_that_is_not_there_is_passed_over(sets: Path, tmp_path: Path) -> None:
    assert not labelled_pieces(sets, write(tmp_path / "pieces.jsonl", piece(sha256="0" * 64)))


def test_broken_line_is_named(sets: Path, tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="line 2"):
        labelled_pieces(sets, write(tmp_path / "pieces.jsonl", piece(), piece(severity="blue")))


def test_ordinary_answers_stand_under_posts_of_their_own_split_that_are_not_urgent() -> None:
    comments = [
        Example(post=Post(text=f"Comment {number}."), severity=Severity.GREEN, group=f"c{number}", source=source)
        for number in range(60)
        for source in (ORDINARY_COMMENTS, "short lines")
    ]
    posts = [
        Example(post=Post(text=f"{severity.label} {number}"), severity=severity, group=f"p{number}")
        for number in range(80)
        for severity in Severity
    ]

    answers = ordinary_answers(comments, posts)

    assert {answer.post.text for answer in answers} == {comment.post.text for comment in comments}
    assert len(answers) == 60
    assert all(answer.post.parent.startswith(("green ", "amber ")) for answer in answers)
    for own, others in zip(split_by_group(answers), split_by_group(posts), strict=True):
        assert own
        assert {answer.post.parent for answer in own} <= {post.post.text for post in others}


def test_ordinary_answers_need_a_post_to_stand_under() -> None:
    comment = Example(post=Post(text="Nice."), severity=Severity.GREEN, group="c", source=ORDINARY_COMMENTS)

    assert not ordinary_answers([comment], [])


def test_our_pieces_come_from_no_post_that_is_measured_on() -> None:
    labels = read_labels()
    pieces = [msgspec.json.decode(line, type=PieceLabel) for line in PIECE_LABELS.read_bytes().splitlines()]
    posts = [Example(post=Post(text="…"), group=one.sha256) for one in pieces]

    assert len(split_by_group(posts).train) == len(pieces) > 9000
    assert not any(is_for_test(labels[one.sha256][0]) for one in pieces)
