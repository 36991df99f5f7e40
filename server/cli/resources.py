"""``kith resources``: the library as a file, in and out."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.failures import CommandFailed, run_in_loop


@click.group()
def resources() -> None:
    """Take resources in from a file, or give them out."""


@resources.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--writer", help="Handle of whoever wrote the rows: somebody else has to vet them.")
def import_file(file: Path, *, writer: str | None) -> None:
    """Take the good rows of a .csv or .json FILE for review. Exit status 1 means that some were not taken."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read as UTF-8 text: {error}") from error
    run_in_loop(_import(text, "csv" if file.suffix.lower() == ".csv" else "json", writer))


@resources.command()
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="json", show_default=True)
def export(*, kind: str) -> None:
    """Print every resource that is not retired."""
    run_in_loop(_export(kind))


async def _import(text: str, kind: str, writer: str | None) -> int:
    from server.admin.people import find_person
    from server.cli.settings import read_settings_of_a_kith
    from server.clock import now
    from server.resources.exchange import import_resources
    from server.services.opening import migrated_database

    async with migrated_database(read_settings_of_a_kith()):
        person = await find_person(writer) if writer else None
        if writer and person is None:
            raise CommandFailed(f"There is no member with the handle {writer}; nothing was taken.")
        report = await import_resources(text, kind, writer_id=person.id if person else None, at=now())
    for bad in report.bad:
        click.echo(f"Row {bad.row}: {bad.reason}", err=True)
    click.echo(f"{report.taken} taken, waiting for review; {len(report.bad)} not taken.")
    return 1 if report.bad else 0


async def _export(kind: str) -> None:
    from server.cli.settings import read_settings_of_a_kith
    from server.resources.exchange import export_resources
    from server.services.opening import migrated_database

    async with migrated_database(read_settings_of_a_kith()):
        text = await export_resources(kind)
    click.echo(text, nl=False)
