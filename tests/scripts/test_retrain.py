"""Retraining from the command line, on a few invented posts: what is written, what is refused, what survives a kill."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.support.live import services_of
from tests.support.scripts import CHECKOUT, environment, rows, run, run_here, write
from tests.support.waiting import until
from triage.loading import load_bare
from triage.model.graph import rounded
from triage.model.release import load_weights
from triage.model.shelf import RELEASED, ModelShelf
from triage.myths import read_myths
from triage.myths.matching import choose_similarities, embed_library, match_each
from triage.queue.audit import read_entries
from triage.training.retraining import to_go_on_from

if TYPE_CHECKING:
    from collections.abc import Generator
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
    done = run_here(*command, data_dir=folder)
    assert done.exit_code == 0, done.stderr
    return Trained(folder, data, command)


def weights_of(data_dir: Path, name: str = "first") -> Path:
    return data_dir / "models" / name / "learnt.safetensors"


async def test_candidate_that_was_seen_first_is_promoted_with_its_card_and_audited(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    command = ("retrain.py", "--data", str(data), "--kept-share", "0.005", "--epochs", "1", "--name", "good")
    seen = await asyncio.to_thread(run_here, *command, data_dir=tmp_path)
    done = await asyncio.to_thread(run, *command, "--promote", data_dir=tmp_path, **services_of(services))
    assert done.returncode == 0, done.stderr
    assert "| urgent: auroc |" in seen.stdout
    assert "| urgent: auroc |" in done.stdout
    assert "Training good" not in done.stderr
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
    done = run_here(*trained.command, data_dir=tmp_path)
    assert done.exit_code == 0, done.stderr
    assert weights_of(tmp_path).read_bytes() == weights_of(trained.folder).read_bytes()


@pytest.mark.parametrize("what", [("--freeze", "1"), ("--lora", "4")])
def test_model_that_goes_on_learning_keeps_what_is_left_as_it_was(trained: Trained, what: tuple[str, str]) -> None:
    command = ("retrain.py", "--data", str(trained.data), "--epochs", "1", *what, "--name", what[0][2:])
    done = run_here(*command, data_dir=trained.folder, KITH_MODEL="first")
    assert done.exit_code == 0, done.stderr
    before, after = (load_file(weights_of(trained.folder, name)) for name in ("first", what[0][2:]))
    left, learnt = (f"encoder.encoder.layer.{name}" for name in ("0.output.dense.bias", "1.output.dense.weight"))
    assert np.array_equal(before[left], after[left])
    assert not np.array_equal(before[learnt], after[learnt])


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
    done = run_here(*command, data_dir=folder, KITH_MODEL="first")
    assert done.exit_code == 0, done.stderr
    return Trained(folder, more, command)


def test_recipe_pins_the_model_that_went_on_learning(second: Trained) -> None:
    models = second.folder / "models"
    starts = [json.loads((models / name / "recipe.json").read_text())["start"] for name in ("first", "second")]
    assert starts == ["", sha256((models / "first" / "manifest.json").read_bytes()).hexdigest()]


@pytest.mark.parametrize(
    ("learnt_from", "learns_from", "start"),
    [("posts", "posts", "own"), ("decisions", "posts", "released"), ("posts", "decisions", "released")],
)
def test_what_learns_from_decisions_neither_goes_on_nor_is_learnt_on_from(
    trained: Trained, tmp_path: Path, learnt_from: str, learns_from: str, start: str
) -> None:
    shelf = ModelShelf(tmp_path)
    shutil.copytree(trained.folder / "models" / "first", shelf.folder / "own")
    manifest = shelf.folder / "own" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "data": {learnt_from: "0" * 64}}))

    found = to_go_on_from(shelf, shelf.open("own"), decisions=learns_from == "decisions")

    assert found is not None
    assert found.folder == (RELEASED if start == "released" else shelf.folder / "own")


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
    done = run_here(*command, data_dir=trained.folder)
    assert done.exit_code == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures == json.loads(out.read_text())
    assert figures["rows"] == 120
    value, low, high = figures["all"]["urgent"]["auroc"]
    assert 0 <= low <= value <= high <= 1


def test_claims_alone_can_be_measured(tmp_path: Path) -> None:
    data = write(tmp_path / "claims.jsonl", [{key: row[key] for key in ("text", "misinformation")} for row in rows(40)])
    done = run_here("evaluate.py", "--data", str(data), data_dir=tmp_path)
    assert done.exit_code == 0, done.stderr
    assert "misinformation" in json.loads(done.stdout)["all"]


def test_candidate_that_finds_fewer_urgent_posts_is_not_promoted(
    trained: Trained, tiny_encoder: Path, tmp_path: Path
) -> None:
    command = ("retrain.py", "--data", str(trained.data), "--base", str(tiny_encoder), "--epochs", "1")
    done = run_here(*command, "--seed", "7", "--name", "worse", "--promote", data_dir=tmp_path)
    assert done.exit_code == 1
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


def test_candidate_that_forgot_what_our_corpus_taught_is_not_promoted(trained: Trained, tmp_path: Path) -> None:
    """It tells the few given posts apart as well as the model in use does."""
    command = ("retrain.py", "--data", str(trained.data), "--fresh", "--epochs", "1", "--name", "forgot", "--promote")
    done = run_here(*command, data_dir=tmp_path)
    assert done.exit_code == 1
    assert "fewer urgent posts at equal workload" not in done.stderr
    assert "crisis, found at the thresholds, on our corpus: " in done.stderr
    assert "misinformation, average precision, on our corpus: " in done.stderr
    assert not (tmp_path / "models" / "in-use").exists()


def test_model_of_other_data_under_the_same_name_is_left_alone(trained: Trained, tmp_path: Path) -> None:
    other = write(tmp_path / "others.jsonl", rows(40))
    script, _, _, *rest = trained.command
    done = run_here(script, "--data", str(other), *rest, "--promote", data_dir=trained.folder)
    assert done.exit_code == 1
    assert "of other data" in done.stderr
    assert "kith model use first" in done.stderr
    assert "remove" not in done.stderr


@contextmanager
def running(command: tuple[str, ...], data_dir: Path, name: str) -> Generator[subprocess.Popen[str]]:
    """Start a training, and hold it as soon as it has saved what it learnt; it is killed if it has not ended then."""
    script, *arguments = command
    process = subprocess.Popen(
        [sys.executable, f"scripts/{script}", *arguments, "--save-every", "1"],
        cwd=CHECKOUT, env=environment(data_dir), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        saved = data_dir / "models" / f"{name}.work" / "state.safetensors"
        asyncio.run(until(lambda: saved.exists() or process.poll() is not None, within=120))
        process.send_signal(signal.SIGSTOP)
        yield process
        process.kill()


@pytest.fixture(scope="module")
def killed(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves that was killed when it had saved what it learnt: its data folder."""
    folder = tmp_path_factory.mktemp("killed")
    with running(trained.command, folder, "first"):
        pass
    assert not (folder / "models" / "first").exists()
    return folder


def test_killed_run_goes_on_where_it_last_saved(trained: Trained, killed: Path, tmp_path: Path) -> None:
    shutil.copytree(killed, tmp_path, dirs_exist_ok=True)

    done = run_here(*trained.command, "--save-every", "1", data_dir=tmp_path)

    assert done.exit_code == 0, done.stderr
    assert weights_of(tmp_path).read_bytes() == weights_of(trained.folder).read_bytes()


def test_run_whose_saved_state_is_damaged_begins_anew_and_says_so(
    trained: Trained, killed: Path, tmp_path: Path
) -> None:
    shutil.copytree(killed, tmp_path, dirs_exist_ok=True)
    state = tmp_path / "models" / "first.work" / "state.safetensors"
    os.truncate(state, state.stat().st_size // 2)

    done = run(*trained.command, "--save-every", "1", data_dir=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "saved_state_unreadable" in done.stderr
    assert weights_of(tmp_path).read_bytes() == weights_of(trained.folder).read_bytes()


def test_same_training_started_twice_is_told_so_and_the_first_ends_well(trained: Trained, tmp_path: Path) -> None:
    with running(trained.command, tmp_path, "first") as process:
        second = run_here(*trained.command, data_dir=tmp_path)
        process.send_signal(signal.SIGCONT)
        said = process.communicate()[1]
    assert second.exit_code == 1
    assert "runs already" in second.stderr
    assert process.returncode == 0, said
    assert weights_of(tmp_path).exists()


def test_candidate_is_measured_beside_what_was_put_in_use_meanwhile(trained: Trained, tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shutil.copytree(trained.folder / "models" / "first", shelf.folder / "first")
    shelf.put_in_use("first")
    command = tuple("late" if word == "first" else word for word in trained.command)
    with running((*command, "--promote"), tmp_path, "late") as process:
        shelf.put_in_use("released")
        process.send_signal(signal.SIGCONT)
        shown, said = process.communicate()
    assert f"{shelf.open('released').manifest.version} was put in use" in shown
    assert process.returncode == 1
    assert "Not promoted" in said
    assert shelf.chosen()[0] == "released"


async def test_what_was_learnt_from_other_decisions_goes(app: Litestar, services: Settings, tmp_path: Path) -> None:
    models = tmp_path / "models"
    for name in ("older.work", "older.new", "posts.work"):
        (models / name).mkdir(parents=True)
        (models / name / "state.safetensors").write_bytes(b"weights")
    (models / "older.work" / "decisions").write_text("0" * 64)
    command = ("retrain.py", "--decisions", "--base", "nobody/nothing-at-all")

    done = await asyncio.to_thread(run, *command, data_dir=tmp_path, **services_of(services))

    assert "nobody/nothing-at-all is neither" in done.stderr
    assert [folder.name for folder in models.iterdir()] == ["posts.work"]
