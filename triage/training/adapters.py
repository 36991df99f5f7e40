"""Real data sets, read from a folder that the command line names. Their texts never enter the project.

``docs/model-card.md`` says what each one is, its licence, what it was used for, and how the folder looks.
"""

from __future__ import annotations

import gzip
import random
import unicodedata
import zlib
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from triage.posts import Post
from triage.scales import Severity, severity_of
from triage.training.examples import DataUnusable, Example, read_lines
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


LABELS = Path(__file__).parents[1] / "labels" / "real_posts.jsonl"
PIECE_LABELS = LABELS.with_name("pieces.jsonl")
CLAIM_LABELS = LABELS.with_name("opioid_myths.jsonl")
POOL = "pool_peer_support"
LABELLED_SETS = (POOL, "counsel_questions", "recovery_stopdrinking")
ORDINARY_COMMENTS = "ordinary_goemotions"
AUXILIARY_SETS = (
    (ORDINARY_COMMENTS, 6000, 0.5, None),
    ("everyday_stressors_sad", 600, 0.4, Severity.AMBER),
    ("crisis_synthetic_short", 600, 0.3, None),
)
"""What other sets add to training: rows, their weight, and the severity that they do not exceed."""
CALM = (Severity.GREEN, Severity.AMBER)
UNSURE_WEIGHT = 0.6
"""Of a label whose reader was not sure, in training."""
TEST_SHARE = 0.55
"""Of the posts labelled at random: kept for measuring, by the hash of their text."""


class Row(msgspec.Struct):
    """One line of a set."""

    id: str
    text: str
    split: str = ""
    group: str | None = None
    severity: Literal["green", "amber", "red", "crisis"] | None = None
    misinformation: int | None = None
    source_label: str | int | None = None
    """The label of whoever made the set."""


class Label(msgspec.Struct):
    """One reader's judgement of one real post, which is known by its hash alone."""

    sha256: str
    source: str
    sample: str
    """``random``, or what pattern it was chosen by."""
    reader: Literal["A", "B", "settled"] = msgspec.field(name="pass")
    severity: Literal["green", "amber", "red", "crisis"]
    misinformation: Literal[0, 1]
    sure: int


class PieceLabel(msgspec.Struct):
    """One reader's judgement of a few sentences of a real post, read as if they were all of it."""

    sha256: str
    """Of the whole post."""
    start: int
    """Where in the post's text the piece begins; ``end`` likewise."""
    end: int
    severity: Literal["green", "amber", "red", "crisis"]
    misinformation: Literal[0, 1]
    sure: int


def text_key(text: str) -> str:
    """Return the SHA-256 by which a text is known: of NFC, with white space as single blanks."""
    return sha256(" ".join(unicodedata.normalize("NFC", text).split()).encode()).hexdigest()


class ClaimLabel(msgspec.Struct):
    """Our own judgement of one excerpt about the treatment of addiction."""

    sha256: str
    misinformation: Literal[0, 1]


def read_set(folder: Path, name: str) -> list[Row]:
    """Read one set.

    Raises: DataUnusable.
    """
    file = file_of(folder, name)
    rows: list[Row] = []
    try:
        with gzip.open(file) as lines:
            for line in lines:
                rows.append(msgspec.json.decode(line, type=Row))  # noqa: PERF401 - what was read tells where it broke
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataUnusable(f"{file}, line {len(rows) + 1}: {error}.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataUnusable(f"{file} cannot be read: {error}.") from error
    if not rows:
        raise DataUnusable(f"{file} holds no post.")
    return rows


def file_of(folder: Path, name: str) -> Path:
    """Return where a set lies."""
    return folder / f"{name}.jsonl.gz"


def files_learnt_from(folder: Path) -> list[Path]:
    """Return what ``labelled_posts`` and ``auxiliary`` read: sets, and our labels."""
    sets = (*LABELLED_SETS, *(name for name, *_ in AUXILIARY_SETS))
    return [*(file_of(folder, name) for name in sets), LABELS, PIECE_LABELS]


def read_labels(file: Path = LABELS) -> dict[str, list[Label]]:
    """Return our labels of real posts by the hash of the text; a settled one comes first, then the second reader's.

    Raises: DataUnusable.
    """
    labels: dict[str, list[Label]] = {}
    for label in read_lines(file, Label):
        labels.setdefault(label.sha256, []).append(label)
    for readings in labels.values():
        readings.sort(key=lambda label: label.reader, reverse=True)
    return labels


def labelled_posts(folder: Path, *, for_test: bool) -> list[Example]:
    """Return the real posts that we labelled: those kept for measuring, or all others."""
    labels = read_labels()
    found: list[Example] = []
    for name in LABELLED_SETS:
        for row in read_set(folder, name):
            readings = labels.pop(text_key(row.text), None)
            if readings and is_for_test(readings[0]) == for_test:
                found.append(_labelled(row, readings[0], name))
    return found


def labelled_pieces(folder: Path, file: Path = PIECE_LABELS) -> list[Example]:
    """Return the pieces of real posts that we labelled, in the group of the post that they come from.

    What decides a long post is often one sentence; these say which. None comes from a post that is measured on.

    Raises: DataUnusable.
    """
    pieces: dict[str, list[PieceLabel]] = {}
    for piece in read_lines(file, PieceLabel):
        pieces.setdefault(piece.sha256, []).append(piece)
    return [
        Example(
            post=Post(text=row.text[piece.start : piece.end]),
            severity=severity_of(piece.severity),
            misinformation=bool(piece.misinformation),
            group=piece.sha256,
            source="pieces",
            weight=1.0 if piece.sure else UNSURE_WEIGHT,
        )
        for name in LABELLED_SETS
        for row in read_set(folder, name)
        for piece in pieces.pop(text_key(row.text), ())
    ]


def is_for_test(label: Label) -> bool:
    """Tell whether a post is kept for measuring."""
    return label.sample == "random" and int(label.sha256[:8], 16) / 2**32 < TEST_SHARE


def _labelled(row: Row, label: Label, name: str) -> Example:
    return Example(
        post=Post(text=row.text),
        severity=severity_of(label.severity),
        misinformation=bool(label.misinformation),
        group=label.sha256,
        source=name,
        weight=1.0 if label.sure else UNSURE_WEIGHT,
        is_ordinary=True,  # every post of these sets is labelled, so together they are as posts come
    )


def whole_set(folder: Path, name: str, *, split: str = "") -> list[Example]:
    """Return a set as it was labelled by others, or one of its splits."""
    return [
        Example(
            post=Post(text=row.text),
            severity=_severity_in(row, name),
            misinformation=None if row.misinformation is None else bool(row.misinformation),
            group=f"{name}:{row.group or row.id}",
            source=name,
        )
        for row in read_set(folder, name)
        if not split or row.split == split
    ]


def relabelled_claims(folder: Path) -> list[Example]:
    """Return the excerpts about myths of opioid treatment, by our own labels: theirs say which side is taken."""
    labels = {label.sha256: label for label in read_lines(CLAIM_LABELS, ClaimLabel)}
    name = "misinfo_opioid_myths"
    return [
        Example(post=Post(text=row.text), misinformation=bool(label.misinformation), group=label.sha256, source=name)
        for row in read_set(folder, name)
        if (label := labels.get(text_key(row.text)))
    ]


def _severity_in(row: Row, name: str) -> Severity | None:
    """Return the mapped severity; in eval_sdcnl the community that a post was written in is all there is."""
    if name == "eval_sdcnl":
        return Severity.RED if row.source_label == "r/SuicideWatch" else Severity.AMBER
    return severity_of(row.severity) if row.severity else None


def auxiliary(folder: Path, *, seed: int = 1) -> list[Example]:
    """Return what other sets add to training, by what their licences allow, with little weight.

    Everyday stressors are labelled only as "not urgent"; ordinary comments are green; short lines in four levels.
    """
    chosen: list[Example] = []
    for name, rows, weight, at_most in AUXILIARY_SETS:
        chosen += _some(whole_set(folder, name), rows, weight, at_most, seed)
    return chosen


def ordinary_answers(comments: Sequence[Example], posts: Sequence[Example]) -> list[Example]:
    """Put each ordinary comment under a real post of the same split that is not urgent: still an ordinary green one.

    Neither real posts nor comments come with what they answer; without these, nothing ordinary would have a parent.
    """
    answers: list[Example] = []
    for some, others in zip(split_by_group(comments), split_by_group(posts), strict=True):
        parents = sorted((one.group, one.post.text) for one in others if one.severity in CALM)
        answers += [
            msgspec.structs.replace(
                comment,
                post=msgspec.structs.replace(comment.post, parent=parents[_place(comment, len(parents))][1]),
                source="ordinary_answers",
            )
            for comment in some
            if parents and comment.source == ORDINARY_COMMENTS
        ]
    return answers


def _place(example: Example, places: int) -> int:
    """Return a place by chance, which stays the same for the same text."""
    return int(text_key(example.post.text)[:8], 16) % places


def _some(examples: Iterable[Example], rows: int, weight: float, at_most: Severity | None, seed: int) -> list[Example]:
    shuffled = list(examples)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a sample, not a secret
    return [
        msgspec.structs.replace(
            example,
            weight=weight,
            severity_at_most=at_most,
            severity=None if at_most is not None else example.severity,
            is_ordinary=example.source == ORDINARY_COMMENTS,
        )
        for example in shuffled[:rows]
    ]
