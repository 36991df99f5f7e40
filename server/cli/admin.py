"""``kith admin create``: the first admin, who then invites everybody else."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING

import click

from server.cli.failures import CommandFailed, run_in_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.cli.settings import Home
    from server.members.staff import NewAdmin


@click.group()
def admin() -> None:
    """Set up the people who run the community."""


@admin.command()
@click.option("--handle", help="The admin's name in the forum; asked for if left out.")
@click.option("--password-stdin", is_flag=True, help="Also set a password, read from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON, for scripts.")
def create(*, handle: str | None, password_stdin: bool, as_json: bool) -> None:
    """Make an admin and show, this once, what they sign in with.

    Asks for a handle; with --handle it asks nothing.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if handle is None and password_stdin:
        raise CommandFailed("With --password-stdin, give the --handle too.")
    run_in_loop(_create(handle, password, show=_show_json if as_json else _show))


async def _create(handle: str | None, password: str | None, *, show: Callable[[NewAdmin, Home], None]) -> None:
    from server.cli.settings import Home, read_settings_or_make_key
    from server.clock import now
    from server.members.handles import suggest_handle
    from server.members.staff import create_admin
    from server.services.opening import migrated_database

    settings = read_settings_or_make_key()
    async with migrated_database(settings) as begun:
        if handle is None:
            click.echo("Choose a handle that says nothing about you: no real name, no birth year.")
            handle = str(click.prompt("Handle", default=await suggest_handle()))
        if password is not None:
            _check_password(password, handle)
        made = await create_admin(handle, at=now(), settings=settings)
        if password is not None:
            await _set_password(made, password)
    show(made, Home(settings.whereabouts, begun))


def _check_password(password: str, handle: str) -> None:
    from server.members.passwords import password_problem

    problem = password_problem(password, handle=handle)
    if problem:
        raise CommandFailed(problem)


async def _set_password(made: NewAdmin, password: str) -> None:
    from models.database import fetch_one
    from server.members.account import set_password

    row = await fetch_one("SELECT id FROM member WHERE handle_key = lower($1)", made.handle)
    await set_password(row["id"], made.phrase, password)


def _show_json(made: NewAdmin, home: Home) -> None:
    click.echo(json.dumps({**dataclasses.asdict(made), **dataclasses.asdict(home)}))


def _show(made: NewAdmin, home: Home) -> None:
    click.echo(f"""
{made.handle} is an admin now. Write the following down: it is shown this once and kept nowhere.

  Recovery phrase, to sign in with:
    {made.phrase}

  Second factor, for an authenticator app on your phone:
    {made.totp_secret}
    {made.totp_uri}

  One-time codes for the day that the phone is lost:""")
    for code in made.recovery_codes:
        click.echo(f"    {code}")
    click.echo(f"\n{home}")
