"""The systemd units leave Kith what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "docs" / "deploy"


@pytest.mark.parametrize("name", ["kith.service", "kith-worker.service"])
def test_units_in_which_posts_are_read_let_the_classifier_compile_itself(name: str) -> None:
    # With the line "can't protect" is all that OpenVINO says, and no post is ever read.
    assert "MemoryDenyWriteExecute=yes" not in (UNITS / name).read_text().splitlines()


def test_a_unit_that_brings_the_tables_up_to_date_before_it_starts_gives_that_all_the_time_it_needs() -> None:
    units = {unit.name: unit.read_text() for unit in UNITS.glob("*.service")}
    first = {name: text.splitlines() for name, text in units.items() if "\nExecStartPre=" in text}
    assert set(first) == {"kith-web.service"}
    assert "TimeoutStartSec=infinity" in first["kith-web.service"]
