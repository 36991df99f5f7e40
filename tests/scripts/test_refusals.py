"""What the scripts of training refuse: a clear sentence, the right exit status, and nothing written."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.folders import data_directory_of_another
from tests.support.installation import names_in
from tests.support.scripts import rows, run_here, write

if TYPE_CHECKING:
    from pathlib import Path

SETS = (
    "pool_peer_support", "counsel_questions", "recovery_stopdrinking",
    "ordinary_goemotions", "everyday_stressors_sad", "crisis_synthetic_short",
    "eval_cssrs_posts", "eval_sdcnl", "crisis_tweets_tsid", "misinfo_opioid_myths", "misinfo_fullfact",
)  # fmt: skip


@pytest.mark.parametrize("name", ["released", "in-use", "thresholds.json", "../elsewhere", "two words", "half.new"])
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


def test_encoder_that_is_not_on_this_machine_is_said_with_what_would_do(tmp_path: Path) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    done = run_here("retrain.py", "--data", str(data), "--base", "nobody/nothing-at-all", data_dir=tmp_path)
    assert done.exit_code == 1
    assert "Kith fetches nothing from the network. Name a folder that holds config.json" in done.stderr
    assert not (tmp_path / "models").exists()


def test_figures_do_not_take_the_place_of_the_posts(tmp_path: Path) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    before = data.read_bytes()
    done = run_here("evaluate.py", "--data", str(data), "--out", f"{tmp_path}/./posts.jsonl", data_dir=tmp_path)
    assert done.exit_code == 2
    assert "holds the posts" in done.stderr
    assert data.read_bytes() == before


def test_missing_file_is_named(tmp_path: Path) -> None:
    done = run_here("retrain.py", "--data", str(tmp_path / "nowhere.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 1
    assert "nowhere.jsonl" in done.stderr


def sets_in(folder: Path, *, without: str = "", broken: str = "", content: bytes = b"") -> Path:
    """Write every set that is measured on, with one post each; one of them is missing, or holds something else."""
    for name in SETS:
        if name == without:
            continue
        whole = gzip.compress(json.dumps({"id": "1", "text": "A quiet day.", "severity": "green"}).encode() + b"\n")
        (folder / f"{name}.jsonl.gz").write_bytes(content if name == broken else whole)
    return folder


@pytest.mark.parametrize("name", SETS)
def test_missing_set_is_named_before_anything_is_measured(tmp_path: Path, name: str) -> None:
    done = run_here("measure.py", "--real", str(sets_in(tmp_path, without=name)), data_dir=tmp_path)
    assert done.exit_code == 1
    assert f"{name}.jsonl.gz cannot be read" in done.stderr
    assert isinstance(done.exception, SystemExit)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b'{"id": "1", "text": "A quiet day."}\n{broken\n'), "line 2"),
        (gzip.compress(b'{"id": "1", "text": "A quiet day.", "severity": "purple"}\n'), "line 1: Invalid enum value"),
        (gzip.compress(b'{"id": "1", "text": "\xff"}\n'), "line 1"),
        (gzip.compress(b'{"id": "1", "text": "A quiet day."}\n')[:-9], "cannot be read"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 20, "cannot be read"),
        (b"no gzip", "cannot be read"),
        (gzip.compress(b""), "holds no post"),
    ],
    ids=["line", "label", "letters", "cut short", "no stream", "no gzip", "empty"],  # the bytes hold the time of day
)
def test_broken_set_is_named_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    folder = sets_in(tmp_path, broken="eval_sdcnl", content=content)
    done = run_here("measure.py", "--real", str(folder), data_dir=tmp_path)
    assert done.exit_code == 1
    assert "eval_sdcnl.jsonl.gz" in done.stderr
    assert said in done.stderr
    assert isinstance(done.exception, SystemExit)


def test_unknown_model_is_named_by_what_measures(tmp_path: Path) -> None:
    done = run_here("measure.py", "--real", str(sets_in(tmp_path)), "--model", "kith-99", data_dir=tmp_path)
    assert done.exit_code == 1
    assert "There is no model 'kith-99'" in done.stderr


def test_models_of_another_user_are_left_to_that_user(tmp_path: Path) -> None:
    data_dir, folder = data_directory_of_another(tmp_path)
    before = names_in(data_dir)

    done = run_here("retrain.py", data_dir=data_dir)

    assert done.exit_code == 1
    assert f"{folder} belongs to the user {folder.owner()}. Run this as that user" in done.stderr
    assert names_in(data_dir) == before
