"""Retraining from the command line, on a few invented posts: what is written, what is refused, what survives a kill."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from transformers import BertConfig, BertModel

from tests.support.live import services_of
from triage.model.base import find_encoder
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    from litestar import Litestar

    from server.settings import Settings

CHECKOUT = Path(__file__).parents[2]


class Trained(NamedTuple):
    """A candidate of the tiny encoder."""

    folder: Path
    data: Path
    command: tuple[str, ...]


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
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder of the same form as the real one that learns nothing in particular, and quickly."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(1)
    form = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(form, add_pooling_layer=False).save_pretrained(folder)
    shutil.copy(find_encoder() / "tokenizer.json", folder)
    return folder


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A data folder with one candidate, and the command that made it."""
    folder = tmp_path_factory.mktemp("retrain")
    data = write(folder / "posts.jsonl", rows())
    command = ("retrain.py", "--data", str(data), "--base", str(tiny_encoder), "--epochs", "1", "--name", "first")
    done = run(*command, data_dir=folder)
    assert done.returncode == 0, done.stderr
    return Trained(folder, data, command)


def weights_of(data_dir: Path, name: str = "first") -> Path:
    return data_dir / "models" / name / "learnt.safetensors"


async def test_promoted_candidate_comes_with_its_card_and_is_audited(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    command = ("retrain.py", "--data", str(data), "--fresh", "--epochs", "1", "--name", "good", "--promote")
    done = await asyncio.to_thread(run, *command, data_dir=tmp_path, **services_of(services))
    assert done.returncode == 0, done.stderr
    assert "| urgent: auroc |" in done.stdout
    assert "good is in use from now on" in done.stdout
    model = tmp_path / "models" / "good"
    names = {file.name for file in model.iterdir()}
    assert {"learnt.safetensors", "model.json", "metrics.json", "manifest.json", "card.md", "confusion.svg"} <= names
    assert set(json.loads((model / "manifest.json").read_text())["files"]) == names - {"manifest.json"}
    assert "# Model good" in (model / "card.md").read_text()
    assert not list((tmp_path / "models").glob("*.new"))
    assert not list((tmp_path / "models").glob("*.work"))
    (entry,) = await read_entries()
    assert (entry.act, entry.subject, entry.detail) == ("use-model", "model:good", {"before": "released"})


def test_same_seed_gives_the_same_model(trained: Trained, tmp_path: Path) -> None:
    done = run(*trained.command, data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    assert weights_of(tmp_path).read_bytes() == weights_of(trained.folder).read_bytes()


@pytest.mark.parametrize("what", [("--freeze", "1"), ("--lora", "4")])
def test_model_that_goes_on_learning_keeps_what_is_left_as_it_was(trained: Trained, what: tuple[str, str]) -> None:
    command = ("retrain.py", "--data", str(trained.data), "--epochs", "1", *what, "--name", what[0][2:])
    done = run(*command, data_dir=trained.folder, KITH_MODEL="first")
    assert done.returncode == 0, done.stderr
    before, after = (load_file(weights_of(trained.folder, name)) for name in ("first", what[0][2:]))
    name = "encoder.encoder.layer.0.intermediate.dense.weight"
    assert np.array_equal(before[name], after[name])


def test_evaluation_prints_and_writes_figures(trained: Trained, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    command = ("evaluate.py", "--data", str(trained.data), "--model", "first", "--out", str(out))
    done = run(*command, data_dir=trained.folder)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures == json.loads(out.read_text())
    assert figures["rows"] == 120
    value, low, high = figures["all"]["urgent"]["auroc"]
    assert 0 <= low <= value <= high <= 1


def test_claims_alone_can_be_measured(tmp_path: Path) -> None:
    data = write(tmp_path / "claims.jsonl", [{key: row[key] for key in ("text", "misinformation")} for row in rows(40)])
    done = run("evaluate.py", "--data", str(data), data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "misinformation" in json.loads(done.stdout)["all"]


def test_candidate_that_finds_fewer_urgent_posts_is_not_promoted(
    trained: Trained, tiny_encoder: Path, tmp_path: Path
) -> None:
    command = ("retrain.py", "--data", str(trained.data), "--base", str(tiny_encoder), "--epochs", "1")
    done = run(*command, "--seed", "7", "--name", "worse", "--promote", data_dir=tmp_path)
    assert done.returncode == 1
    assert "Not promoted" in done.stderr
    assert not (tmp_path / "models" / "in-use").exists()
    assert (tmp_path / "models" / "worse" / "card.md").exists()


@pytest.mark.parametrize("name", ["released", "../elsewhere", "two words", "half.new"])
def test_name_that_would_be_in_the_way_is_refused(tmp_path: Path, name: str) -> None:
    done = run("retrain.py", "--name", name, data_dir=tmp_path)
    assert done.returncode == 2
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
    done = run(script, "--data", str(data), data_dir=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "models").exists()


def test_missing_file_is_named(tmp_path: Path) -> None:
    done = run("retrain.py", "--data", str(tmp_path / "nowhere.jsonl"), data_dir=tmp_path)
    assert done.returncode == 1
    assert "nowhere.jsonl" in done.stderr


def test_full_disk_is_said_and_leaves_nothing_half_written(trained: Trained, tmp_path: Path) -> None:
    command = " ".join(trained.command)
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 500; exec {sys.executable} scripts/{command}"],
        capture_output=True, text=True, check=False, cwd=CHECKOUT, env=environment(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "models" / "first").exists()


def test_killed_run_goes_on_where_it_last_saved(trained: Trained, tmp_path: Path) -> None:
    script, *arguments = trained.command
    command = [sys.executable, f"scripts/{script}", *arguments, "--save-every", "1"]
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
    assert weights_of(tmp_path).read_bytes() == weights_of(trained.folder).read_bytes()
