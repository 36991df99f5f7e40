"""``kith audit``: whether the log is what was written, and the log as a file."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from server.cli.failures import CommandFailed, run_in_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from server.settings import Settings
    from triage.queue.audit import Noted


@click.group()
def audit() -> None:
    """Check and export the record of every act."""


@audit.command()
@click.option("--noted", metavar="ENTRY:HASH", help="What an earlier run said was last: it must still be there.")
def verify(*, noted: str | None) -> None:
    """Look for changes in the whole log. Exit status 1 means that there is one.

    It is compared with its own hashes, with every decision, and with the entry that Kith noted in Redis within the
    last minute. Whoever can change all of these at once is found by what you wrote down: keep what this prints as the
    last entry elsewhere, and give it with --noted next time.
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


@audit.command("begin-anew")
def begin_anew() -> None:
    """Forget the entry that Kith noted in Redis, after the database was put back by another way than kith restore.

    Kith notes the entry that is the last one then within a minute.
    """
    run_in_loop(_begin_anew())


async def _begin_anew() -> None:
    from server.admin.audit_note import forget_note
    from server.redis_client import connect_redis
    from server.services.connecting import require_redis

    async with _opened() as settings:
        redis = connect_redis(settings.redis_address)
        try:
            await require_redis(redis)
            await forget_note(redis)
        finally:
            await redis.aclose()
    click.echo("What was noted is forgotten.")


async def _verify(given: str | None) -> int:
    from triage.queue.audit import BrokenChain, read_entries, verify

    known = _read_given(given)
    async with _opened() as settings:
        noted = await _noted_in_redis(settings)
        found = await verify()
        if isinstance(found, BrokenChain):
            click.echo(f"Entry {found.entry} is not whole: {found.why}.")
            return 1
        missing = await _find_missing(known, noted)
        last = await read_entries(after=found - 1, limit=1) if found else []
    if missing:
        click.echo(missing)
        return 1
    click.echo(f"{found:,} {'entry is' if found == 1 else 'entries are'} whole.")
    if last:
        click.echo(f"The last is {last[0].id}:{last[0].hash}")
    if noted is None:
        click.echo("Redis has no note of an earlier entry, so that some could be missing at the end.")
    return 0


async def _find_missing(*noted: Noted | None) -> str:
    """Return what is missing from a chain that is whole, in a sentence, or nothing."""
    from triage.queue.audit import NOT_AS_NOTED, find_unrecorded_decision, is_there

    for note in noted:
        if note is not None and not await is_there(note):
            return f"Entry {note.entry} is not whole: {NOT_AS_NOTED}."
    decision = await find_unrecorded_decision()
    return "" if decision is None else f"The log is not whole: no entry says the same as decision {decision}."


async def _noted_in_redis(settings: Settings) -> Noted | None:
    from server.admin.audit_note import read_note
    from server.redis_client import connect_redis

    redis = connect_redis(settings.redis_address)
    try:
        return await read_note(redis)
    finally:
        await redis.aclose()


def _read_given(given: str | None) -> Noted | None:
    from triage.queue.audit import read_noted

    if given is None:
        return None
    noted = read_noted(given)
    if noted is None:
        raise CommandFailed("With --noted, give an entry and its hash as kith audit verify printed them: 12:ab34…")
    return noted


async def _export(form: str, wanted: dict[str, str]) -> None:
    from server.admin.audit import ExportFormat, export_entries, month_bounds, read_audit_filter

    if wanted["month"] and not month_bounds(wanted["month"]):
        raise CommandFailed(f"{wanted['month']} is no month. Write it as 2026-11.")
    async with _opened():
        async for part in export_entries(read_audit_filter(wanted), ExportFormat(form)):
            click.echo(part, nl=False)


@asynccontextmanager
async def _opened() -> AsyncGenerator[Settings]:
    from server.cli.settings import read_settings_of_a_kith
    from server.services.opening import migrated_database

    settings = read_settings_of_a_kith()
    async with migrated_database(settings):
        yield settings
