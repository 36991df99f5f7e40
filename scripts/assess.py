"""Reads posts as JSON Lines from standard input and writes one assessment a line, in order.

    .venv/bin/python scripts/assess.py [--model-only] [--backend torch|int8] [--model VERSION] < posts.jsonl

A line that cannot be read gets an ``error`` and the exit status becomes 1; nothing stops early.
"""

from __future__ import annotations

import os
import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import click
import msgspec
import structlog

from server.settings import data_dir_from
from triage.loading import load_bare, load_classifier
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable
from triage.model.shelf import ModelShelf
from triage.posts import Post
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.assessment import Assessment
    from triage.model.bare import BareModel
    from triage.model.reading import Reading

    Answer = dict[str, Any]
    """Any: one line of the answer, as JSON."""
    Judge = Callable[[list[Post]], list[Answer]]

AT_ONCE = 32
"""Lines that are judged together."""
LONGEST = 100_000
"""Characters of a text; the forum takes far fewer."""


class Line(msgspec.Struct):
    """One line of the input."""

    id: str | int
    text: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    title: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None
    parent: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None


def answer_of(assessment: Assessment) -> Answer:
    """Lay an assessment out as the contract says."""
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


def parse(line: bytes) -> tuple[Any, Post | str]:
    """Return the id (None where it cannot be told) and the post, or what is wrong with the line."""
    try:
        given = msgspec.json.decode(line, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _id_of(line), f"This line cannot be read: {error}."
    return given.id, Post(text=given.text, title=given.title or "", parent=given.parent or "")


def _id_of(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line, type=dict[str, Any]).get("id")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def judge_some(lines: list[bytes], judge: Judge) -> Iterator[Answer]:
    """Yield one answer for each line; what fails together is tried again one by one."""
    parsed = [parse(line) for line in lines]
    posts = [post for _, post in parsed if isinstance(post, Post)]
    try:
        found = iter(judge(posts))
    except ModelFailed:
        found = (_judge_alone(post, judge) for post in posts)
    for identity, post in parsed:
        yield {"id": identity, **(next(found) if isinstance(post, Post) else {"error": post})}


def _judge_alone(post: Post, judge: Judge) -> Answer:
    try:
        return judge([post])[0]
    except ModelFailed as error:
        return {"error": str(error)}


@click.command(help=__doc__)
@click.option("--model-only", is_flag=True, help="The bare classifier, without rules, language, myths and policy.")
@click.option("--backend", type=click.Choice(["int8", "torch"]), default="int8", show_default=True)
@click.option("--model", default="", help="A version; else the one in use.")
def main(*, model_only: bool, backend: str, model: str) -> None:
    """Judge standard input."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        shelf = ModelShelf(data_dir_from(os.environ))
        release = shelf.open(model) if model else shelf.open_in_use(os.environ.get("KITH_MODEL", ""))
        bare = load_bare(release, backend=backend)
        judge: Judge
        if model_only:
            judge = lambda posts: [answer_of_bare(reading, bare) for reading in bare.read(posts)]  # noqa: E731
        else:
            classifier = load_classifier(bare, release)
            judge = lambda posts: [answer_of(assessment) for assessment in classifier.assess(posts)]  # noqa: E731
    except (ModelUnusable, EncoderMissing) as problem:
        raise click.ClickException(str(problem)) from problem
    source = (line for line in sys.stdin.buffer if line.strip())
    is_clean = True
    while lines := list(islice(source, AT_ONCE)):
        for answer in judge_some(lines, judge):
            is_clean = is_clean and "error" not in answer
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()
    sys.exit(0 if is_clean else 1)


if __name__ == "__main__":
    main()
