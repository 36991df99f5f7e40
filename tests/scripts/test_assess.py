"""The command ``scripts/assess.py``, as others call it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.model import copy_of_release, with_encoder, write_weights
from triage.model.base import find_encoder

CHECKOUT = Path(__file__).parents[2]
SCRIPT = CHECKOUT / "scripts" / "assess.py"
GARDEN = "My garden club met on Saturday and we planted tomatoes, it was fun."
WITHOUT_NETWORK = (
    "import runpy, socket, sys\n"
    "def refuse(*_, **__): raise OSError('the network is cut off')\n"
    "socket.socket.connect = refuse; socket.getaddrinfo = refuse; socket.create_connection = refuse\n"
    f"sys.argv = ['assess.py', *sys.argv[1:]]; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
)


def assess(lines: list[Any], *arguments: str, data_dir: Path) -> tuple[int, list[dict[str, Any]], str]:
    """Run it with the network cut off."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
        env={"KITH_DATA_DIR": str(data_dir), "PATH": ""},
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_every_line_is_answered_in_order_as_the_contract_says(tmp_path: Path) -> None:
    lines: list[Any] = [
        {"id": "a", "text": "I am going to kill myself tonight."},
        "this is no JSON",
        {"id": "c", "text": GARDEN, "title": "Our garden", "parent": "How was your weekend?"},
        {"id": "d"},
        '{"id": 6, "text": "x", "z": ' + "[" * 5000 + "]" * 5000 + "}",
        {"id": 5, "text": "Ya no quiero vivir, nadie me entiende en esta casa."},
    ]
    status, found, _ = assess(lines, data_dir=tmp_path)
    assert status == 1
    assert [one["id"] for one in found] == ["a", None, "c", "d", None, 5]
    assert "error" in found[1]
    assert "error" in found[3]
    assert "error" in found[4]
    fields = {
        "id", "severity", "scores", "urgent", "misinformation", "is_misinformation", "myth", "needs_review", "route",
        "reasons", "model",
    }  # fmt: skip
    assert all(set(one) == fields for one in (found[0], found[2], found[5]))
    assert found[0]["severity"] == "crisis"
    assert found[0]["needs_review"]
    assert list(found[0]["scores"]) == ["green", "amber", "red", "crisis"]
    assert (found[2]["severity"], found[2]["needs_review"], found[2]["route"]) == ("green", False, "publish")
    assert found[5]["needs_review"]


def test_clean_input_ends_with_zero_and_no_input_with_no_output(tmp_path: Path) -> None:
    status, found, _ = assess([{"id": "a", "text": "hello"}], data_dir=tmp_path)
    assert (status, len(found)) == (0, 1)
    assert assess([], data_dir=tmp_path)[:2] == (0, [])


def test_both_backends_agree(tmp_path: Path) -> None:
    lines = [{"id": index, "text": text} for index, text in enumerate(["I want to die.", "Good morning all", "help"])]
    answers = [
        assess(lines, "--model-only", "--backend", backend, data_dir=tmp_path)[1] for backend in ("int8", "torch")
    ]
    for fast, exact in zip(*answers, strict=True):
        assert fast["urgent"] == pytest.approx(exact["urgent"], abs=0.08)


def test_unknown_model_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "models" / "broken").mkdir(parents=True)
    (tmp_path / "models" / "broken" / "manifest.json").write_text("{}")
    status, found, said = assess([{"id": "a", "text": "x"}], "--model", "broken", data_dir=tmp_path)
    assert (status, found) == (1, [])
    assert "cannot be understood" in said


def test_line_on_which_the_model_fails_goes_to_a_person_and_the_exit_status_tells(tmp_path: Path) -> None:
    write_weights(copy_of_release(tmp_path / "models" / "broken"), float("nan"))
    lines = [{"id": "a", "text": GARDEN}, {"id": "b", "text": "I am going to kill myself tonight."}]
    status, found, _ = assess(lines, "--model", "broken", data_dir=tmp_path)
    assert status == 1
    assert [(one["id"], one["severity"], one["needs_review"]) for one in found] == [
        ("a", "amber", True),
        ("b", "crisis", True),
    ]
    assert all(one["reasons"][0].startswith("failure: unread: ") for one in found)
    assert found[0]["urgent"] is None
    assert set(found[0]["scores"].values()) == {None}

    status, found, _ = assess(lines, "--model", "broken", "--model-only", data_dir=tmp_path)
    assert (status, [set(one) for one in found]) == (1, [{"id", "error"}] * 2)


def test_blank_lines_are_no_input(tmp_path: Path) -> None:
    status, found, _ = assess(["", json.dumps({"id": "a", "text": GARDEN}), "  ", "", ""], data_dir=tmp_path)
    assert (status, [one["id"] for one in found]) == (0, ["a"])


def test_mark_at_the_beginning_and_half_an_emoji_are_read_over(tmp_path: Path) -> None:
    lines = ["\ufeff" + json.dumps({"id": "a", "text": GARDEN}), '{"id": "b", "text": "I want to die. \\ud83d"}']
    status, found, _ = assess(lines, data_dir=tmp_path)
    assert (status, [(one["id"], one["severity"]) for one in found]) == (0, [("a", "green"), ("b", "red")])


def test_whoever_sends_one_line_and_waits_gets_its_answer(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
        env={"KITH_DATA_DIR": str(tmp_path), "PATH": ""},
    )
    with running:
        assert running.stdin is not None
        assert running.stdout is not None
        for identity in ("a", "b"):
            running.stdin.write(json.dumps({"id": identity, "text": GARDEN}).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == identity
        running.stdin.close()
    assert running.returncode == 0


def test_model_whose_tokenizer_is_damaged_is_passed_over_or_named(tmp_path: Path) -> None:
    encoder = shutil.copytree(find_encoder(), tmp_path / "encoder")
    with_encoder(copy_of_release(tmp_path / "models" / "own"), encoder)
    (tmp_path / "models" / "in-use").write_text("own\n")
    (encoder / "tokenizer.json").write_bytes((encoder / "tokenizer.json").read_bytes()[:1000])

    status, found, said = assess([{"id": "a", "text": GARDEN}], data_dir=tmp_path)
    assert (status, found[0]["severity"]) == (0, "green")
    assert "model_unusable" in said

    status, found, said = assess([{"id": "a", "text": GARDEN}], "--model", "own", data_dir=tmp_path)
    assert (status, found) == (1, [])
    assert "tokenizer.json" in said
    assert "Traceback" not in said


def test_damaged_model_in_use_is_passed_over_with_a_word_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "models" / "broken").mkdir(parents=True)
    (tmp_path / "models" / "broken" / "manifest.json").write_text("{}")
    (tmp_path / "models" / "in-use").write_text("broken\n")
    status, found, said = assess([{"id": "a", "text": "x"}], data_dir=tmp_path)
    assert (status, len(found)) == (0, 1)
    assert "model_unusable" in said
