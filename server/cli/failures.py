"""Turns what can go wrong in a command into a sentence and an exit status, in this one place."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from models.failures import MigrationFailed
from server.errors import KithError
from server.services.failures import ServiceFailed
from server.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

WRONG_SETTINGS = 2


class CommandFailed(click.ClickException):
    """A command could not do its work; the message says why and what to do."""


class FriendlyGroup(click.Group):
    """A group whose commands end with a message instead of a traceback when the cause is known."""

    def invoke(self, ctx: click.Context) -> Any:  # Any: whatever the command returns
        """Run the command; known failures become click's own."""
        with failures_said():
            return super().invoke(ctx)


@contextmanager
def failures_said() -> Generator[None]:
    """Turn what can go wrong with settings, services, tables and disk into the command's message."""
    try:
        yield
    except SettingsError as error:
        click.echo("These settings need attention:", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(WRONG_SETTINGS)
    except ServiceFailed as error:
        raise CommandFailed(str(error)) from error
    except MigrationFailed as error:
        raise CommandFailed(f"The tables could not be brought up to date: {error}") from error
    except KithError as error:
        raise CommandFailed(error.sentence) from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise CommandFailed("The disk is full: free some space and try again.") from error


def run_in_loop(work: Coroutine[object, object, int | None]) -> None:
    """Run a command's coroutine; a number it returns is the exit status.

    SIGTERM and SIGHUP let it clear up before they end the process, as Ctrl-C does.
    """
    told: list[signal.Signals] = []
    try:
        status = asyncio.run(_until_told(work, told))
    except asyncio.CancelledError:
        if told:
            signal.raise_signal(told[0])  # its own effect is back now, and whoever sent it sees that it had one
        raise
    if status:
        sys.exit(status)


async def _until_told(work: Coroutine[object, object, int | None], told: list[signal.Signals]) -> int | None:
    working = asyncio.current_task()
    assert working is not None

    def stop(number: signal.Signals) -> None:
        told.append(number)
        working.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup asks to be left alone
            asyncio.get_running_loop().add_signal_handler(number, stop, number)
    return await work
