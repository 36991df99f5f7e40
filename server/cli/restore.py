"""``kith restore FILE``: put a backup back in place."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.failures import run_in_loop


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Throw away the members that the database holds now.")
def restore(file: Path, *, force: bool) -> None:
    """Replace the database and the secret key by those in FILE. Stop Kith first."""
    run_in_loop(_restore(file.absolute(), force=force))


async def _restore(source: Path, *, force: bool) -> None:
    import os

    from models.database import migrate
    from server.backup.community import holds_community
    from server.backup.restoring import refuse_to_overwrite, restore_backup
    from server.cli.settings import Home, read_settings_or_make_key
    from server.redis_client import connect_redis
    from server.services.opening import opened_database, own_services
    from server.settings import data_dir_from, load_settings
    from triage.model.shelf import ModelShelf

    settings = read_settings_or_make_key()
    async with own_services(settings):
        async with opened_database(settings):
            begun = not await holds_community()
            if not force:
                await refuse_to_overwrite(settings)
        redis = connect_redis(settings.redis_address)
        try:
            manifest = await restore_backup(settings, source, redis)
        finally:
            await redis.aclose()
        async with opened_database(settings):
            await migrate()
    click.echo(f"Restored the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC (Kith {manifest.kith}).")
    shelf = ModelShelf(data_dir_from(os.environ))
    if len(shelf.chosen()) == 1:
        click.echo(
            "Models and thresholds are not in a backup file. Where there were any of your own, copy them to"
            f" {shelf.folder} from the machine of that time; until then the released model serves."
        )
    key_file = settings.places.secret_key
    if key_file.exists() and key_file.read_text(encoding="ascii").strip() != load_settings(os.environ).secret_key:
        click.echo(
            f"KITH_SECRET_KEY is set. It has to be the key of that time, which is now in {key_file},"
            " or staff cannot pass their second factor."
        )
    click.echo(Home(settings.whereabouts, begun))
