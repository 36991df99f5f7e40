"""Labelled posts, and the JSON Lines that they are read from."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from triage.json_lines import decode_line
from triage.posts import Post
from triage.scales import Severity, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CORPUS = Path(__file__).parents[1] / "corpus"
"""Our own posts, in JSON Lines files."""


class DataUnusable(ValueError):
    """A file of examples that cannot be learnt from; the message names the file, the line and what to change."""


Form = TypeVar("Form")


def read_lines(file: Path, form: type[Form]) -> list[Form]:
    """Read a file of JSON lines, all of one form.

    Raises: DataUnusable, which names the line.
    """
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise DataUnusable(f"{file} cannot be read: {error.strerror}.") from error
    read: list[Form] = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append(decode_line(line, form))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataUnusable(f"{file}, line {number}: {error}.") from error
    return read


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One post and what is known about it."""

    post: Post
    severity: Severity | None = None
    severity_at_most: Severity | None = None
    """Where a source says only that a post is not worse than this."""
    misinformation: bool | None = None
    taught: tuple[float, float, float, float] | None = None
    """What a larger model says instead of a label: of at least amber, at least red, crisis, misinformation."""
    group: str = ""
    """Posts of one group never end up in two splits."""
    source: str = ""
    kind: str = ""
    """What the post is a case of, where somebody said so: a functionality, a scenario."""
    voice: str = ""
    weight: float = 1.0
    is_ordinary: bool = False
    """Whether it came as posts come; others were written because they are hard. False alarms are counted on these."""


class Line(msgspec.Struct):
    """One line of a data file; fields that are not named here are passed over."""

    text: str
    title: str | None = None
    parent: str | None = None
    severity: Literal["green", "amber", "red", "crisis"] | None = None
    misinformation: Literal[0, 1] | None = None
    group: str | None = None
    source: str | None = None
    kind: str | None = None
    voice: str | None = None


def read_examples(files: Iterable[Path]) -> list[Example]:
    """Read all examples of some JSON Lines files, in order.

    Raises: DataUnusable.
    """
    examples = [example for file in files for example in _read_file(file)]
    if not examples:
        raise DataUnusable("There is no example in the data.")
    return examples


def _read_file(file: Path) -> list[Example]:
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise DataUnusable(f"{file} cannot be read: {error.strerror}.") from error
    return [_example(file, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _example(file: Path, number: int, content: bytes) -> Example:
    try:
        line = decode_line(content, Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataUnusable(f"{file}, line {number}: {error}.") from error
    post = Post(text=line.text, title=line.title or "", parent=line.parent or "")
    if not post.text.strip() and not post.title.strip():
        raise DataUnusable(f"{file}, line {number}: the text is empty.")
    return Example(
        post=post,
        severity=None if line.severity is None else severity_of(line.severity),
        misinformation=None if line.misinformation is None else bool(line.misinformation),
        group=line.group or sha256(f"{post.title}\n{post.text}".encode("utf-8", "replace")).hexdigest(),
        source=line.source or file.stem,
        kind=line.kind or "",
        voice=line.voice or "",
    )


def need_both_sides(examples: Sequence[Example], *, where: str = "", claims_will_do: bool = False) -> None:
    """Refuse data from which nothing can be learnt; ``claims_will_do`` to measure misinformation alone.

    Raises: DataUnusable.
    """
    urgent = {example.severity.is_urgent for example in examples if example.severity is not None}
    claims = {example.misinformation for example in examples if example.misinformation is not None}
    if len(urgent) < 2 and not (claims_will_do and len(claims) == 2):
        raise DataUnusable(f"The data needs urgent posts (red or crisis) and others (green or amber){where}.")
