"""``kith model``: which classifier is in use, and from which probability on a post is flagged."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from server.cli.failures import CommandFailed, run_in_loop
from server.settings import data_dir_from

if TYPE_CHECKING:
    from collections.abc import Generator

    from triage.model.shelf import ModelShelf

LONGEST_SUBJECT = 60
"""What the audit log has room for."""
LIMIT = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.group()
def model() -> None:
    """See and choose the classifier that reads posts."""


@model.command("list")
def list_models() -> None:
    """Show every model that is here; a star marks the one in use."""
    from msgspec.structs import asdict

    from triage.model.base import EncoderMissing
    from triage.model.release import ModelUnusable

    shelf = _shelf()
    in_use = _named_by_environment() or shelf.chosen()[0]
    for version in shelf.versions():
        try:
            limits = asdict(shelf.open(version).settings.thresholds)
            seen = ", ".join(f"{name} {limit}" for name, limit in limits.items())
        except (ModelUnusable, EncoderMissing) as problem:
            seen = str(problem)
        click.echo(f"{'*' if version == in_use else ' '} {version}: {seen}")


@model.command()
@click.argument("version")
def use(version: str) -> None:
    """Put a model in use: a newly trained one, or an earlier one to go back to."""
    with _unusable_said():
        put_in_use(_shelf(), version)


def put_in_use(shelf: ModelShelf, version: str) -> None:
    """Put a model in use once it has read something, say so, and note it in the audit log.

    Raises: ModelUnusable, EncoderMissing, ModelFailed.
    """
    from triage.loading import load_bare
    from triage.posts import PLAIN_WORDS

    load_bare(shelf.open(version)).read([PLAIN_WORDS])
    before = shelf.chosen()[0]
    shelf.put_in_use(version)
    named = _named_by_environment()
    if named in ("", version):
        click.echo(f"{version} is in use from now on.")
    else:
        click.echo(f"{version} is chosen, but KITH_MODEL names {named}: as long as it is set, that one reads posts.")
    run_in_loop(_record("use-model", version, {"before": before}))


@model.command()
@click.argument("version")
@click.option("--amber", type=LIMIT, help="Probability from which on a post counts as at least amber.")
@click.option("--red", type=LIMIT, help="The same for red: lower finds more people in need, and flags more posts.")
@click.option("--crisis", type=LIMIT, help="The same for crisis.")
@click.option("--misinformation", type=LIMIT, help="The same for false health claims.")
@click.option("--reset", is_flag=True, help="Go back to the thresholds that training chose.")
def thresholds(version: str, *, reset: bool, **given: float | None) -> None:
    """Change from which probability on a model flags a post; what is not named stays as it is."""
    from msgspec.structs import asdict, replace

    shelf = _shelf()
    named = {name: limit for name, limit in given.items() if limit is not None}
    if reset == bool(named):
        raise CommandFailed("Name at least one threshold, such as --red 0.2, or --reset alone.")
    with _unusable_said():
        before = shelf.open(version).settings.thresholds
        shelf.set_thresholds(version, None if reset else replace(before, **named))
        after = shelf.open(version).settings.thresholds
    click.echo(f"before: {before}\nnow:    {after}")
    run_in_loop(_record("set-thresholds", version, {name: str(limit) for name, limit in asdict(after).items()}))


def _named_by_environment() -> str:
    """Return the model that ``KITH_MODEL`` puts before whatever was chosen, or nothing."""
    return os.environ.get("KITH_MODEL", "").strip()


@contextmanager
def _unusable_said() -> Generator[None]:
    """Turn a model that cannot be used into the command's message."""
    from triage.model.base import EncoderMissing
    from triage.model.engine import ModelFailed
    from triage.model.release import ModelUnusable

    try:
        yield
    except (ModelUnusable, EncoderMissing, ModelFailed) as problem:
        raise CommandFailed(str(problem)) from problem


async def _record(act: str, version: str, detail: dict[str, str]) -> None:
    """Put what was done into the audit log, where there is a database yet; where it cannot be reached, say so."""
    from models.database import DATABASE_AWAY, transaction
    from server.cli.settings import has_database, read_settings
    from server.clock import now
    from server.services.failures import ServiceFailed
    from server.services.opening import migrated_database
    from server.settings import SettingsError
    from triage.queue.audit import record

    if not has_database(data_dir_from(os.environ)):
        return
    try:
        async with migrated_database(read_settings()), transaction():
            await record(act, f"model:{version}"[:LONGEST_SUBJECT], actor=None, at=now(), detail=detail)
    except (ServiceFailed, SettingsError, *DATABASE_AWAY) as problem:
        click.echo(f"This is not in the audit log: {problem}", err=True)


def _shelf() -> ModelShelf:
    from server.cli.settings import require_kith
    from server.services.runtime_folder import require_ours
    from triage.model.shelf import ModelShelf

    data_dir = data_dir_from(os.environ)
    require_ours(data_dir)
    shelf = ModelShelf(data_dir)
    if not shelf.folder.is_dir():  # a machine that only trains has no Kith
        require_kith()
    return shelf
