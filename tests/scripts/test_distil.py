"""A larger encoder that int8 does not know is trained, is served by torch, and teaches the small one."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from transformers import MPNetConfig, MPNetModel

from tests.support.scripts import rows, run, run_here, write
from triage.model.base import find_encoder
from triage.training.adapters import text_key

if TYPE_CHECKING:
    from pathlib import Path

SETS = (
    "pool_peer_support", "counsel_questions", "recovery_stopdrinking",
    "ordinary_goemotions", "everyday_stressors_sad", "crisis_synthetic_short",
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
    """Sets in the form of the real ones, with invented posts."""
    folder = tmp_path_factory.mktemp("sets")
    for name in SETS:
        texts = POSTS if name == "pool_peer_support" else ["A quiet day."]
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            for number, text in enumerate(texts):
                file.write(json.dumps({"id": str(number), "text": text, "severity": "green"}) + "\n")
    return folder


def test_large_encoder_teaches_the_small_one(
    other_encoder: Path, tiny_encoder: Path, real_sets: Path, tmp_path: Path
) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    arguments = ("--data", str(data), "--epochs", "1")
    taught = tmp_path / "taught.jsonl"

    done = run(
        "retrain.py", *arguments, "--base", str(other_encoder), "--freeze", "1", "--name", "teacher", data_dir=tmp_path
    )
    assert done.returncode == 0, done.stderr
    done = run(
        "distil.py", "--teacher", "teacher", "--real", str(real_sets), "--posts", "10", "--out", str(taught),
        data_dir=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lessons = [json.loads(line) for line in taught.read_text().splitlines()]
    assert {lesson["sha256"] for lesson in lessons} <= {text_key(text) for text in POSTS}
    assert len(lessons) == 10
    assert "garden" not in taught.read_text()

    done = run(
        "retrain.py", *arguments, "--base", str(tiny_encoder), "--real", str(real_sets), "--taught", str(taught),
        "--name", "small", data_dir=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "- by the teacher: 10" in (tmp_path / "models" / "small" / "card.md").read_text()


def test_lessons_that_cannot_be_read_are_named(real_sets: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "posts.jsonl", rows())
    taught = write(tmp_path / "taught.jsonl", ["{broken"])
    done = run_here(
        "retrain.py", "--data", str(data), "--real", str(real_sets), "--taught", str(taught), data_dir=tmp_path
    )
    assert done.exit_code == 1
    assert "taught.jsonl cannot be read" in done.stderr
    assert not (tmp_path / "models").exists()


def test_lessons_without_the_posts_they_are_about_are_refused(tmp_path: Path) -> None:
    done = run_here("retrain.py", "--taught", str(tmp_path / "taught.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 2
    assert "--real" in done.stderr
