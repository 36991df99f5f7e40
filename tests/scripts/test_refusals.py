"""What the scripts of training refuse: a clear sentence, the right exit status, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scripts import run_here, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["released", "../elsewhere", "two words", "half.new"])
def test_name_that_would_be_in_the_way_is_refused(tmp_path: Path, name: str) -> None:
    done = run_here("retrain.py", "--name", name, data_dir=tmp_path)
    assert done.exit_code == 2
    assert "--name" in done.stderr
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"text": "fine"}, "{broken"], "line 2"),
        ([{"text": "x", "severity": "purple"}], "purple"),
        ([{"text": "", "severity": "green"}], "line 1: the text is empty"),
        ([], "no example"),
        ([{"text": f"post {index}", "severity": "green"} for index in range(30)], "needs urgent posts"),
        ([{"severity": "green"}], "text"),
    ],
)
@pytest.mark.parametrize("script", ["retrain.py", "evaluate.py"])
def test_unusable_data_is_named_and_nothing_is_written(
    tmp_path: Path, script: str, lines: list[Any], said: str
) -> None:
    data = write(tmp_path / "posts.jsonl", lines)
    done = run_here(script, "--data", str(data), data_dir=tmp_path)
    assert done.exit_code == 1
    assert said in done.stderr
    assert isinstance(done.exception, SystemExit)
    assert not (tmp_path / "models").exists()


def test_missing_file_is_named(tmp_path: Path) -> None:
    done = run_here("retrain.py", "--data", str(tmp_path / "nowhere.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 1
    assert "nowhere.jsonl" in done.stderr
