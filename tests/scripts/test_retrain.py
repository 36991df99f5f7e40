"""Retraining from the command line, on a few invented posts: what is written, what is refused, what survives a kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.support.live import services_of
from triage.model.shelf import RELEASED
from triage.queue.audit import read_entries
from triage.training.examples import read_examples
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from litestar import Litestar

    from server.settings import Settings

CHECKOUT = Path(__file__).parents[2]
QUICK = ("--epochs", "1", "--fresh")


def rows(number: int = 120) -> list[dict[str, Any]]:
    """Posts that a network can tell apart at once."""
    feelings = {
        "green": "had a good quiet day with friends",
        "amber": "feel sad and alone this week",
        "red": "think about dying and wish it would stop",
        "crisis": "am going to kill myself tonight",
    }
    return [
        {
            "text": f"Number {index}: I {words}.",
            "severity": severity,
            "misinformation": index % 2,
            "group": f"{severity}-{index}",
        }
        for index in range(number // 4)
        for severity, words in feelings.items()
    ]


def write(file: Path, lines: list[Any]) -> Path:
    file.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", encoding="utf-8"
    )
    return file


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "KITH_DATA_DIR": str(data_dir), **more}


def run(script: str, *arguments: str, data_dir: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, f"scripts/{script}", *arguments],
        capture_output=True, text=True, check=False, cwd=CHECKOUT, env=environment(data_dir, **more),
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A data folder with one candidate, the data that it learnt from, and what was said."""
    folder = tmp_path_factory.mktemp("retrain")
    data = write(folder / "posts.jsonl", rows())
    done = run("retrain.py", "--data", str(data), *QUICK, "--name", "first", data_dir=folder)
    assert done.returncode == 0, done.stderr
    return folder, data, done.stdout


def test_candidate_is_written_whole_with_its_card(trained: tuple[Path, Path, str]) -> None:
    folder, _, said = trained
    model = folder / "models" / "first"
    names = {file.name for file in model.iterdir()}
    assert {"learnt.safetensors", "model.json", "metrics.json", "manifest.json", "card.md", "confusion.svg"} <= names
    assert set(json.loads((model / "manifest.json").read_text())["files"]) == names - {"manifest.json"}
    assert "| urgent: auroc |" in said
    assert "# Model first" in (model / "card.md").read_text()
    assert not list((folder / "models").glob("*.new"))
    assert not list((folder / "models").glob("*.work"))


async def test_same_seed_gives_the_same_model_and_promoting_it_is_audited(
    app: Litestar, services: Settings, trained: tuple[Path, Path, str], tmp_path: Path
) -> None:
    folder, data, _ = trained
    command = ("retrain.py", "--data", str(data), *QUICK, "--name", "first", "--promote")
    done = await asyncio.to_thread(run, *command, data_dir=tmp_path, **services_of(services))
    assert done.returncode == 0, done.stderr
    assert "first is in use from now on" in done.stdout
    first, again = (place / "models" / "first" / "learnt.safetensors" for place in (folder, tmp_path))
    assert first.read_bytes() == again.read_bytes()
    (entry,) = await read_entries()
    assert (entry.act, entry.subject, entry.detail) == ("use-model", "model:first", {"before": "released"})


@pytest.mark.parametrize("what", [("--freeze", "2"), ("--lora", "4")])
def test_layers_that_are_left_as_they_are_keep_what_was_learnt_before(
    trained: tuple[Path, Path, str], what: tuple[str, str]
) -> None:
    folder, data, _ = trained
    done = run("retrain.py", "--data", str(data), "--epochs", "1", *what, "--name", what[0][2:], data_dir=folder)
    assert done.returncode == 0, done.stderr
    before, after = (load_file(model / "learnt.safetensors") for model in (RELEASED, folder / "models" / what[0][2:]))
    name = "encoder.encoder.layer.0.intermediate.dense.weight"
    assert np.array_equal(before[name], after[name])


def test_evaluation_prints_and_writes_figures(trained: tuple[Path, Path, str], tmp_path: Path) -> None:
    folder, data, _ = trained
    out = tmp_path / "figures.json"
    done = run("evaluate.py", "--data", str(data), "--model", "first", "--out", str(out), data_dir=folder)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures == json.loads(out.read_text())
    assert figures["rows"] == 120
    value, low, high = figures["all"]["urgent"]["auroc"]
    assert 0 <= low <= value <= high <= 1


def test_candidate_that_finds_fewer_urgent_posts_is_not_promoted(
    trained: tuple[Path, Path, str], tmp_path: Path
) -> None:
    folder, _, _ = trained
    swapped = {"green": "crisis", "crisis": "green", "amber": "red", "red": "amber"}
    data = write(tmp_path / "right.jsonl", rows())
    measured_on = {example.group for example in split_by_group(read_examples([data])).test}
    # What is measured on keeps its right labels; what is learnt from is upside down.
    upside_down = [
        row if row["group"] in measured_on else {**row, "severity": swapped[row["severity"]]} for row in rows()
    ]
    write(data, upside_down)
    done = run("retrain.py", "--data", str(data), *QUICK, "--name", "worse", "--promote", data_dir=folder)
    assert done.returncode == 1
    assert "Not promoted" in done.stderr
    assert not (folder / "models" / "in-use").exists()
    assert (folder / "models" / "worse" / "card.md").exists()


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
    done = run(script, "--data", str(data), data_dir=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "models").exists()


def test_missing_file_is_named(tmp_path: Path) -> None:
    done = run("retrain.py", "--data", str(tmp_path / "nowhere.jsonl"), data_dir=tmp_path)
    assert done.returncode == 1
    assert "nowhere.jsonl" in done.stderr


def test_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    data = write(tmp_path / "posts.jsonl", rows(40))
    limited = f"ulimit -f 2000; exec {sys.executable} scripts/retrain.py --data {data} --epochs 1 --fresh --name full"
    done = subprocess.run(
        ["bash", "-c", limited], capture_output=True, text=True, check=False, cwd=CHECKOUT, env=environment(tmp_path)
    )
    assert done.returncode != 0
    assert not (tmp_path / "models" / "full").exists()


def test_killed_run_goes_on_where_it_last_saved(tmp_path: Path, trained: tuple[Path, Path, str]) -> None:
    folder, data, _ = trained
    command = [
        sys.executable,
        "scripts/retrain.py",
        "--data",
        str(data),
        *QUICK,
        "--name",
        "first",
        "--save-every",
        "1",
    ]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    saved = tmp_path / "models" / "first.work" / "state.safetensors"
    end = time.monotonic() + 120
    while not saved.exists() and process.poll() is None and time.monotonic() < end:
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "models" / "first").exists()

    done = subprocess.run(command, cwd=CHECKOUT, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    gone_on, whole = (place / "models" / "first" / "learnt.safetensors" for place in (tmp_path, folder))
    assert gone_on.read_bytes() == whole.read_bytes()
