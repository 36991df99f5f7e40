"""``kith seed``: load what a new community starts with."""

from __future__ import annotations

import click

from server.cli.failures import run_in_loop


@click.command()
def seed() -> None:
    """Load boards, helplines, resources and myths that are missing; what is there stays as it is."""
    run_in_loop(_seed())


async def _seed() -> None:
    from models.database import migrate
    from server.cli.settings import read_settings_or_make_key
    from server.seeding import seed_all
    from server.services.opening import opened_database

    async with opened_database(read_settings_or_make_key()):
        await migrate()
        await seed_all()
    click.echo("Boards, helplines, resources and myths are there.")
