"""``kith worker``: the background worker alone."""

from __future__ import annotations

import os

import click

from server.cli.failures import run_in_loop


@click.command()
def worker() -> None:
    """Run the background worker alone, as a service manager does."""
    from server.logs import configure_logs
    from server.settings import load_settings
    from server.worker import run_worker

    settings = load_settings(os.environ)
    configure_logs(settings.log_level)
    run_in_loop(run_worker(settings))
