"""Files in and out: good rows are taken, and each bad one is named with what is wrong."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import TYPE_CHECKING

import asyncpg
import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.resources.exchange import MAX_ROWS, Unreadable, export_resources, import_resources
from tests.support.installation import kith
from tests.support.people import submit
from tests.support.resources import FIELDS, a_resource
from tests.support.waiting import until
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from litestar import Litestar

    from tests.support.people import Person

HEADINGS = ",".join(FIELDS)


def as_csv(*rows: dict[str, str]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(FIELDS))
    writer.writeheader()
    writer.writerows({**FIELDS, **row} for row in rows)
    return written.getvalue()


async def test_good_rows_are_taken_and_bad_ones_named(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource("Gb Night Line")
    text = as_csv({"title": "Day Line"}, {"title": "No Kind", "kind": "rumour"}, {}, {"title": "Day Line"})

    answer = await submit(client, "/moderation/resources/import", {"body": text, "format": "csv"})

    assert answer.status_code == 200
    assert "Taken: 1. Not taken: 3." in answer.text
    assert "Row 3: kind: One of: helpline" in answer.text
    assert "Row 4: There is one with this short name already" in answer.text
    assert "Row 5: There is one with this short name already" in answer.text
    assert "No Kind" in answer.text, "the text is there to be put right"
    row = await fetch_one("SELECT * FROM resource WHERE title = 'Day Line'")
    assert (row["state"], row["written_by"], row["checked_on"]) == ("review", writer.id, None)
    assert row["regions"] == ["GB"]
    assert len(await read_entries()) == 1


async def test_short_name_that_somebody_else_takes_meanwhile_is_named_and_the_rest_is_taken(
    app: Litestar, writer: Person, client: httpx.AsyncClient
) -> None:
    text = as_csv({"title": "Day Line"}, {"title": "Evening Line"}, {"title": "Night Line"})
    other = await asyncpg.connect(app.state.settings.database_address)
    try:
        async with other.transaction():
            await other.execute(
                """INSERT INTO resource (slug, kind, title, description, state, created_at, updated_at)
                   VALUES ('gb-evening-line', 'helpline', 'Theirs', '', 'draft', now(), now())"""
            )
            fields = {"body": text, "format": "csv"}
            going = asyncio.create_task(submit(client, "/moderation/resources/import", fields))
            await until(somebody_waits)
    finally:
        await other.close()

    answer = await going
    assert answer.status_code == 200
    assert "Taken: 2. Not taken: 1." in answer.text
    assert "Row 3: There is one with this short name already" in answer.text
    titles = [row["title"] for row in await fetch("SELECT title FROM resource ORDER BY title")]
    assert titles == ["Day Line", "Night Line", "Theirs"]


async def somebody_waits() -> bool:
    return bool(await fetch("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"))


async def test_two_files_at_once_with_the_same_rows_are_each_taken_as_far_as_they_can_be(app: Litestar) -> None:
    for turn in range(10):
        rows = [{"title": f"Line {number} of {turn}"} for number in range(6)]
        texts = as_csv(*rows), as_csv(*reversed(rows))

        reports = await asyncio.gather(*(import_resources(text, "csv", writer_id=None, at=now()) for text in texts))

        assert sum(report.taken for report in reports) == len(rows)
        assert sum(len(report.bad) for report in reports) == len(rows)


async def test_states_and_days_of_a_file_are_not_believed(app: Litestar) -> None:
    row = {**FIELDS, "regions": ["GB"], "languages": ["en"], "topics": ["grief"], "needs": []}
    text = json.dumps([{**row, "state": "vetted", "checked_on": "2026-11-01", "review_on": "2999-01-01"}])

    report = await import_resources(text, "json", writer_id=None, at=now())

    assert (report.taken, report.bad) == (1, [])
    row = await fetch_one("SELECT state, checked_on, review_on FROM resource")
    assert (row["state"], row["checked_on"], row["review_on"]) == ("review", None, None)


async def test_json_rows_are_named_by_their_place(app: Litestar) -> None:
    good = {**FIELDS, "regions": ["GB", "IE"]}
    text = json.dumps([1, {**good, "owner": "x"}, {**good, "title": 5}, {**good, "regions": [1]}, good])

    report = await import_resources(text, "json", writer_id=None, at=now())

    assert report.taken == 1
    assert [bad.row for bad in report.bad] == [1, 2, 3, 4]
    assert "not an object" in report.bad[0].reason
    assert "not known: owner" in report.bad[1].reason
    assert "title: it should be a text" in report.bad[2].reason
    assert "regions: it should be a list of texts" in report.bad[3].reason


async def test_row_with_hours_that_cannot_be_read_is_named(app: Litestar) -> None:
    good = {**FIELDS, "opening": "daily 09:00-24:00", "zone": "Asia/Tokyo"}
    rows = [good, {**good, "title": "Other", "zone": "Tokyo"}, {**good, "title": "Third", "opening": "evenings"}]

    report = await import_resources(json.dumps(rows), "json", writer_id=None, at=now())

    assert report.taken == 1
    assert [bad.row for bad in report.bad] == [2, 3]
    assert "zone: This time zone is not known" in report.bad[0].reason
    assert "opening: “evenings” could not be read" in report.bad[1].reason


async def test_row_with_a_language_that_does_not_fit_is_named_and_the_rest_is_taken(app: Litestar) -> None:
    text = as_csv({"title": "Day Line"}, {"languages": "en, zh-hant-tw"}, {"title": "Third", "languages": "zh-hant"})

    report = await import_resources(text, "csv", writer_id=None, at=now())

    assert report.taken == 2
    assert [bad.row for bad in report.bad] == [3]
    assert "languages: “zh-hant-tw” is too long" in report.bad[0].reason


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json", "{"),
        ("json", '{"title": "x"}'),
        ("json", "[" * 100_000),
        ("csv", ""),
        ("csv", "name,address\nx,y"),
        ("csv", "title,title\nx,y"),
        ("csv", 'title,kind\n"open'),
        ("json", json.dumps([{}] * (MAX_ROWS + 1))),
    ],
)
async def test_what_is_no_list_of_resources_is_refused_and_given_back(
    writer: Person, client: httpx.AsyncClient, kind: str, text: str
) -> None:
    answer = await submit(client, "/moderation/resources/import", {"body": text, "format": kind})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert await fetch("SELECT 1 FROM resource") == []


async def test_rows_of_another_length_and_blank_ones(app: Litestar) -> None:
    text = f"\ufeff{HEADINGS}\n\n,,\n{','.join(['x'] * 30)}\n"

    report = await import_resources(text, "csv", writer_id=None, at=now())

    assert [bad.row for bad in report.bad] == [4]
    assert "30 cells" in report.bad[0].reason


@pytest.mark.parametrize("kind", ["csv", "json"])
async def test_what_was_given_out_can_be_taken_in_again(app: Litestar, kind: str) -> None:
    await a_resource("Night Line", regions=("GB", "IE"), description='With "quotes", commas\nand lines.')
    await execute(
        """UPDATE resource SET phone = '+49 30 123', hours = '=1+1', opening = 'Mon-Fri 09:00-17:00; Sat 10:00-13:00',
                  zone = 'Europe/London'"""
    )
    before = dict(await fetch_one("SELECT * FROM resource"))
    text = await export_resources(kind)
    await execute("DELETE FROM resource")

    report = await import_resources(text, kind, writer_id=None, at=now())

    assert report.bad == []
    after = dict(await fetch_one("SELECT * FROM resource"))
    for name in ("slug", "title", "description", "phone", "hours", "opening", "zone", "regions", "topics", "needs",
                 "source_url"):  # fmt: skip
        assert after[name] == before[name], name


async def test_no_cell_is_run_by_a_spreadsheet(app: Litestar) -> None:
    await a_resource("Night Line")
    await execute("UPDATE resource SET hours = '=HYPERLINK(1)', phone = '+49 30 123'")

    rows = list(csv.DictReader(io.StringIO(await export_resources("csv"))))

    assert (rows[0]["hours"], rows[0]["phone"]) == ("'=HYPERLINK(1)", "'+49 30 123")


@pytest.mark.parametrize(("kind", "media"), [("csv", "text/csv"), ("json", "application/json")])
async def test_moderator_downloads_the_library(
    writer: Person, client: httpx.AsyncClient, kind: str, media: str
) -> None:
    await a_resource("Night Line")
    await a_resource("Old Line", state="retired")

    answer = await client.get(f"/moderation/resources/export?format={kind}")

    assert answer.headers["content-type"].startswith(media)
    assert "attachment" in answer.headers["content-disposition"]
    assert "Night Line" in answer.text
    assert "Old Line" not in answer.text


async def test_unreadable_says_why(app: Litestar) -> None:
    with pytest.raises(Unreadable, match="name the columns"):
        await import_resources("a,b\n1,2", "csv", writer_id=None, at=now())


async def test_command_names_the_writer_who_cannot_vet_the_rows(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(as_csv({}), encoding="utf-8")
    made = await kith(tmp_path / "var", "admin", "create", "--handle", "calm-fern-12")

    nobody = await kith(tmp_path / "var", "resources", "import", str(file), "--writer", "brave-wren-7")
    taken = await kith(tmp_path / "var", "resources", "import", str(file), "--writer", "calm-fern-12")

    assert (made.status, nobody.status, taken.status) == (0, 1, 0)
    assert "brave-wren-7" in nobody.output
    assert "1 taken" in taken.output
    logged = await kith(tmp_path / "var", "audit", "export")
    assert ",1,write-resource," in logged.output


async def test_command_takes_a_file_in_and_gives_it_out(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(as_csv({}, {"title": "No Kind", "kind": "rumour"}), encoding="utf-8")

    await kith(tmp_path / "var", "migrate")
    taken = await kith(tmp_path / "var", "resources", "import", str(file))
    given = await kith(tmp_path / "var", "resources", "export", "--format", "json")

    assert taken.status == 1
    assert "Row 3: kind:" in taken.output
    assert "1 taken, waiting for review; 1 not taken." in taken.output
    assert [row["title"] for row in json.loads(given.output)] == ["Night Line"]
