"""``kith doctor``: what is wrong here, and what to do about it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from server.cli.failures import run_in_loop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from server.diagnosis.finding import Finding
    from server.settings import Settings

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
def doctor() -> None:
    """Check this installation. Exit status 1 means that something does not work or is not safe."""
    run_in_loop(_doctor())


async def _doctor() -> int:
    from server.cli.settings import read_settings_of_a_kith
    from server.diagnosis.finding import Level

    settings = read_settings_of_a_kith()
    levels: list[Level] = []
    async for finding in _findings(settings):
        levels.append(finding.level)
        click.echo(f"{click.style(f'{finding.level:<4}', fg=COLOURS[finding.level])}  {finding.seen}")
        if finding.advice:
            click.echo(f"      {finding.advice}")
    click.echo(f"{levels.count(Level.OK)} ok, {levels.count(Level.WARN)} warn, {levels.count(Level.FAIL)} fail")
    return 1 if Level.FAIL in levels else 0


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    from server.diagnosis.community import check_community
    from server.diagnosis.finding import fail
    from server.diagnosis.machine import check_machine
    from server.diagnosis.services import check_postgres, check_redis
    from server.services.failures import ServiceFailed
    from server.services.opening import opened_database, services_elsewhere

    for finding in check_machine(settings, os.environ):
        yield finding
    reason = services_elsewhere(settings)
    try:
        async with opened_database(settings):
            async for finding in check_postgres():
                yield finding
            async for finding in check_community(settings):
                yield finding
            async for finding in check_redis(settings, expect_worker=reason):
                yield finding
    except ServiceFailed as failure:
        yield fail("PostgreSQL or Redis cannot be used", str(failure))
