"""The audit log: what an admin sees of it, and that nobody can change it unseen."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import pytest

from models.database import execute, fetch
from server.admin import audit
from tests.support.audit import HARM, an_entry, change_the_third, entries
from tests.support.people import a_member, enter
from triage.queue.audit import BEGINNING, BrokenChain, Entry, hash_of, verify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from tests.support.people import Person

ENTRY_ON_PAGE = re.compile(r'<th scope="row">(\d+)</th>')


async def shown(client: httpx.AsyncClient, **filters: str | int) -> list[int]:
    """Return the entries on the log's page, from its top."""
    answer = await client.get("/admin/audit", params=filters)
    assert answer.status_code == 200
    return [int(number) for number in ENTRY_ON_PAGE.findall(answer.text)]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET act = 'nothing'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
async def test_database_refuses_to_change_the_log(app: Litestar, statement: str) -> None:
    await entries(2)

    with pytest.raises(asyncpg.PostgresError, match="only ever added to"):
        await execute(statement)

    assert await verify() == 2


@pytest.mark.parametrize(("harm", "why"), HARM)
async def test_harm_is_found_where_it_was_done(app: Litestar, harm: Callable[[], Awaitable[None]], why: str) -> None:
    await entries(5)
    assert await verify() == 5

    await harm()

    assert await verify() == BrokenChain(3, why)


@pytest.mark.parametrize(("harm", "why"), HARM)
async def test_harm_is_said_on_the_page(
    admin: Person, client: httpx.AsyncClient, harm: Callable[[], Awaitable[None]], why: str
) -> None:
    await entries(5)
    assert "all 5 entries follow from one another" in (await client.get("/admin/audit")).text

    await harm()

    page = (await client.get("/admin/audit")).text
    assert "The log is not what was written" in page
    assert f"Entry 3: {why}." in page


async def test_page_checks_the_newest_alone_and_says_so(
    admin: Person, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CHECKED", 2)
    await entries(5)
    await change_the_third()

    page = (await client.get("/admin/audit")).text
    assert "The newest 2 entries are whole" in page
    assert "Older ones are not checked on this page" in page

    await an_entry()
    monkeypatch.setattr(audit, "CHECKED", 3)
    assert "The newest 3 entries are whole" in (await client.get("/admin/audit")).text
    monkeypatch.setattr(audit, "CHECKED", 4)
    assert "Entry 3: its content was changed." in (await client.get("/admin/audit")).text


async def test_missing_entry_just_before_the_newest_is_found(
    admin: Person, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CHECKED", 2)
    await entries(5)
    await HARM[1][0]()

    assert "Entry 3: it is missing." in (await client.get("/admin/audit")).text


async def test_log_is_read_page_by_page_from_the_newest(
    admin: Person, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PAGE_SIZE", 2)
    await entries(5)
    await an_entry("escalate", "case:8")

    first = (await client.get("/admin/audit?act=decide")).text
    older = re.search(r'rel="next" href="([^"]+)"', first)

    assert ENTRY_ON_PAGE.findall(first) == ["5", "4"]
    assert older
    assert older[1] == "/admin/audit?act=decide&amp;before=4"
    assert await shown(client, act="decide", before=4) == [3, 2]
    assert await shown(client, act="decide", before=2) == [1]
    assert 'rel="next"' not in (await client.get("/admin/audit?act=decide&before=2")).text


async def test_log_is_narrowed_by_act_person_subject_and_month(admin: Person, client: httpx.AsyncClient) -> None:
    await an_entry("triage-hold", "post:12", actor=None, at=datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC))
    await an_entry("decide", "case:7", actor=admin.id, at=datetime(2026, 11, 1, tzinfo=UTC))
    await an_entry("decide", "case:71", actor=admin.id + 1, at=datetime(2026, 12, 1, tzinfo=UTC))

    assert await shown(client) == [3, 2, 1]
    assert await shown(client, act="decide") == [3, 2]
    assert await shown(client, actor=admin.handle.upper()) == [2]
    assert await shown(client, actor="Kith itself") == [1]
    assert await shown(client, actor="kind-heron-99") == []
    assert await shown(client, subject="case:7") == [2]
    assert await shown(client, month="2026-10") == [1]
    assert await shown(client, month="2026-11") == [2]
    assert await shown(client, month="2026-12") == [3]
    assert await shown(client, act="decide", month="2026-12") == [3]


async def test_months_and_acts_that_occur_can_be_chosen(admin: Person, client: httpx.AsyncClient) -> None:
    await an_entry("triage-hold", at=datetime(2026, 10, 31, tzinfo=UTC))
    await an_entry("decide", at=datetime(2027, 1, 1, tzinfo=UTC))

    page = (await client.get("/admin/audit")).text

    assert re.findall(r'<option value="(20[^"]+)"', page) == ["2027-01", "2026-12", "2026-11", "2026-10"]
    assert '<option value="triage-hold">triage hold</option>' in page


async def test_handles_are_looked_up_live_and_the_erased_stay_nameless(
    admin: Person, client: httpx.AsyncClient
) -> None:
    leaving = await a_member("calm-fern-12", role="moderator")
    await an_entry("decide", "case:7", actor=leaving.id)
    await an_entry("triage-hold", "post:12", actor=None)
    page = (await client.get("/admin/audit")).text
    assert '<a href="/admin/audit?actor=calm-fern-12">calm-fern-12</a>' in page
    assert ">Kith itself</a>" in page
    assert 'href="/moderation/cases/7"' in page
    assert 'href="/posts/12"' in page

    await execute("DELETE FROM member WHERE id = $1", leaving.id)

    page = (await client.get("/admin/audit")).text
    assert "calm-fern-12" not in page
    assert f'<a href="/admin/audit?actor=member%3A{leaving.id}">a member who left</a>' in page
    assert await shown(client, actor=f"member:{leaving.id}") == [1]
    assert await verify() == 2


@pytest.mark.parametrize(
    "filters",
    [
        {"before": "first"},
        {"before": "9" * 40},
        {"actor": "member:" + "9" * 40},
        {"actor": "member:²"},
        {"act": "x\0y"},
        {"subject": "'; DROP TABLE audit_entry"},
        {"month": "2026-13"},
        {"month": "9999-12"},
        {"month": "0000-00"},
    ],
)
async def test_forged_filters_are_answered(admin: Person, client: httpx.AsyncClient, filters: dict[str, str]) -> None:
    await entries(1)

    assert (await client.get("/admin/audit", params=filters)).status_code == 200
    assert (await client.get("/admin/audit/export", params=filters)).status_code == 200
    assert await verify() == 1


async def test_empty_log_has_a_page_too(admin: Person, client: httpx.AsyncClient) -> None:
    answer = await client.get("/admin/audit")

    assert answer.status_code == 200
    assert "No entry like this" in answer.text


async def test_json_lines_can_be_checked_without_kith(
    admin: Person, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 2)
    await entries(5)

    answer = await client.get("/admin/audit/export?format=jsonl")

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert re.search(r'filename="audit-\d{4}-\d\d-\d\d\.jsonl"', answer.headers["content-disposition"])
    lines = [json.loads(line) for line in answer.text.splitlines()]
    read = [msgspec.convert(line | {"at": datetime.fromisoformat(line["at"])}, Entry) for line in lines]
    assert [entry.id for entry in read] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in read] == [BEGINNING, *(entry.hash for entry in read[:-1])]
    assert [hash_of(entry) for entry in read] == [entry.hash for entry in read]


async def test_csv_has_what_the_filters_leave(admin: Person, client: httpx.AsyncClient) -> None:
    await an_entry("decide", "case:7", actor=admin.id, on_post=12)
    await an_entry("triage-hold", "post:12", actor=None)
    await an_entry("decide", "case:8", actor=admin.id + 1)

    answer = await client.get("/admin/audit/export", params={"format": "csv", "actor": admin.handle})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["id"], row["act"], row["actor"], row["subject"]) for row in rows] == [
        ("1", "decide", str(admin.id), "case:7")
    ]
    assert json.loads(rows[0]["detail"]) == {"on_post": 12}
    assert admin.handle not in answer.text


async def test_unknown_format_is_nothing(admin: Person, client: httpx.AsyncClient) -> None:
    assert (await client.get("/admin/audit/export?format=xlsx")).status_code == 404


@pytest.mark.parametrize("path", ["/admin/audit", "/admin/audit/export?format=csv", "/admin/audit/export?format=jsonl"])
@pytest.mark.parametrize("role", ["member", "moderator", "clinician"])
async def test_nobody_but_an_admin_reads_the_log(app: Litestar, new_browser: NewBrowser, path: str, role: str) -> None:
    await an_entry("decide", "case:4711")
    theirs = new_browser()
    await enter(theirs, app, await a_member("calm-fern-12", role=role), second_factor=True)

    answer = await theirs.get(path)

    assert answer.status_code == 404
    assert "4711" not in answer.text
    assert (await new_browser().get(path)).headers["location"].startswith("/sign-in")


async def test_reading_the_log_writes_nothing_to_it(admin: Person, client: httpx.AsyncClient) -> None:
    await entries(1)
    await shown(client)
    await client.get("/admin/audit/export")

    assert len(await fetch("SELECT 1 FROM audit_entry")) == 1
