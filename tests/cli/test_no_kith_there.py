"""A command that was given no settings says so instead of beginning a second, empty Kith."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.databases import connected
from tests.support.installation import kith, names_in
from tests.support.live import services_of
from tests.support.model import copy_of_release
from tests.support.scripts import run_here

if TYPE_CHECKING:
    from pathlib import Path

    from server.settings import Settings

COMMANDS = [
    ("backup", "kith.tar.gz"),
    ("audit", "verify"),
    ("audit", "export"),
    ("doctor",),
    ("model", "list"),
    ("model", "use", "released"),
    ("model", "thresholds", "released", "--red", "0.2"),
    ("resources", "export"),
    ("resources", "import", "rows.csv"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_command_that_needs_a_kith_makes_none(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "rows.csv").write_text("title\n")
    in_it = [str(tmp_path / word) if word.endswith((".csv", ".gz")) else word for word in command]

    done = await kith(tmp_path / "var", *in_it)

    assert done.status == 1
    assert f"There is no Kith in {tmp_path}/var yet. KITH_DATA_DIR" in done.output
    assert names_in(tmp_path) == ["rows.csv"]


async def test_machine_that_only_trains_can_choose_its_model(tmp_path: Path) -> None:
    copy_of_release(tmp_path / "models" / "trained")

    done = await kith(tmp_path, "model", "list")

    assert done.status == 0, done.output
    assert "trained: amber" in done.output
    assert names_in(tmp_path) == ["models"]


def test_training_with_decisions_makes_none(tmp_path: Path) -> None:
    done = run_here("retrain.py", "--decisions", data_dir=tmp_path / "var")

    assert done.exit_code == 1
    assert f"There is no Kith in {tmp_path}/var yet" in done.stderr
    assert not (tmp_path / "var").exists()


async def test_database_without_our_tables_is_not_backed_up(services: Settings, tmp_path: Path) -> None:
    empty = services.database_address.replace("/kith?", "/empty?", 1)
    async with connected(services.database_address) as connection:
        await connection.execute("CREATE DATABASE empty")
        try:
            done = await kith(
                tmp_path / "var",
                "backup",
                str(tmp_path / "kith.tar.gz"),
                **services_of(services) | {"KITH_DATABASE_URL": empty},
            )
        finally:
            await connection.execute("DROP DATABASE empty WITH (FORCE)")

    assert done.status == 1
    assert "The database holds no Kith" in done.output
    assert names_in(tmp_path) == []
