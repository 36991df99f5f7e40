"""``kith web``: the web process alone."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

import click

from server.cli.failures import run_in_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar import Litestar

    from server.settings import Settings

STOP_SECONDS = 2
"""How long open requests may take to end when the process is told to stop."""

PORT_PATIENCE = 3.0
"""Seconds that the web process before this one may need to leave the port."""


@click.command()
def web() -> None:
    """Run the web process alone, as a service manager does."""
    from server.logs import configure_logs
    from server.services.ports import wait_for_port
    from server.settings import load_settings

    settings = load_settings(os.environ)
    configure_logs(settings.log_level)
    run_in_loop(wait_for_port(settings.listen_host, settings.listen_port, patience=PORT_PATIENCE))
    serve(settings, load_application)


def serve(settings: Settings, load: Callable[[str], Litestar]) -> None:
    """Serve what ``load`` builds until told to stop; measurements serve other applications in the same way."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "server.app:create_app_from_environment",
        address=settings.listen_host,
        port=settings.listen_port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=log_configuration(),
        workers_kill_timeout=STOP_SECONDS,
    ).serve(target_loader=load)


def load_application(_target: str) -> Litestar:
    """Build the application in granian's worker, which must not outlive granian."""
    from server.app import create_app_from_environment
    from server.services.program import end_with_parent

    end_with_parent()
    application = create_app_from_environment()
    # What is there now stays: going through it in search of garbage would hold requests up, 50 ms at a time.
    gc.collect()
    gc.freeze()
    return application


def log_configuration() -> dict[str, Any]:  # Any: logging's own configuration format
    """Let granian's loggers use our handler: its own would print tracebacks with words that members wrote."""
    quiet: dict[str, Any] = {"handlers": [], "propagate": True}
    return {"loggers": {"_granian": {**quiet}, "granian.access": {**quiet}}}
