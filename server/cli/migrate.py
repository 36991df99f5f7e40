"""``kith migrate``: bring the tables up to date."""

from __future__ import annotations

import click

from server.cli.failures import run_in_loop


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date; `kith up` does this by itself."""
    run_in_loop(_migrate())


async def _migrate() -> None:
    from server.cli.settings import Home, read_settings_or_make_key
    from server.services.opening import migrated_database

    settings = read_settings_or_make_key()
    async with migrated_database(settings) as begun:
        click.echo(f"The tables are up to date. {Home(settings.whereabouts, begun)}")
