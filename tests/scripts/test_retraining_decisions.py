"""Retraining from moderators' decisions, and what becomes of a candidate afterwards, from the command line."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
import pytest_asyncio

from models.database import fetch
from server.clock import now
from server.forum.taking_down import delete_post
from server.moderation.forms import DecisionForm
from tests.support.cases import decided
from tests.support.conversation import a_board, a_thread
from tests.support.databases import connected
from tests.support.live import services_of
from tests.support.people import a_member
from tests.support.scripts import CHECKOUT, environment, rows, run, run_here, write
from tests.support.waiting import somebody_waits_for_a_lock, until
from triage.model.shelf import ModelShelf
from triage.scales import Severity
from triage.training.decisions import read_marked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings

NOWHERE = ("retrain.py", "--decisions", "--base", "nobody/nothing-at-all", "--name", "mine")
"""What ends as soon as the decisions were read, since there is no such encoder."""
NOTHING_RECORDED = """
    CREATE TABLE migration (id serial PRIMARY KEY, name varchar(200) NOT NULL CHECK (name = ''),
                            ran_on timestamp NOT NULL, app_name varchar(200) NOT NULL)"""
"""Piccolo's own table, except that no migration can be recorded."""


class Trained(NamedTuple):
    """A candidate of the tiny encoder, put in use by the command that made it."""

    shelf: ModelShelf
    command: tuple[str, ...]
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def very_first(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The first model of a Kith to which none came along."""
    folder = tmp_path_factory.mktemp("first")
    without = folder / "without"
    (without / "triage").mkdir(parents=True)
    for part in (CHECKOUT / "triage").iterdir():
        if part.name != "weights":
            (without / "triage" / part.name).symlink_to(part)
    data = write(folder / "posts.jsonl", rows())
    command = ("retrain.py", "--data", str(data), "--base", str(tiny_encoder), "--epochs", "1", "--name", "first")
    done = subprocess.run(
        [sys.executable, f"scripts/{command[0]}", *command[1:], "--promote"], umask=0o022,
        capture_output=True, text=True, check=False, cwd=CHECKOUT, env=environment(folder, PYTHONPATH=str(without)),
    )  # fmt: skip
    return Trained(ModelShelf(folder), command, done)


def test_very_first_model_is_promoted_where_none_came_along(very_first: Trained) -> None:
    assert very_first.done.returncode == 0, very_first.done.stderr
    assert "first is in use from now on" in very_first.done.stdout
    assert very_first.shelf.chosen()[0] == "first"


def test_every_file_of_a_model_can_be_read_by_the_same_people(very_first: Trained) -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (very_first.shelf.folder / "first").iterdir()}
    assert set(modes.values()) == {0o644}, modes


def test_model_that_was_taken_back_is_put_in_use_again_by_hand_alone(very_first: Trained) -> None:
    shelf = very_first.shelf
    shelf.put_in_use("first")
    shelf.put_in_use("released")

    done = run_here(*very_first.command, "--promote", data_dir=shelf.folder.parent)

    assert done.exit_code == 1
    assert "kith model use first" in done.stderr
    assert "first" not in shelf.chosen()


async def test_what_a_killed_run_learnt_stays_until_some_of_it_was_erased(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    author, moderator, board = (
        await a_member("quiet-otter-41"),
        await a_member("calm-owl-1", role="moderator"),
        await a_board(),
    )
    form = DecisionForm(revision=1, severity=Severity.GREEN)
    first, second = [(await a_thread(board, author, title=f"Thread {number}")).post_id for number in range(2)]
    await decided(first, moderator, form)
    [today] = await read_marked([])
    state = tmp_path / "models" / "mine.work" / "state.safetensors"
    state.parent.mkdir(parents=True)
    state.write_bytes(b"weights")
    (state.parent / "decisions").write_text(today.mark)
    await decided(second, moderator, form)

    goes_on = await asyncio.to_thread(run, *NOWHERE, data_dir=tmp_path, **services_of(services))

    assert "had judged 1 posts when this began, and 1 judgement came since" in goes_on.stderr
    assert state.exists()

    await delete_post(first, author.id, at=now())
    anew = await asyncio.to_thread(run, *NOWHERE, data_dir=tmp_path, **services_of(services))

    assert "Moderators judged 1 posts." in anew.stderr
    assert not state.parent.exists()


@pytest_asyncio.fixture(loop_scope="session")
async def empty(services: Settings) -> AsyncIterator[dict[str, str]]:
    """The environment that leads to a database of this test's own, in which no migration can be recorded."""
    own = services.database_address.replace("/kith?", "/unrecorded?", 1)
    async with connected(services.database_address) as connection:
        await connection.execute("CREATE DATABASE unrecorded")
        async with connected(own) as inside:
            await inside.execute(NOTHING_RECORDED)
        yield services_of(services) | {"KITH_DATABASE_URL": own}
        await connection.execute("DROP DATABASE unrecorded WITH (FORCE)")


async def test_tables_that_cannot_be_brought_up_to_date_are_said(empty: dict[str, str], tmp_path: Path) -> None:
    done = await asyncio.to_thread(run, *NOWHERE, data_dir=tmp_path, **empty)
    assert done.returncode == 1
    assert "The tables could not be brought up to date" in done.stderr
    assert "Traceback" not in done.stderr


async def test_database_that_goes_away_while_decisions_are_read_is_said(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    async with connected(services.database_address) as other, other.transaction():
        await other.execute("LOCK TABLE labelled_example IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.create_task(asyncio.to_thread(run, *NOWHERE, data_dir=tmp_path, **services_of(services)))
        await until(somebody_waits_for_a_lock, within=60)
        await fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    done = await reading
    assert done.returncode == 1
    assert "PostgreSQL stopped answering while the decisions were read" in done.stderr
    assert "could not be written" not in done.stderr
    assert "Traceback" not in done.stderr
