"""``kith demo``: fill an empty community with invented people and conversations."""

from __future__ import annotations

import click

from server.cli.failures import run_in_loop


@click.command()
def demo() -> None:
    """Load the invented demo community and print its logins. Never on a real community."""
    run_in_loop(_demo())


async def _demo() -> None:
    from server.cli.settings import Home, read_settings_or_make_key
    from server.demo import load_demo
    from server.seeding import seed_all
    from server.services.opening import migrated_database

    settings = read_settings_or_make_key()
    async with migrated_database(settings) as begun:
        await seed_all()
        click.echo(await load_demo(settings))
    click.echo(str(Home(settings.whereabouts, begun)))
