"""The corpus is checked from the command line: ours passes, and each thing that can be wrong with one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scripts import CHECKOUT, run_here, write
from triage.posts import Post
from triage.training.examples import Example
from triage.training.splits import split_by_group

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

LEVELS = ("green", "amber", "red", "crisis")


def family_in(split: str, number: int = 0) -> str:
    """Return the name of a family that falls into a split."""
    names = (f"family-{index}" for index in range(number, 10_000))
    return next(name for name in names if getattr(split_by_group([Example(post=Post(text=""), group=name)]), split))


def row(text: str, **more: Any) -> dict[str, Any]:
    return {
        "text": text, "severity": "green", "misinformation": 0, "group": "one", "kind": "any", "voice": "plain", **more
    }  # fmt: skip


def balanced() -> list[dict[str, Any]]:
    """Return rows in which each split has enough of each label."""
    return [
        row(f"{split} {number}", severity=LEVELS[number % 4], misinformation=int(number < 2), group=family_in(split))
        for split in ("train", "dev", "test")
        for number in range(8)
    ]


def lint(folder: Path, *rows: Any, functional: tuple[Any, ...] = (), options: tuple[str, ...] = ()) -> Result:
    """Lint rows among others in which nothing is wrong."""
    corpus = write(folder / "corpus.jsonl", [*balanced(), *rows])
    tested = write(folder / "functional.jsonl", [{"text": "a b c", "kind": "any", "severity": "green"}, *functional])
    return run_here(
        "lint_corpus.py", "--corpus", str(corpus), "--functional", str(tested), *options, data_dir=folder
    )  # fmt: skip


def problems(done: Result) -> list[str]:
    kinds = ("form: ", "twice: ", "balance: ", "leak: ", "instructs: ", "twin: ")
    return [line for line in done.stdout.splitlines() if line.startswith(kinds)]


def test_every_row_of_our_corpus_passes(tmp_path: Path) -> None:
    done = run_here("lint_corpus.py", data_dir=tmp_path)
    assert problems(done) == []
    assert done.exit_code == 0
    files = list((CHECKOUT / "triage" / "corpus").iterdir())
    lines = sum(len(file.read_bytes().splitlines()) for file in files)
    assert done.stdout.startswith(f"{lines} posts of {len(files)} files in ")


def test_corpus_in_which_nothing_is_wrong_passes(tmp_path: Path) -> None:
    done = lint(tmp_path)
    assert problems(done) == []
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{broken", "malformed"),
        (row("Hello.", severity="purple"), "purple"),
        (row("Hello.", misinformation=2), "misinformation"),
        (row("Hello.", voice="angry"), "angry"),
        (row("Hello.", serverity="red"), "serverity"),
        (row("Hello.", group=""), "group"),
        ({key: value for key, value in row("Hello.").items() if key != "severity"}, "severity"),
        (row(""), "text"),
        ("", "line 25"),
    ],
)
def test_row_of_another_form_is_named_with_its_line(tmp_path: Path, wrong: Any, said: str) -> None:
    done = lint(tmp_path, wrong)
    assert done.exit_code == 1
    [problem] = problems(done)
    assert problem.startswith("form: ")
    assert "corpus.jsonl, line 25" in problem
    assert said in problem


@pytest.mark.parametrize("wrong", [{"text": "Hello.", "kind": "any"}, {"text": "Hello.", "severity": "red"}])
def test_functional_row_that_asks_for_nothing_or_is_of_no_kind_is_named(tmp_path: Path, wrong: Any) -> None:
    done = lint(tmp_path, functional=(wrong,))
    assert done.exit_code == 1
    assert "functional.jsonl, line 2" in problems(done)[0]


def test_same_post_twice_is_named_also_with_other_white_space(tmp_path: Path) -> None:
    done = lint(tmp_path, row("We had  soup."), row("We had soup.", group=family_in("train")))
    assert done.exit_code == 1
    assert problems(done) == [f"twice: the same post in corpus/one, corpus/{family_in('train')}"]


@pytest.mark.parametrize("other", [{"parent": "Are you all right?"}, {"title": "Today"}])
def test_same_words_elsewhere_are_another_post(tmp_path: Path, other: dict[str, str]) -> None:
    assert problems(lint(tmp_path, row("We had soup."), row("We had soup.", **other))) == []


@pytest.mark.parametrize("label", [*LEVELS, "misinformation"])
def test_label_that_is_too_rare_in_a_split_is_named(tmp_path: Path, label: str) -> None:
    rows = [
        row(f"Number {number}", severity=level, misinformation=claim, group=family_in("dev"))
        for number, (level, claim) in enumerate([(level, claim) for level in LEVELS for claim in (0, 1)] * 10)
        if label != (level if label in LEVELS else ("", "misinformation")[claim])
    ]
    done = lint(tmp_path, *rows)
    assert done.exit_code == 1
    assert problems(done) == [f"balance: dev: too little {label}"]


def test_empty_split_is_too_little_of_everything(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus.jsonl", [one for one in balanced() if "test" not in one["text"]])
    done = run_here("lint_corpus.py", "--corpus", str(corpus), data_dir=tmp_path)
    assert [problem.split(": ")[1] for problem in problems(done)] == ["test"] * 5


STORY = "My sister came over on Sunday with her two boys and the dog, and we went down to the river to look for herons."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row("Is anybody else here tonight?"), row("is anybody else here TONIGHT")),
        (row(STORY), row(f"Hello all. {STORY} It was cold.")),
        (row("Yes.", parent=STORY), row("No.", parent=STORY)),
    ],
)
def test_words_of_one_split_in_another_are_a_leak(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any]
) -> None:
    train, test = family_in("train"), family_in("test")
    done = lint(tmp_path, {**first, "group": train}, {**second, "group": test})
    assert done.exit_code == 1
    [problem] = problems(done)
    assert problem.startswith(f"leak: {train} (train) and {test} (test) share ")


def test_words_of_the_corpus_in_a_functional_set_are_a_leak(tmp_path: Path) -> None:
    done = lint(tmp_path, row(STORY), functional=({"text": STORY, "kind": "any", "severity": "green"},))
    assert done.exit_code == 1
    [problem] = problems(done)
    assert problem.startswith("leak: one (")
    assert "(functional)" in problem


def test_words_within_one_split_and_very_short_posts_are_no_leak(tmp_path: Path) -> None:
    train, other, test = family_in("train"), family_in("train", 1000), family_in("test")
    assert train != other
    rows = [row(STORY, group=train), row(f"{STORY} Bye.", group=other)]
    short = [row("Me too, really.", group=train), row("me too really", group=test)]
    assert problems(lint(tmp_path, *rows, *short)) == []


@pytest.mark.parametrize("where", ["text", "title", "parent"])
@pytest.mark.parametrize("severity", ["green", "crisis"])
def test_what_tells_how_is_named_wherever_it_stands(tmp_path: Path, where: str, severity: str) -> None:
    # Invented, and harmless: a means beside words that instruct.
    told = "The best way to polish a blade is with a soft cloth."
    done = lint(tmp_path, {**row("Hello.", severity=severity), where: told})
    assert done.exit_code == 1
    [problem] = problems(done)
    assert problem.startswith(f"instructs: one: '{told}'")


def test_ordinary_amounts_instruct_nobody(tmp_path: Path) -> None:
    assert problems(lint(tmp_path, row("I take two tablets of ibuprofen for my knee."))) == []


SAYS = "I am so tired of being on my own every evening."
SAME = "I'm so tired of being on my own every evening."


def test_twins_are_looked_for_on_demand(tmp_path: Path) -> None:
    rows = [row(SAYS, group=family_in("train")), row(SAME, group=family_in("train", 1000))]
    assert problems(lint(tmp_path, row(SAYS), row(SAME))) == []
    done = lint(tmp_path, *rows, options=("--near",))
    assert done.exit_code == 1
    [problem] = problems(done)
    assert problem.startswith("twin: ")
    assert SAYS in problem


def test_twin_in_a_functional_set_is_named(tmp_path: Path) -> None:
    tested = {"text": SAME, "kind": "any", "severity": "green"}
    done = lint(tmp_path, row(SAYS), functional=(tested,), options=("--near",))
    assert done.exit_code == 1
    assert problems(done) == [f"twin: one is a functional row: {SAME!r}"]


def test_posts_of_one_family_may_be_near_and_others_far(tmp_path: Path) -> None:
    done = lint(tmp_path, row(SAYS), row("We planted tomatoes and beans in the garden."), options=("--near",))
    assert problems(done) == []
    assert done.exit_code == 0


@pytest.mark.parametrize("which", ["--corpus", "--functional"])
def test_missing_file_is_named(tmp_path: Path, which: str) -> None:
    done = run_here("lint_corpus.py", which, str(tmp_path / "nowhere.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 1
    assert "nowhere.jsonl cannot be read" in done.stderr
    assert isinstance(done.exception, SystemExit)


def test_empty_corpus_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("")
    done = run_here("lint_corpus.py", "--corpus", str(tmp_path / "none.jsonl"), data_dir=tmp_path)
    assert done.exit_code == 1
    assert "no example" in done.stderr
