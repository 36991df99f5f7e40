"""``kith migrate``: bring the tables up to date."""

from __future__ import annotations

import click

from server.cli.failures import run_in_loop


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date; `kith up` does this by itself."""
    run_in_loop(_migrate())


async def _migrate() -> None:
    from models.database import migrate as run_migrations
    from server.cli.settings import read_settings_or_make_key
    from server.services.opening import opened_database

    async with opened_database(read_settings_or_make_key()):
        await run_migrations()
    click.echo("The tables are up to date.")
