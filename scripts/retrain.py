"""Trains a new classifier, measures it beside the one in use, and writes it with its model card.

    .venv/bin/python scripts/retrain.py [--decisions | --data FILE.jsonl ...] [--promote]

Without --data it learns from our own corpus, with --decisions from what moderators decided as well. It goes on from the
model in use; with --decisions, and where the one in use learnt from decisions, from the released one, so that what was
erased since has no influence on the candidate. A run that was killed goes on when the same command is given again; a
candidate that this made before is only measured, and promoted with --promote. With --decisions this holds whatever was
decided since, as long as what it learns from stands as it did; given without --promote, or once the candidate was put
in use, the command learns from what came since as well.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click
import structlog
from safetensors import SafetensorError
from tqdm import tqdm

from models.database import DATABASE_AWAY
from server.cli.failures import failures_said
from server.cli.model import put_in_use
from server.cli.settings import read_settings_of_a_kith
from server.services.failures import ServiceFailed
from server.services.opening import migrated_database
from server.services.runtime_folder import require_ours
from server.settings import data_dir_from
from triage.model.base import EncoderMissing
from triage.model.engine import ModelFailed
from triage.model.release import ModelUnusable, Release, open_release, sha256_of
from triage.model.shelf import IN_USE, RELEASED_NAME, THRESHOLDS, WITHDRAWN, ModelShelf
from triage.training.adapters import (
    POOL,
    auxiliary,
    file_of,
    files_learnt_from,
    labelled_pieces,
    labelled_posts,
    ordinary_answers,
)
from triage.training.candidate import is_made_of
from triage.training.card import comparison_table
from triage.training.decisions import read_marked
from triage.training.examples import CORPUS, DataUnusable, Example, read_examples
from triage.training.fit import Recipe
from triage.training.lessons import UNLABELLED_SETS, taught_posts
from triage.training.marks import DECISIONS, forget_others, marks_in, outlived, to_learn_from
from triage.training.retraining import compare_again, retrain, to_go_on_from
from triage.training.saved_state import AlreadyTraining
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from collections.abc import Collection, Generator

    from triage.training.comparison import Comparison
    from triage.training.decisions import Decisions

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
TAKEN = (RELEASED_NAME, IN_USE, WITHDRAWN, THRESHOLDS)


def gather(
    data: tuple[Path, ...], real: Path | None, taught: Path | None, real_share: float
) -> tuple[list[Example], dict[str, str]]:
    """Return the examples, and the SHA-256 of each file that they came from."""
    files = list(data) or sorted(CORPUS.glob("*.jsonl"))
    examples = own = read_examples(files)
    if real is not None:
        labelled = labelled_posts(real, for_test=False)
        ordinary = auxiliary(real)
        examples = [*own, *some_real([*labelled, *labelled_pieces(real)], real_share)]
        examples += [*ordinary, *ordinary_answers(ordinary, labelled)]
        files += files_learnt_from(real)
        if taught is not None:
            examples += taught_posts(real, [*own, *labelled], taught)
            files += [taught, *(file_of(real, name) for name in UNLABELLED_SETS if name != POOL)]
    names = Counter(file.name for file in files)
    sums = {file.name if names[file.name] == 1 else str(file): sha256_of(file) for file in files}
    return examples, sums


async def read_own_decisions(marks: Collection[str]) -> list[Decisions]:
    """Read what moderators of this Kith decided; its database is started where it does not run.

    Raises: ServiceFailed, SettingsError, MigrationFailed.
    """
    try:
        async with migrated_database(read_settings_of_a_kith()):
            return await read_marked(marks)
    except DATABASE_AWAY as error:
        raise ServiceFailed(
            f"PostgreSQL stopped answering while the decisions were read ({error}). Nothing was changed; try again"
            " when it answers."
        ) from error


def in_words(decisions: Decisions, name: str) -> str:
    """Say how much is learnt from, and how to learn from what came since."""
    if not decisions.later:
        return f"Moderators judged {len(decisions.examples)} posts."
    came = f"{decisions.later} judgement{' came' if decisions.later == 1 else 's came'} since"
    how = "with another --name" if name else "without --promote"
    return (
        f"Moderators had judged {len(decisions.examples)} posts when this began, and {came}. Once it is done, the same"
        f" command {how} learns from all of them."
    )


def some_real(examples: list[Example], share: float) -> list[Example]:
    """Leave out some of what would be learnt from; what thresholds are chosen and measured on stays whole."""
    train, dev, test = split_by_group(examples)
    chosen = random.Random(1).sample(train, round(len(train) * share))  # noqa: S311 - a sample, not a secret
    return [*chosen, *dev, *test]


def model_in_use(shelf: ModelShelf) -> Release | None:
    """Return the model that reads posts, with the thresholds that an admin set; None where there is none yet."""
    wanted = os.environ.get("KITH_MODEL", "")
    return shelf.open_in_use(wanted) if wanted or shelf.has_any_in_use() else None


def version_of(data: dict[str, str], recipe: Recipe, base: str) -> str:
    """Name a model by what it is made from, so that the same command finds what it began."""
    return sha256(repr((sorted(data.items()), recipe, base)).encode()).hexdigest()[:10]


def usable_name(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """Accept what can name a folder, and no other model."""
    if name and (not NAME.fullmatch(name) or name in TAKEN or name.endswith((".new", ".work"))):
        taken = ", ".join(f"{name!r}" for name in TAKEN)
        raise click.BadParameter(f"letters, digits, dots and dashes are fine; {taken}, *.new and *.work are taken.")
    return name


def made_before(folder: Path, shelf: ModelShelf, data: dict[str, str], recipe: Recipe, base: str) -> Release:
    """Open a candidate that the same command wrote, as it would serve; any other model of that name is left alone."""
    usable = f"; kith model use {folder.name} puts it in use" if folder.parent == shelf.folder else ""
    try:
        release = open_release(folder)
    except ModelUnusable as problem:
        raise click.ClickException(f"{folder} is there already. {problem} Choose another --name.") from problem
    if not is_made_of(release, data=data, recipe=recipe, base=base):
        raise click.ClickException(
            f"{folder} is there already, of other data or by another recipe. Choose another --name{usable}."
        )
    return shelf.open(folder.name) if folder.parent == shelf.folder else release


def train(
    examples: list[Example], recipe: Recipe, folder: Path, *,
    in_use: Release | None, base: str, start: Release | None, data: dict[str, str],
) -> Comparison:  # fmt: skip
    """Train, and show how far it is."""
    lessons = sum(example.taught is not None for example in examples)
    click.echo(f"Training {folder.name} on {len(examples)} posts, {lessons} of them lessons of a teacher.", err=True)
    with tqdm(unit="step") as bar:

        def show(step: int, steps: int, loss: float) -> None:
            bar.total = steps
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(step - bar.n)

        try:
            return retrain(
                examples, recipe, folder, in_use=in_use, base=base, start=start, data=data,
                now=datetime.now(UTC), progress=show,
            )  # fmt: skip
        except (OSError, SafetensorError) as error:
            raise click.ClickException(f"The candidate could not be written: {why(error)}.") from error


def why(error: OSError | SafetensorError) -> str:
    """Return the system's words for what went wrong."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def promote_if_no_worse(
    shelf: ModelShelf, folder: Path, comparison: Comparison, compared: Release | None, examples: list[Example]
) -> None:
    """Put a candidate in use that is no worse than what is in use now, whatever was when its training began."""
    candidate = shelf.open(folder.name)
    while (in_use := model_in_use(shelf)) != compared and in_use is not None:
        click.echo(f"\n{in_use.manifest.version} was put in use or changed meanwhile. Beside that one:\n")
        comparison, compared = compare_again(candidate, in_use, examples), in_use
        click.echo(comparison_table(comparison))
    if in_use is not None and in_use.sha256 == candidate.sha256:
        click.echo(f"{folder.name} is in use already.")
        return
    if shelf.was_in_use(folder.name):
        raise click.ClickException(
            f"{folder.name} was put in use before, and another one instead of it: kith model use {folder.name} puts it"
            " back."
        )
    if comparison.losses:
        raise click.ClickException("\n".join(["Not promoted.", *comparison.losses]))
    put_in_use(shelf, folder.name)


@contextmanager
def problems_said() -> Generator[None]:
    """Turn what can go wrong into the command's message."""
    with failures_said():
        try:
            yield
        except (DataUnusable, ModelUnusable, ModelFailed, EncoderMissing, AlreadyTraining) as problem:
            raise click.ClickException(str(problem)) from problem
        except (OSError, SafetensorError) as error:
            raise click.ClickException(f"{getattr(error, 'filename', None) or 'A file'}: {why(error)}.") from error


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path), multiple=True, help="Examples as JSON Lines; repeatable.")
@click.option("--decisions", is_flag=True, help="Learn from what moderators decided here, beside our corpus.")
@click.option("--real", type=click.Path(path_type=Path), help="Folder with the real data sets of docs/model-card.md.")
@click.option(
    "--real-share",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Share of the real posts to learn from, where a model that has seen them goes on learning.",
)
@click.option(
    "--kept-share",
    type=click.FloatRange(0, 1),
    default=Recipe.kept_share,
    show_default=True,
    help="How far a model that goes on learning is taken from what it was to what it learnt.",
)
@click.option("--taught", type=click.Path(path_type=Path), help="What scripts/distil.py wrote; needs --real.")
@click.option(
    "--base",
    default="",
    help="Hugging Face encoder to start from: a folder, or an ID in the local cache; else the model in use goes on.",
)
@click.option("--fresh", is_flag=True, help="Start from the bare encoder instead of the model in use.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the candidate's own folder; else var/models.")
@click.option("--name", default="", callback=usable_name, help="Name of the version; else one made from the data.")
@click.option("--epochs", type=click.IntRange(1, 50), default=Recipe.epochs, show_default=True)
@click.option("--seed", type=int, default=Recipe.seed, show_default=True)
@click.option(
    "--lora",
    type=click.IntRange(0, 256),
    default=Recipe.lora_rank,
    show_default=True,
    help="Rank of adapters; 0: none.",
)
@click.option("--freeze", type=click.IntRange(0), default=0, show_default=True, help="Lowest layers left as they are.")
@click.option(
    "--rate", type=click.FloatRange(0, 1), default=Recipe.encoder_rate, show_default=True, help="Of the encoder."
)
@click.option(
    "--keep-embedding",
    type=click.FloatRange(0),
    default=Recipe.keep_embedding,
    show_default=True,
    help="How strongly embeddings stay as the base encoder's; 0 for a teacher, whose own nobody uses.",
)
@click.option("--save-every", type=click.IntRange(1), default=Recipe.save_every, show_default=True, help="Steps.")
@click.option("--promote", is_flag=True, help="Put the candidate in use, if it is no worse.")
def main(
    *, data: tuple[Path, ...], decisions: bool, real: Path | None, real_share: float, kept_share: float,
    taught: Path | None, base: str, fresh: bool, out: Path | None, name: str, epochs: int, seed: int, lora: int,
    freeze: int, rate: float, keep_embedding: float, save_every: int, promote: bool,
) -> None:  # fmt: skip
    """Train."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if decisions and data:
        raise click.UsageError("Give either --decisions or --data.")
    if taught is not None and real is None:
        raise click.UsageError("--taught names posts of the real data sets: give their folder with --real.")
    if promote and out is not None:
        raise click.UsageError("Only a model under var/models can be put in use: leave --out away, or --promote.")
    shelf = ModelShelf(data_dir_from(os.environ))
    models = out or shelf.folder
    with problems_said():
        if out is None:
            require_ours(shelf.folder.parent)
        examples, sums = gather(data, real, taught, real_share)
        in_use = model_in_use(shelf)
        start = None if fresh or base else to_go_on_from(shelf, in_use, decisions=decisions)
        recipe = Recipe(
            epochs=epochs, seed=seed, lora_rank=lora, frozen_layers=freeze, encoder_rate=rate, save_every=save_every,
            keep_embedding=keep_embedding, real_share=real_share, kept_share=kept_share,
            start=start.sha256 if start else "",
        )  # fmt: skip

        def folder_of(sums: dict[str, str]) -> Path:
            return models / (name or version_of(sums, recipe, base))

        standing: list[str] = []
        if decisions:
            known = asyncio.run(read_own_decisions({*marks_in(models).values(), *marks_in(shelf.folder).values()}))
            standing = [one.mark for one in known]
            forget_others(models, standing)
            decided = to_learn_from(
                known, models, lambda one: folder_of(sums | {DECISIONS: one.mark}),
                is_done=lambda model: not name and (not promote or shelf.was_in_use(model.name)),
            )  # fmt: skip
            click.echo(in_words(decided, name), err=True)
            examples += decided.examples
            sums[DECISIONS] = decided.mark
        folder = folder_of(sums)
        if folder.exists():
            made = made_before(folder, shelf, sums, recipe, start.manifest.encoder if start else base)
            click.echo(f"{folder} was made from the same data by the same recipe: it is measured again.", err=True)
            comparison = compare_again(made, in_use, examples)
        else:
            comparison = train(examples, recipe, folder, in_use=in_use, base=base, start=start, data=sums)
            click.echo(f"Written to {folder}", err=True)
        click.echo(comparison_table(comparison))
        try:
            if promote:
                promote_if_no_worse(shelf, folder, comparison, in_use, examples)
        finally:
            for sentence in outlived(shelf.folder, standing, model_in_use(shelf)) if decisions else ():
                click.echo(sentence, err=True)


if __name__ == "__main__":
    main()
