"""``kith audit`` finds what was done to the log, and hands it out as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.admin.audit_note import KEY, note_last
from server.moderation.forms import DecisionForm
from tests.support.audit import HARM, an_entry, cut_off_from, entries, truncate
from tests.support.cases import decided
from tests.support.conversation import a_board, a_thread
from tests.support.installation import Finished, kith
from tests.support.live import services_of
from tests.support.people import a_member

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings


async def audit(services: Settings, folder: Path, *arguments: str) -> Finished:
    """Run ``kith audit`` on the tests' own database."""
    return await kith(folder / "var", "audit", *arguments, **services_of(services))


async def test_whole_log_is_counted(app: Litestar, services: Settings, tmp_path: Path) -> None:
    await entries(3)

    done = await audit(services, tmp_path, "verify")

    assert done.status == 0, done.output
    assert "3 entries are whole." in done.output


@pytest.mark.parametrize(("harm", "why"), HARM)
async def test_first_broken_entry_is_named(
    app: Litestar, services: Settings, tmp_path: Path, harm: Callable[[], Awaitable[None]], why: str
) -> None:
    await entries(5)
    await harm()

    done = await audit(services, tmp_path, "verify")

    assert done.output == f"Entry 3 is not whole: {why}.\n"
    assert done.status == 1


async def test_entry_before_the_first_is_found(app: Litestar, services: Settings, tmp_path: Path) -> None:
    await entries(2)
    await execute(
        "INSERT INTO audit_entry SELECT 0, at, actor, act, subject, detail, previous, hash FROM audit_entry LIMIT 1"
    )

    done = await audit(services, tmp_path, "verify")

    assert done.output == "Entry 0 is not whole: Kith numbers entries from 1 on.\n"
    assert done.status == 1


async def test_entries_taken_from_the_end_are_found_by_what_kith_noted(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    await entries(3)
    assert "Redis has no note of an earlier entry" in (await audit(services, tmp_path, "verify")).output
    await note_last(app.state.redis)
    assert "Redis has no note" not in (await audit(services, tmp_path, "verify")).output
    await cut_off_from(3)

    done = await audit(services, tmp_path, "verify")

    assert done.output == "Entry 3 is not whole: it is not the one that was noted.\n"
    assert done.status == 1


async def test_another_log_is_noted_anew_once_somebody_says_so(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    await entries(3)
    await note_last(app.state.redis)
    await cut_off_from(3)

    done = await audit(services, tmp_path, "begin-anew")

    assert done.status == 0, done.output
    assert (await audit(services, tmp_path, "verify")).status == 0
    await note_last(app.state.redis)
    assert str(await app.state.redis.get(KEY)).startswith("b'2:")


async def test_emptied_log_is_found_by_the_decisions_that_it_does_not_have(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    owl = await a_member("calm-owl-1", role="moderator")
    decision = await decided(thread.post_id, owl, DecisionForm(revision=1))
    assert (await audit(services, tmp_path, "verify")).status == 0
    await truncate()

    done = await audit(services, tmp_path, "verify")

    assert done.output == f"The log is not whole: no entry says the same as decision {decision}.\n"
    assert done.status == 1


async def test_entries_taken_from_the_end_are_found_by_what_somebody_noted(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    await entries(3)
    noted = re.search(r"The last is (3:[0-9a-f]{64})", (await audit(services, tmp_path, "verify")).output)
    assert noted
    await an_entry()
    assert (await audit(services, tmp_path, "verify", "--noted", noted[1])).status == 0

    await cut_off_from(3)

    done = await audit(services, tmp_path, "verify", "--noted", noted[1])
    assert done.output == "Entry 3 is not whole: it is not the one that was noted.\n"
    assert done.status == 1


@pytest.mark.parametrize("noted", ["3", "third:abc", "3:", "0:abc", "-1:abc"])
async def test_unreadable_note_is_refused_with_a_sentence(
    app: Litestar, services: Settings, tmp_path: Path, noted: str
) -> None:
    done = await audit(services, tmp_path, "verify", "--noted", noted)

    assert done.status == 1
    assert "as kith audit verify printed them" in done.output


async def test_export_has_what_the_options_leave(app: Litestar, services: Settings, tmp_path: Path) -> None:
    moderator = await a_member("calm-fern-12", role="moderator")
    await an_entry("decide", "case:7", actor=moderator.id)
    await an_entry("triage-hold", "post:12")

    as_csv = await audit(services, tmp_path, "export", "--actor", "Calm-Fern-12")
    as_json = await audit(services, tmp_path, "export", "--format", "jsonl", "--actor", "Kith itself")

    assert [row["subject"] for row in csv.DictReader(io.StringIO(as_csv.output))] == ["case:7"]
    assert [json.loads(line)["subject"] for line in as_json.output.splitlines()] == ["post:12"]


async def test_month_that_is_none_is_refused_with_a_sentence(app: Litestar, services: Settings, tmp_path: Path) -> None:
    done = await audit(services, tmp_path, "export", "--month", "November")

    assert done.status == 1
    assert "Write it as 2026-11." in done.output


async def test_new_installation_has_an_empty_whole_log(tmp_path: Path) -> None:
    await kith(tmp_path / "var", "migrate")

    done = await kith(tmp_path / "var", "audit", "verify")

    assert done.output.startswith("0 entries are whole.\n")
    assert done.status == 0
