"""A larger encoder that int8 does not know is trained, is served by torch, and teaches the small one."""

from __future__ import annotations

import gzip
import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from transformers import MPNetConfig, MPNetModel

from tests.support.scripts import rows, run_here, write
from triage.model.base import find_encoder
from triage.training.adapters import LABELS, PIECE_LABELS
from triage.training.examples import read_examples
from triage.training.lessons import UNLABELLED_SETS, lesson_key, unlabelled_posts

if TYPE_CHECKING:
    from pathlib import Path

SETS = (
    "pool_peer_support", "counsel_questions", "recovery_stopdrinking",
    "ordinary_goemotions", "everyday_stressors_sad", "crisis_synthetic_short", "stress_dreaddit",
)  # fmt: skip
POSTS = [f"Day {number} without a drink, and the garden is coming along." for number in range(12)]


@pytest.fixture(scope="module")
def other_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder of another family, with weights by chance."""
    folder = tmp_path_factory.mktemp("encoder")
    config = MPNetConfig(
        vocab_size=30527, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    MPNetModel(config).save_pretrained(folder)
    shutil.copy(find_encoder() / "tokenizer.json", folder)
    return folder


@pytest.fixture(scope="module")
def real_sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sets in the form of the real ones, with invented posts; two of them are there to measure on."""
    folder = tmp_path_factory.mktemp("sets")
    for name in (*SETS, "eval_sdcnl", "misinfo_fullfact"):
        texts = POSTS if name in UNLABELLED_SETS else ["A quiet day."]
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            for number, text in enumerate(texts):
                file.write(json.dumps({"id": str(number), "text": text, "severity": "green"}) + "\n")
    return folder


@pytest.fixture(scope="module")
def school(other_encoder: Path, tiny_encoder: Path, real_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a teacher, its lessons, and the small model that learnt from them."""
    folder = tmp_path_factory.mktemp("school")
    data, taught = write(folder / "posts.jsonl", rows()), folder / "taught.jsonl"
    first = ("--data", str(data), "--epochs", "1")
    for command in (
        ("retrain.py", *first, "--base", str(other_encoder), "--freeze", "1", "--name", "teacher"),
        ("distil.py", "--teacher", "teacher", "--data", str(data), "--real", str(real_sets), "--out", str(taught)),
        ("retrain.py", *first, "--base", str(tiny_encoder), "--real", str(real_sets), "--real-share", "0.5",
         "--taught", str(taught), "--name", "small"),
    ):  # fmt: skip
        done = run_here(*command, data_dir=folder)
        assert done.exit_code == 0, done.stderr
    return folder


def test_large_encoder_teaches_the_small_one(school: Path, real_sets: Path) -> None:
    taught = (school / "taught.jsonl").read_text()
    lessons = [json.loads(line) for line in taught.splitlines()]
    asked = unlabelled_posts(real_sets, read_examples([school / "posts.jsonl"]))
    assert {post.text for post in asked} > set(POSTS)
    assert {lesson["sha256"] for lesson in lessons} == {lesson_key(post) for post in asked}
    assert "garden" not in taught
    assert f"- by the teacher: {len(lessons)}" in (school / "models" / "small" / "card.md").read_text()


def test_several_teachers_say_their_mean_of_posts_that_are_long_enough(
    school: Path, real_sets: Path, tmp_path: Path
) -> None:
    said = {}
    for teachers in (["teacher"], ["small"], ["teacher", "small"]):
        out = tmp_path / "taught.jsonl"
        names = [part for name in teachers for part in ("--teacher", name)]
        done = run_here(
            "distil.py", *names, "--data", str(school / "posts.jsonl"), "--real", str(real_sets),
            "--min-words", "10", "--out", str(out), data_dir=school,
        )  # fmt: skip
        assert done.exit_code == 0, done.stderr
        said[len(teachers), teachers[0]] = {
            lesson["sha256"]: lesson["chances"] for lesson in map(json.loads, out.read_text().splitlines())
        }

    first, second, both = said[1, "teacher"], said[1, "small"], said[2, "teacher"]
    asked = unlabelled_posts(real_sets, read_examples([school / "posts.jsonl"]))
    assert both.keys() == {lesson_key(post) for post in asked if len(post.text.split()) >= 10}
    assert 0 < len(both) < len(asked)
    for key, chances in both.items():
        mean = [(one + other) / 2 for one, other in zip(first[key], second[key], strict=True)]
        assert chances == pytest.approx(mean, abs=2e-4)
        assert chances != first[key]


def test_manifest_names_what_was_learnt_from_and_nothing_else(school: Path, real_sets: Path) -> None:
    sets = [real_sets / f"{name}.jsonl.gz" for name in SETS]
    learnt_from = [school / "posts.jsonl", school / "taught.jsonl", LABELS, PIECE_LABELS, *sets]
    manifest = json.loads((school / "models" / "small" / "manifest.json").read_text())
    assert manifest["data"] == {file.name: sha256(file.read_bytes()).hexdigest() for file in learnt_from}


def test_recipe_says_how_much_of_the_real_posts_was_learnt_from(school: Path) -> None:
    shares = {
        name: json.loads((school / "models" / name / "recipe.json").read_text())["real_share"]
        for name in ("teacher", "small")
    }
    assert shares == {"teacher": 1.0, "small": 0.5}


def test_lessons_that_cannot_be_read_are_named(real_sets: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    taught = write(tmp_path / "taught.jsonl", ["{broken"])
    done = run_here(
        "retrain.py", "--data", str(data), "--real", str(real_sets), "--taught", str(taught), data_dir=tmp_path
    )
    assert done.exit_code == 1
    assert "taught.jsonl cannot be read" in done.stderr
    assert not (tmp_path / "models").exists()


def test_lessons_about_other_posts_are_refused(real_sets: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    taught = write(tmp_path / "taught.jsonl", [{"sha256": "0" * 64, "chances": [0, 0, 0, 0]}])
    done = run_here(
        "retrain.py", "--data", str(data), "--real", str(real_sets), "--taught", str(taught), data_dir=tmp_path
    )
    assert done.exit_code == 1
    assert "taught.jsonl has no lesson for any of these posts" in done.stderr
    assert not (tmp_path / "models").exists()


def test_lessons_without_the_posts_they_are_about_are_refused(tmp_path: Path) -> None:
    done = run_here("retrain.py", "--taught", str(tmp_path / "taught.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 2
    assert "--real" in done.stderr
