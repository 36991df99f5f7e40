"""A run or a candidate goes on with the decisions that it began with, whatever came since, unless some of them went."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest
import pytest_asyncio

from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.taking_down import delete_post
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import decided
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.model import copy_of_release
from tests.support.people import a_member
from triage.model.release import MANIFEST, Manifest, open_release
from triage.scales import Severity
from triage.training.decisions import read_decisions, read_marked
from triage.training.marks import DECISIONS, forget_others, marks_in, outlived, to_learn_from

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from litestar import Litestar

    from tests.support.conversation import Written
    from tests.support.people import Person
    from triage.training.decisions import Decisions

    Deed = Callable[["Talk"], Awaitable[None]]

GREEN = DecisionForm(revision=1, severity=Severity.GREEN)


class Talk(NamedTuple):
    """A thread with an answer, each judged once, and what was decided by then."""

    author: Person
    moderator: Person
    thread: Written
    answer: int
    decision: int
    mark: str


@pytest_asyncio.fixture(loop_scope="session")
async def talk(app: Litestar) -> Talk:
    author, moderator = await a_member("quiet-otter-41"), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), author, title="Tonight", body="Soup.")
    answer = await a_reply(thread, author, "me too")
    await decided(thread.post_id, moderator, GREEN)
    decision = await decided(answer, moderator, GREEN)
    [today] = await read_marked([])
    return Talk(author, moderator, thread, answer, decision, today.mark)


async def judge_another(talk: Talk) -> None:
    await decided(await a_reply(talk.thread, talk.author, "so do I"), talk.moderator, GREEN)


async def edit_opening(talk: Talk) -> None:
    change = Change(title="Today", body="Rice.", note=ContentNote(), revision=1)
    await change_post(talk.thread.post_id, talk.author.id, change, at=now())


async def erase_answer(talk: Talk) -> None:
    await delete_post(talk.answer, talk.author.id, at=now())


async def erase_opening(talk: Talk) -> None:
    await delete_post(talk.thread.post_id, talk.author.id, at=now())


async def take_decision_back(talk: Talk) -> None:
    await undo(talk.decision, talk.moderator.id, at=now())


def begun(models: Path, mark: str) -> Path:
    """A work folder of a run that was killed."""
    work = models / "mine.work"
    work.mkdir(parents=True)
    (work / DECISIONS).write_text(mark)
    (work / "state.safetensors").write_bytes(b"weights")
    return work


def made(models: Path, name: str, mark: str) -> Path:
    """A candidate that learnt from decisions."""
    manifest = copy_of_release(models / name) / MANIFEST
    known = msgspec.json.decode(manifest.read_bytes(), type=Manifest)
    manifest.write_bytes(msgspec.json.encode(msgspec.structs.replace(known, data={DECISIONS: mark})))
    return models / name


async def chosen(models: Path, name: str = "mine", *, is_done: bool = False) -> Decisions:
    known = await read_marked(set(marks_in(models).values()))
    return to_learn_from(known, models, lambda _: models / name, is_done=lambda _: is_done)


@pytest.mark.parametrize(("change", "later"), [(judge_another, 1), (edit_opening, 0)])
async def test_run_that_was_killed_goes_on_after(talk: Talk, tmp_path: Path, change: Deed, later: int) -> None:
    work = begun(tmp_path, talk.mark)
    before = await read_decisions()

    await change(talk)

    decisions = await chosen(tmp_path)
    assert (decisions.mark, decisions.examples, decisions.later) == (talk.mark, before, later)
    forget_others(tmp_path, [decisions.mark])
    assert (work / "state.safetensors").exists()


@pytest.mark.parametrize("change", [erase_answer, erase_opening, take_decision_back])
async def test_run_begins_anew_and_what_it_learnt_goes_after(talk: Talk, tmp_path: Path, change: Deed) -> None:
    work = begun(tmp_path, talk.mark)

    await change(talk)

    known = await read_marked({talk.mark})
    assert talk.mark not in {one.mark for one in known}
    assert (await chosen(tmp_path)).mark == known[0].mark
    forget_others(tmp_path, [one.mark for one in known])
    assert not work.exists()


async def test_candidate_that_was_seen_is_the_one_that_is_promoted_later(talk: Talk, tmp_path: Path) -> None:
    made(tmp_path, "mine", talk.mark)
    await judge_another(talk)
    assert (await chosen(tmp_path)).mark == talk.mark


async def test_later_decisions_are_learnt_from_once_a_candidate_is_done(talk: Talk, tmp_path: Path) -> None:
    made(tmp_path, "mine", talk.mark)
    assert (await chosen(tmp_path, is_done=True)).mark == talk.mark
    await judge_another(talk)
    decisions = await chosen(tmp_path, is_done=True)
    assert (len(decisions.examples), decisions.later) == (3, 0)


async def test_what_another_command_made_is_not_taken_up(talk: Talk, tmp_path: Path) -> None:
    made(tmp_path, "mine", talk.mark)
    await judge_another(talk)
    assert (await chosen(tmp_path, "other")).mark != talk.mark


@pytest.mark.parametrize("mark", ["", "0" * 64, f"x:{'0' * 64}", f"{'9' * 30}:{'0' * 64}", f"1:{'0' * 64}"])
async def test_mark_that_says_nothing_stands_for_nothing(talk: Talk, mark: str) -> None:
    assert [one.mark for one in await read_marked({mark})] == [talk.mark]


async def test_model_in_use_that_learnt_from_what_was_erased_is_named_with_the_way_out(
    talk: Talk, tmp_path: Path
) -> None:
    in_use = open_release(made(tmp_path, "old", talk.mark))
    made(tmp_path, "refused", talk.mark)
    assert outlived(tmp_path, [talk.mark], in_use) == []

    await erase_answer(talk)

    standing = [one.mark for one in await read_marked({talk.mark})]
    reading, left = outlived(tmp_path, standing, in_use)
    assert "kith model use released" in reading
    assert left.endswith(": refused.")
