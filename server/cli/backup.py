"""``kith backup FILE``: everything that must not be lost, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.failures import CommandFailed, run_in_loop


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
def backup(file: Path, *, overwrite: bool) -> None:
    """Write the database and the secret key to FILE (.tar.gz), also while Kith runs.

    The file holds everything that members wrote: keep it encrypted and away from this machine.
    """
    target = file.absolute()
    if target.exists() and not overwrite:
        raise CommandFailed(f"{target} exists. Choose another name, or add --overwrite.")
    if not target.parent.is_dir():
        raise CommandFailed(f"There is no folder {target.parent}.")
    run_in_loop(_backup(target))


async def _backup(target: Path) -> None:
    from server.backup.making import make_backup
    from server.cli.settings import Home, read_settings_of_a_kith
    from server.clock import now
    from server.services.opening import opened_database

    settings = read_settings_of_a_kith()
    async with opened_database(settings):
        size = await make_backup(settings, target, at=now())
    click.echo(f"{target}: {size / 1024**2:.1f} MB. It holds everything that members wrote: encrypt it, keep it safe.")
    click.echo(Home(settings.whereabouts, begun=False))
