"""A whole installation on one machine: services, tables, web and worker, started in order and stopped in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.database import MigrationFailed, close_database, fetch_one, migrate
from server.services.connecting import open_or_explain
from server.services.disk import require_disk
from server.services.embedded import prepare_folders, start_services
from server.services.failures import ServiceFailed
from server.services.one_at_a_time import only_one
from server.services.own_programs import web_program, worker_program
from server.services.ports import wait_for_port
from server.services.supervisor import Supervisor
from server.services.workplace import RESTORING, remove_leftovers
from server.settings import CHECKOUT

if TYPE_CHECKING:
    from server.settings import Settings

Loader = Callable[[], Awaitable[str | None]]
"""Loads something into the migrated database; what it returns is shown to the person who started Kith."""

PATIENCE_AFTER_A_KILL = 5.0
"""Seconds that a killed Kith's web process may need to leave the port."""


async def run_installation(settings: Settings, *, loaders: Sequence[Loader]) -> None:
    """Start everything, say where it is, and stop it on SIGINT or SIGTERM.

    Raises: ServiceFailed, saying what to do.
    """
    told_to_stop = asyncio.Event()
    stop_signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # which is what nohup asks for
        stop_signals.append(signal.SIGHUP)
    for stop_signal in stop_signals:
        asyncio.get_running_loop().add_signal_handler(stop_signal, told_to_stop.set)
    prepare_folders(settings.places)
    require_disk(settings.data_dir)
    remove_leftovers(settings.data_dir, prefix=RESTORING)
    with only_one(settings.places) as lock:
        patience = PATIENCE_AFTER_A_KILL if lock.unclean_end else 0.0
        await wait_for_port(settings.listen_host, settings.listen_port, patience=patience)
        async with Supervisor() as supervisor:
            starting = asyncio.create_task(_start_everything(supervisor, settings, loaders))
            stopping = asyncio.create_task(told_to_stop.wait())
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                click.echo(starting.result())
                await stopping
            else:
                starting.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await starting
            click.echo("Stopping.")
    click.echo("Stopped.")


async def _start_everything(supervisor: Supervisor, settings: Settings, loaders: Sequence[Loader]) -> str:
    """Return what to tell the person once all of it runs."""
    await start_services(supervisor, settings)
    sayings = await _prepare_database(settings, loaders)
    await supervisor.start(worker_program(settings))
    await supervisor.start(web_program(settings))
    return "\n".join(["", f"Kith runs at {settings.base_url}", *sayings, "Ctrl-C stops all of it.", ""])


async def _prepare_database(settings: Settings, loaders: Sequence[Loader]) -> list[str]:
    await open_or_explain(settings)
    try:
        await migrate()
        sayings = [saying for loader in loaders if (saying := await loader())]
        admins = await fetch_one("SELECT EXISTS (SELECT FROM member WHERE role = 'admin') AS exist")
    except MigrationFailed as error:
        raise ServiceFailed(f"The tables could not be brought up to date: {error}") from error
    finally:
        await close_database()
    if not admins["exist"]:
        sayings.append(
            "There is no admin yet. Make the first one in another terminal, as the same user and with the same"
            f" settings: {_command(settings)} admin create"
        )
    return sayings


def _command(settings: Settings) -> str:
    """Return what to type for ``kith`` so that it finds this data directory."""
    command = shlex.quote(str(Path(sys.executable).with_name("kith")))
    if settings.data_dir == CHECKOUT / "var":
        return command
    return f"KITH_DATA_DIR={shlex.quote(str(settings.data_dir))} {command}"
