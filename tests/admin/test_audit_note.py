"""The last entry of the audit log is noted outside of the database, so that whoever changes that alone is found."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from server import housekeeping
from server.admin.audit_note import KEY, note_last, read_note
from server.clock import now
from server.worker import build_worker
from tests.support.audit import an_entry, cut_off_from, entries, truncate, write_anew
from tests.support.waiting import until
from triage.queue.audit import Noted, read_entries, verify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx
    from litestar import Litestar

    from server.settings import Settings
    from tests.support.people import Person


async def cut_off() -> None:
    await cut_off_from(5)


async def cut_off_and_go_on() -> None:
    await cut_off_from(4)
    for _ in range(5):
        await an_entry("note")


async def change_the_third_and_fit_the_rest() -> None:
    await write_anew(3, actor=99)


UNSEEN_IN_THE_CHAIN = [cut_off, cut_off_and_go_on, change_the_third_and_fit_the_rest, truncate]


@pytest.fixture
async def noted(app: Litestar) -> Noted:
    """What was noted of a log of five entries."""
    await entries(5)
    await note_last(app.state.redis)
    note = await read_note(app.state.redis)
    assert note
    return note


async def test_last_entry_is_noted_and_the_note_follows_it(app: Litestar, noted: Noted) -> None:
    [last] = await read_entries(after=4)
    assert noted == (5, last.hash)

    await an_entry()
    await note_last(app.state.redis)

    assert (await read_note(app.state.redis) or noted).entry == 6


async def test_of_an_empty_log_nothing_is_noted(app: Litestar) -> None:
    await note_last(app.state.redis)

    assert await read_note(app.state.redis) is None


@pytest.mark.parametrize("harm", UNSEEN_IN_THE_CHAIN)
async def test_what_the_chain_does_not_tell_is_logged_and_the_note_stays(
    app: Litestar, noted: Noted, harm: Callable[[], Awaitable[None]]
) -> None:
    await harm()
    assert isinstance(await verify(), int)

    for _ in range(2):
        with capture_logs() as lines:
            await note_last(app.state.redis)
        assert lines == [{"event": "audit_log_changed", "log_level": "critical", "noted_entry": 5}]

    assert await read_note(app.state.redis) == noted


@pytest.mark.parametrize("harm", UNSEEN_IN_THE_CHAIN)
async def test_what_the_chain_does_not_tell_is_said_on_the_page(
    admin: Person, client: httpx.AsyncClient, noted: Noted, harm: Callable[[], Awaitable[None]]
) -> None:
    assert "all 5 entries follow from one another" in (await client.get("/admin/audit")).text

    await harm()

    assert "Entry 5: it is not the one that was noted." in (await client.get("/admin/audit")).text


async def test_page_is_shown_where_the_note_cannot_be_read(
    admin: Person, app: Litestar, client: httpx.AsyncClient
) -> None:
    await app.state.redis.set(KEY, "no note of ours")
    await entries(5)

    assert "all 5 entries follow from one another" in (await client.get("/admin/audit")).text


async def test_housekeeping_writes_it_to_the_log(app: Litestar) -> None:
    await entries(5)
    [last] = await read_entries(after=4)

    with capture_logs() as lines:
        await housekeeping.run_all(now=now())

    assert [line["audit_log"] for line in lines if line["event"] == "housekeeping_done"] == [f"5:{last.hash}"]


async def test_worker_notes_it_by_itself_every_minute(app: Litestar, services: Settings) -> None:
    await entries(2)
    worker = build_worker(services)
    working = asyncio.create_task(worker.main())
    try:
        await until(lambda: app.state.redis.exists(KEY))
    finally:
        working.cancel()
        await asyncio.wait([working])
        with suppress(asyncio.CancelledError):  # of a job that was just ending
            await worker.close()

    jobs = [job for job in worker.cron_jobs or () if job.name == "note-audit-log"]
    assert [(job.second, job.minute, job.hour) for job in jobs] == [(37, None, None)]
