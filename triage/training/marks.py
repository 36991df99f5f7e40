"""Which decisions a run or a model learnt from: a mark beside it tells whether they stand as they did."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from triage.model.release import MANIFEST
from triage.model.shelf import RELEASED_NAME
from triage.training.saved_state import AlreadyTraining, only_run, work_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from triage.model.release import Release
    from triage.training.decisions import Decisions

DECISIONS = "decisions"
"""Names the mark, in a manifest as in a work folder."""


class Data(msgspec.Struct):
    """What a manifest says of the data; the rest is passed over."""

    data: dict[str, str]


def marks_in(models: Path) -> dict[Path, str]:
    """Return the marks of what lies there: models, and work folders of runs that did not end."""
    marks: dict[Path, str] = {}
    for manifest in models.glob(f"*/{MANIFEST}"):
        with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):  # whoever opens the model says what is wrong
            marks[manifest.parent] = msgspec.json.decode(manifest.read_bytes(), type=Data).data.get(DECISIONS, "")
    for mark in models.glob(f"*.work/{DECISIONS}"):
        marks[mark.parent] = mark.read_text(encoding="utf-8", errors="replace")
    return {folder: mark for folder, mark in marks.items() if mark}


def forget_others(models: Path, standing: Collection[str]) -> None:
    """Remove what runs that were killed had learnt from decisions that do not stand any more: some were erased."""
    for folder, mark in marks_in(models).items():
        if folder.suffix == ".work" and mark not in standing:
            with suppress(AlreadyTraining), only_run(folder):
                for left in (folder.with_suffix(".new"), folder):
                    shutil.rmtree(left, ignore_errors=True)


def to_learn_from(
    known: Sequence[Decisions], models: Path, model_of: Callable[[Decisions], Path], *, is_done: Callable[[Path], bool]
) -> Decisions:
    """Return those of the newest run or model that the same command began, and that stand; else those of today.

    ``known``: as ``read_marked`` returns them. ``model_of``: where this command puts a model of them. ``is_done``:
    whether there is nothing left to do with a model, so that decisions that came since are to be learnt from.
    """
    marks = marks_in(models)
    for decisions in known:
        model = model_of(decisions)
        is_begun = marks.get(work_folder(model)) == decisions.mark
        is_made = marks.get(model) == decisions.mark
        if is_begun or (is_made and not (decisions.later and is_done(model))):
            return decisions
    return known[0]


def outlived(models: Path, standing: Collection[str], in_use: Release | None) -> list[str]:
    """Say which models learnt from decisions that do not all stand any more, and what puts an end to that."""
    found = sorted(folder for folder, mark in marks_in(models).items() if mark not in standing)
    left = [folder.name for folder in found if in_use is None or folder != in_use.folder]
    learnt = "learnt from decisions of which some were erased or taken back since"
    said: list[str] = []
    if len(left) < len(found):
        said.append(
            f"The model in use {learnt}: kith model use {RELEASED_NAME} goes back to the one that came with Kith."
        )
    if left:
        said.append(f"These {learnt}; remove their folders in {models}: {', '.join(left)}.")
    return said
