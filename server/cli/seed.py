"""``kith seed``: load what a new community starts with."""

from __future__ import annotations

import click

from server.cli.failures import run_in_loop


@click.command()
def seed() -> None:
    """Load boards, helplines, resources, myths and answer templates, new or corrected; what you changed stays."""
    run_in_loop(_seed())


async def _seed() -> None:
    from server.cli.settings import Home, read_settings_or_make_key
    from server.seeding import seed_all
    from server.services.opening import migrated_database

    settings = read_settings_or_make_key()
    async with migrated_database(settings) as begun:
        await seed_all()
    click.echo(
        f"Boards, helplines, resources, myths and answer templates are there. {Home(settings.whereabouts, begun)}"
    )
