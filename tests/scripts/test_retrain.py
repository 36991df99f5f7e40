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
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.support.live import services_of
from tests.support.scripts import CHECKOUT, environment, rows, run, write
from triage.loading import load_bare
from triage.model.graph import rounded
from triage.model.release import load_weights
from triage.model.shelf import RELEASED, ModelShelf
from triage.myths import read_myths
from triage.myths.matching import choose_similarities, embed_library, match_each
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings


class Trained(NamedTuple):
    """A candidate of the tiny encoder."""

    folder: Path
    data: Path
    command: tuple[str, ...]


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


def test_what_is_released_is_what_int8_serves(trained: Trained) -> None:
    """Rounding the weights of a release changes nothing, so in float it has the very weights that serve."""
    release = ModelShelf(trained.folder).open("first")
    weights = load_weights(release)
    for layer, known in release.settings.ranges.items():
        names = [layer] if not layer.endswith("self") else [f"{layer}.{part}" for part in ("query", "key", "value")]
        for name in names:
            scaled = weights[f"{name}.weight"] * known.divisors(weights[f"{name}.weight"].shape[1])
            whole, scale = rounded(scaled)
            np.testing.assert_allclose(whole * scale, scaled, rtol=2e-3, atol=1e-6)


@pytest.fixture(scope="module")
def second(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """What the first one became, learning on from two files of the same name."""
    folder = tmp_path_factory.mktemp("second")
    more = write(folder / trained.data.name, rows(40))
    shutil.copytree(trained.folder / "models" / "first", folder / "models" / "first")
    command = ("retrain.py", "--data", str(trained.data), "--data", str(more), "--epochs", "1", "--name", "second")
    done = run(*command, data_dir=folder, KITH_MODEL="first")
    assert done.returncode == 0, done.stderr
    return Trained(folder, more, command)


def test_recipe_pins_the_model_that_went_on_learning(second: Trained) -> None:
    models = second.folder / "models"
    starts = [json.loads((models / name / "recipe.json").read_text())["start"] for name in ("first", "second")]
    assert starts == ["", sha256((models / "first" / "manifest.json").read_bytes()).hexdigest()]


def test_what_learnt_from_decisions_is_not_learnt_on_from(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.folder / "models" / "first", tmp_path / "models" / "decided")
    manifest = tmp_path / "models" / "decided" / "manifest.json"
    known = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**known, "data": {**known["data"], "decisions": "0" * 64}}))

    command = ("retrain.py", "--data", str(trained.data), "--epochs", "1", "--name", "next")
    done = run(*command, data_dir=tmp_path, KITH_MODEL="decided")

    assert done.returncode == 0, done.stderr
    recipe = json.loads((tmp_path / "models" / "next" / "recipe.json").read_text())
    assert recipe["start"] == sha256((RELEASED / "manifest.json").read_bytes()).hexdigest()


def test_myths_are_named_as_the_candidate_itself_puts_them(trained: Trained) -> None:
    release = ModelShelf(trained.folder).open("first")
    myths = read_myths()
    matches = match_each(myths, embed_library(myths, load_bare(release).embed))
    settings = release.settings
    assert (settings.myth_similarity, settings.deadly_similarity) == choose_similarities(myths, matches)


def test_files_of_one_name_are_each_in_the_manifest(trained: Trained, second: Trained) -> None:
    manifest = json.loads((second.folder / "models" / "second" / "manifest.json").read_text())
    assert manifest["data"] == {
        str(file): sha256(file.read_bytes()).hexdigest() for file in (trained.data, second.data)
    }  # fmt: skip


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


def test_full_disk_is_said_and_leaves_nothing_half_written(trained: Trained, tmp_path: Path) -> None:
    command = " ".join(trained.command)
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 50; exec {sys.executable} scripts/{command}"],
        capture_output=True, text=True, check=False, cwd=CHECKOUT, env=environment(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "models").glob("first*/*.safetensors"))


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
