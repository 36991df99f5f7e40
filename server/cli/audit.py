"""``kith audit``: whether the log is what was written, and the log as a file."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from server.cli.failures import CommandFailed, run_in_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@click.group()
def audit() -> None:
    """Check and export the record of every act."""


@audit.command()
@click.option("--noted", metavar="ENTRY:HASH", help="What an earlier run said was last: it must still be there.")
def verify(*, noted: str | None) -> None:
    """Go through the whole chain of hashes. Exit status 1 means that an entry was changed, moved or removed.

    The chain cannot tell by itself that entries are missing at its end: write down what this prints as the last
    entry, keep it elsewhere, and give it with --noted next time.
    """
    run_in_loop(_verify(noted))


@audit.command()
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--act", default="", help="Only this act, such as decide.")
@click.option("--actor", default="", help='Only this whole handle, "Kith itself", or member:12.')
@click.option("--subject", default="", help="Only about this, such as post:12 or case:7.")
@click.option("--month", default="", help="Only this month (UTC), such as 2026-11.")
def export(*, form: str, **wanted: str) -> None:
    """Write the log to standard output, oldest first. People are numbers in it, and nobody's words are."""
    run_in_loop(_export(form, wanted))


async def _verify(noted: str | None) -> int:
    from triage.queue.audit import BrokenChain, read_entries, verify

    known = _read_noted(noted)
    async with _opened():
        found = await verify()
        last = await read_entries(after=found - 1, limit=1) if isinstance(found, int) and found else []
        if not isinstance(found, BrokenChain) and known:
            kept = await read_entries(after=known[0] - 1, limit=1)
            if not kept or (kept[0].id, kept[0].hash) != known:
                found = BrokenChain(known[0], "it is not the one that was noted")
    if isinstance(found, BrokenChain):
        click.echo(f"Entry {found.entry} is not whole: {found.why}.")
        return 1
    click.echo(f"{found:,} {'entry is' if found == 1 else 'entries are'} whole.")
    if last:
        click.echo(f"The last is {last[0].id}:{last[0].hash}")
    return 0


def _read_noted(noted: str | None) -> tuple[int, str] | None:
    if noted is None:
        return None
    number, _, found = noted.partition(":")
    if not (number.isascii() and number.isdecimal() and 0 < int(number) < 2**62 and found):
        raise CommandFailed("With --noted, give an entry and its hash as kith audit verify printed them: 12:ab34…")
    return int(number), found


async def _export(form: str, wanted: dict[str, str]) -> None:
    from server.admin.audit import ExportFormat, export_entries, month_bounds, read_audit_filter

    if wanted["month"] and not month_bounds(wanted["month"]):
        raise CommandFailed(f"{wanted['month']} is no month. Write it as 2026-11.")
    async with _opened():
        async for part in export_entries(read_audit_filter(wanted), ExportFormat(form)):
            click.echo(part, nl=False)


@asynccontextmanager
async def _opened() -> AsyncGenerator[None]:
    from models.database import migrate
    from server.cli.settings import read_settings_or_make_key
    from server.services.opening import opened_database

    async with opened_database(read_settings_or_make_key()):
        await migrate()
        yield
