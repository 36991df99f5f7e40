"""``kith up``: all of Kith in one command, supervised, until Ctrl-C."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from server.cli.failures import run_in_loop

if TYPE_CHECKING:
    from server.services.installation import Loader
    from server.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, instead of the one in KITH_LISTEN.")
@click.option("--demo", is_flag=True, help="Also load an invented demo community and print its logins.")
def up(*, port: int | None, demo: bool) -> None:
    """Start PostgreSQL, Redis, the web and the worker, and keep them running until Ctrl-C."""
    from server.cli.settings import make_secret_key
    from server.logs import configure_logs
    from server.services.installation import run_installation
    from server.settings import load_settings

    if port is not None:
        os.environ["KITH_LISTEN"] = _with_port(os.environ.get("KITH_LISTEN", ""), port)
    configure_logs("info")
    make_secret_key()
    settings = load_settings(os.environ)
    configure_logs(settings.log_level)
    run_in_loop(run_installation(settings, loaders=_loaders(settings, demo=demo)))


def _loaders(settings: Settings, *, demo: bool) -> list[Loader]:
    from server.seeding import seed_all

    if not demo:
        return [seed_all]
    from server.demo import load_demo

    return [seed_all, partial(load_demo, settings)]


def _with_port(listen: str, port: int) -> str:
    host = listen.strip().rpartition(":")[0] or "127.0.0.1"
    return f"{host}:{port}"
