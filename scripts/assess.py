"""Reads posts as JSON Lines from standard input and writes one assessment a line, in order.

    .venv/bin/python scripts/assess.py [--model-only] [--backend torch|int8] [--model VERSION] < posts.jsonl

A line that cannot be read gets an ``error``. One on which the classifier fails is judged by the rules, at least amber,
with the reason ``failure`` and null for every chance; with --model-only it gets an ``error``. Either makes the exit
status 1; nothing stops early. Blank lines are no input, and are passed over.
"""

from __future__ import annotations

import os
import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, cast

import click
import msgspec
import structlog

from server.settings import data_dir_from
from triage.classifier import assess_unread
from triage.json_lines import decode_line
from triage.loading import load_bare, load_classifier
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable
from triage.model.shelf import ModelShelf
from triage.posts import Post
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader

    from triage.assessment import Assessment
    from triage.classifier import Classifier
    from triage.model.bare import BareModel
    from triage.model.reading import Reading
    from triage.model.release import Release

    Answer = dict[str, Any]
    """Any: one line of the answer, as JSON."""
    Judge = Callable[[list[Post]], list[Answer]]
    Fallback = Callable[[Post, ModelFailed], Answer]

AT_ONCE = 32
"""Lines that are judged together."""
PIECE = 1 << 20
"""Bytes of the input that are read at once."""
LONGEST = 100_000
"""Characters of a text; the forum takes far fewer."""


class Line(msgspec.Struct):
    """One line of the input."""

    id: str | int
    text: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    title: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None
    parent: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None


def answer_of(assessment: Assessment) -> Answer:
    """Lay an assessment out as the contract says; a chance that is no number becomes null."""
    return {
        "severity": assessment.severity.label,
        "scores": {one.label: round(assessment.scores[one], 6) for one in Severity},
        "urgent": round(assessment.urgent, 6),
        "misinformation": round(assessment.misinformation, 6),
        "is_misinformation": assessment.is_misinformation,
        "myth": assessment.myth,
        "needs_review": assessment.needs_review,
        "route": str(assessment.route),
        "reasons": [f"{reason.kind}: {reason.detail}: {reason.explanation}" for reason in assessment.reasons],
        "model": assessment.model,
    }


def answer_of_bare(reading: Reading, model: BareModel) -> Answer:
    """Lay a bare reading out in the same form; there are no rules, myths or policy in it."""
    severity = reading.severity(model.thresholds)
    is_misinformation = reading.misinformation >= model.thresholds.misinformation
    return {
        "severity": severity.label,
        "scores": {one.label: round(reading.scores[one], 6) for one in Severity},
        "urgent": round(reading.at_least_red, 6),
        "misinformation": round(reading.misinformation, 6),
        "is_misinformation": is_misinformation,
        "myth": None,
        "needs_review": severity > Severity.GREEN or is_misinformation,
        "route": "publish",
        "reasons": [],
        "model": model.version,
    }


def batches_of(source: BufferedReader) -> Iterator[list[bytes]]:
    """Yield the lines that are there, up to ``AT_ONCE`` together: whoever sends one and waits gets its answer."""
    begun: list[bytes] = []
    while piece := source.read1(PIECE):
        first, *lines = piece.split(b"\n")
        begun.append(first)
        if lines:
            yield from _in_batches([b"".join(begun), *lines[:-1]])
            begun = [lines[-1]]
    yield from _in_batches([b"".join(begun)])


def _in_batches(lines: list[bytes]) -> Iterator[list[bytes]]:
    source = (line for line in lines if line.strip())
    while some := list(islice(source, AT_ONCE)):
        yield some


def parse(line: bytes) -> tuple[Any, Post | str]:
    """Return the id (None where it cannot be told) and the post, or what is wrong with the line."""
    try:
        given = decode_line(line, Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _id_of(line), f"This line cannot be read: {error}."
    return given.id, Post(text=given.text, title=given.title or "", parent=given.parent or "")


def _id_of(line: bytes) -> Any:
    try:
        return decode_line(line, dict[str, Any]).get("id")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def judge_some(lines: list[bytes], judge: Judge, fallback: Fallback) -> Iterator[tuple[Answer, bool]]:
    """Yield for each line its answer and whether it was judged as it should be; what fails together is tried alone."""
    parsed = [parse(line) for line in lines]
    posts = [post for _, post in parsed if isinstance(post, Post)]
    try:
        found = ((answer, True) for answer in judge(posts))
    except ModelFailed:
        found = (_judge_alone(post, judge, fallback) for post in posts)
    for identity, post in parsed:
        answer, is_judged = next(found) if isinstance(post, Post) else ({"error": post}, False)
        yield {"id": identity, **answer}, is_judged


def _judge_alone(post: Post, judge: Judge, fallback: Fallback) -> tuple[Answer, bool]:
    try:
        return judge([post])[0], True
    except ModelFailed as error:
        return fallback(post, error), False


def bare_judge(bare: BareModel) -> tuple[Judge, Fallback]:
    """Return what judges by the model alone, and what is said where that fails."""
    return (
        lambda posts: [answer_of_bare(reading, bare) for reading in bare.read(posts)],
        lambda _post, failure: {"error": str(failure)},
    )


def whole_judge(classifier: Classifier) -> tuple[Judge, Fallback]:
    """Return what judges by the whole triage, and what judges where its model fails."""
    return (
        lambda posts: [answer_of(assessment) for assessment in classifier.assess(posts)],
        lambda post, _failure: answer_of(assess_unread(post, classifier.version)),
    )


@click.command(help=__doc__)
@click.option("--model-only", is_flag=True, help="The bare classifier, without rules, language, myths and policy.")
@click.option("--backend", type=click.Choice(["int8", "torch"]), default="int8", show_default=True)
@click.option("--model", default="", help="A version; else the one in use.")
def main(*, model_only: bool, backend: str, model: str) -> None:
    """Judge standard input."""

    def load_judge(release: Release) -> tuple[Judge, Fallback]:
        bare = load_bare(release, backend=backend)
        if model_only:
            return bare_judge(bare)
        return whole_judge(load_classifier(bare, release))

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        shelf = ModelShelf(data_dir_from(os.environ))
        judge, fallback = (
            load_judge(shelf.open(model)) if model else shelf.load_in_use(load_judge, os.environ.get("KITH_MODEL", ""))
        )
    except (ModelUnusable, EncoderMissing) as problem:
        raise click.ClickException(str(problem)) from problem
    is_clean = True
    for lines in batches_of(cast("BufferedReader", sys.stdin.buffer)):
        for answer, is_judged in judge_some(lines, judge, fallback):
            is_clean = is_clean and is_judged
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()
    sys.exit(0 if is_clean else 1)


if __name__ == "__main__":
    main()
