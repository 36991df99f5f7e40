"""The worker's main job: what it does with posts that it cannot read, and what it says of its own work."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import asyncpg
import pytest
from asyncpg import CannotConnectNowError
from structlog.testing import capture_logs

from models.database import execute, fetch, fetch_one
from server import triaging
from server.clock import now
from server.triage_state import STATE_KEY, TriageState, read_state
from server.triaging import AT_ONCE, Triage, TriageStuck
from tests.support.cases import an_assessment, open_cases
from tests.support.classifiers import CalmClassifier, Counting, FailingOn, HangingOn, Judge, Pondering, triage_with
from tests.support.conversation import a_board, a_thread
from tests.support.installation import kith
from tests.support.live import services_of
from tests.support.model import copy_of_release, rename
from tests.support.people import a_member
from tests.support.waiting import until
from triage.model.release import LEARNT
from triage.queue.tasks import MOST_ATTEMPTS, TAKEN_FOR, count_waiting, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from litestar import Litestar

    from triage.assessment import Assessment
    from triage.classifier import Classifier
    from triage.myths import Myth
    from triage.posts import Post

POISON = "Poison"


async def threads_with_one_poison_post() -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for body in ("Soup today.", POISON, "Rain today."):
        await a_thread(board, author, body=body)


async def failures() -> list[str]:
    return [row["failure"] for row in await fetch("SELECT failure FROM triage_task ORDER BY id")]


async def said(app: Litestar) -> TriageState:
    """Return what the worker last said of itself."""
    state = await read_state(app.state.redis)
    assert state is not None
    return state


async def everything_is_due() -> None:
    await execute("UPDATE triage_task SET available_at = $1 WHERE done_at IS NULL", now())


@pytest.fixture
async def refusing(app: Litestar) -> AsyncIterator[None]:
    """Let ``refuse`` have PostgreSQL refuse the assessment of the poison post."""
    await execute(
        f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF (SELECT body FROM post WHERE id = NEW.post) = '{POISON}' THEN
                RAISE EXCEPTION USING ERRCODE = TG_ARGV[0];
              END IF;
              RETURN NEW; END $$"""
    )
    yield
    await execute("DROP FUNCTION refuse CASCADE")


async def refuse(code: str) -> None:
    await execute(f"CREATE TRIGGER refuse BEFORE INSERT ON assessment FOR EACH ROW EXECUTE FUNCTION refuse('{code}')")


async def test_lag_is_the_age_of_the_oldest_post_of_the_batch(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for age in (timedelta(), timedelta(hours=3), timedelta(minutes=5)):
        await a_thread(board, author, at=now() - age)

    with capture_logs() as lines:
        await triage_with(app, CalmClassifier()).drain()

    assert (await count_waiting())[0] == 0
    [said] = [line for line in lines if line["event"] == "posts_triaged"]
    assert said["posts"] == 3
    assert 3 * 3600 <= said["lag_seconds"] < 3 * 3600 + 60


@pytest.mark.parametrize("failure", [ValueError("odd"), MemoryError(), OSError("disk")])
async def test_any_failure_of_one_post_leaves_the_others_of_its_batch_alone(app: Litestar, failure: Exception) -> None:
    await threads_with_one_poison_post()

    await triage_with(app, FailingOn(failure, POISON)).drain()

    assert await failures() == ["", type(failure).__name__, ""]
    assert (await count_waiting())[0] == 1
    assert len(await fetch("SELECT 1 FROM assessment")) == 2


async def test_post_that_takes_too_long_goes_to_people_after_five_tries_and_the_others_are_read(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triaging, "TOO_SLOW_SECONDS", 0.2)
    await threads_with_one_poison_post()
    classifier = HangingOn(POISON)
    try:
        for _ in range(MOST_ATTEMPTS):
            await everything_is_due()
            with pytest.raises(TriageStuck):
                await triage_with(app, classifier).drain()
            assert "did not come back" in (await said(app)).problem
        await everything_is_due()
        await triage_with(app, classifier).drain()
    finally:
        classifier.let_go.set()

    assert await failures() == ["", "TriageStuck", ""]
    assert (await count_waiting())[0] == 0
    [case] = await open_cases()
    assert "read it yourself" in str(case["reasons"])


async def test_post_that_kills_the_worker_goes_to_people_after_five_tries(app: Litestar) -> None:
    """Each time the worker dies with what it has in hand, the first of it the one that kills."""
    board, author = await a_board(), await a_member("calm-fern-12")
    poison = await a_thread(board, author, body=POISON)
    for _ in range(3):
        await a_thread(board, author, body="Soup today.")
    assert len(await take_tasks(16, at=now())) == 4
    for _ in range(MOST_ATTEMPTS - 1):
        await execute("UPDATE triage_task SET available_at = $2 WHERE post = $1", poison.post_id, now() - TAKEN_FOR)
        assert [task.post_id for task in await take_tasks(16, at=now())] == [poison.post_id]
    await everything_is_due()

    await triage_with(app, FailingOn(AssertionError("it is not to be read again"), POISON)).drain()

    assert (await count_waiting())[0] == 0
    [case] = await open_cases()
    assert case["post"] == poison.post_id
    assert "read it yourself" in str(case["reasons"])
    assert await failures() == ["WorkerLost", "", "", ""]


@pytest.mark.usefixtures("refusing")
async def test_failing_database_is_not_the_fault_of_a_post(app: Litestar) -> None:
    await threads_with_one_poison_post()
    await refuse("57P03")  # cannot connect now
    triage = triage_with(app, CalmClassifier())
    for _ in range(MOST_ATTEMPTS + 1):
        await everything_is_due()
        with pytest.raises(CannotConnectNowError):
            await triage.drain()
    assert len(await fetch("SELECT 1 FROM assessment")) == 2
    await execute("DROP TRIGGER refuse ON assessment")

    await triage.drain()

    assert (await count_waiting())[0] == 0
    assert await open_cases() == []
    assert len(await fetch("SELECT 1 FROM assessment")) == 3


@pytest.mark.usefixtures("refusing")
async def test_post_whose_assessment_cannot_be_written_counts_as_failed(app: Litestar) -> None:
    await threads_with_one_poison_post()
    await refuse("22000")  # data exception

    await triage_with(app, CalmClassifier()).drain()

    assert await failures() == ["", "DataError", ""]
    assert (await fetch_one("SELECT attempts FROM triage_task WHERE done_at IS NULL"))["attempts"] == 1


async def test_post_that_comes_while_sentences_are_weighed_is_read_in_the_same_go(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    await a_thread(board, author)
    classifier = Pondering()
    triage = triage_with(app, classifier)
    going = asyncio.create_task(triage.drain())
    await until(classifier.begun.is_set)
    try:
        await a_thread(board, author)
        assert await triage.drain() == 0
    finally:
        classifier.let_go.set()

    assert await going == 2
    assert await fetch("SELECT 1 FROM assessment WHERE sentences IS NULL") == []


async def test_post_that_comes_after_the_last_look_of_a_drain_is_read_in_the_same_go(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    triage = triage_with(app, CalmClassifier())
    other = await asyncpg.connect(app.state.settings.database_address)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE assessment")
            going = asyncio.create_task(triage.drain())
            await until(somebody_waits_for_a_lock)  # no task was found; now it looks for sentences to weigh
            await a_thread(board, author)
            assert await triage.drain() == 0
    finally:
        await other.close()

    assert await going == 1
    assert (await count_waiting())[0] == 0


async def somebody_waits_for_a_lock() -> bool:
    return bool(await fetch("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'assessment'::regclass"))


async def test_sentences_that_brought_a_worker_down_are_not_weighed_again(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    classifier = Pondering()
    lost = asyncio.create_task(triage_with(app, classifier).drain())
    await until(classifier.begun.is_set)
    lost.cancel()
    classifier.let_go.set()

    next_one = Pondering()
    await triage_with(app, next_one).drain()

    assert not next_one.begun.is_set()


async def test_long_drain_says_that_it_goes_on_and_takes_up_a_newly_chosen_model(app: Litestar, tmp_path: Path) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for _ in range(AT_ONCE + 1):
        await a_thread(board, author)
    (tmp_path / "models").mkdir()

    def judge(post: Post) -> Assessment:
        (tmp_path / "models" / "in-use").write_text("newer")
        return an_assessment()

    first, second = Judge(judge), CalmClassifier()
    second.version = "newer"
    triage = triage_with(app, first, second, data_dir=tmp_path)

    await triage.drain()

    assert triage.state.model == "newer"
    assert (await said(app)).model == "newer"


async def test_worker_that_is_at_it_still_says_so(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))
    classifier = Pondering()
    triage = triage_with(app, classifier)
    going = asyncio.create_task(triage.drain())
    await until(classifier.begun.is_set)
    try:
        await app.state.redis.delete(STATE_KEY)

        await triage.drain()

        assert (await said(app)).model == "calm"
    finally:
        classifier.let_go.set()
        await going


async def test_classifier_that_reads_nothing_is_a_problem_until_it_reads_again(app: Litestar) -> None:
    await threads_with_one_poison_post()

    classifier = FailingOn(MemoryError())
    triage = triage_with(app, classifier)
    for _ in range(MOST_ATTEMPTS + 1):
        await everything_is_due()
        await triage.drain()
        assert "fails on every post (MemoryError)" in (await said(app)).problem
        assert (await count_waiting())[0] == 3
    assert await open_cases() == []

    classifier.word = "nobody says this"
    await everything_is_due()
    await triage.drain()

    assert (await said(app)).problem == ""
    assert (await count_waiting())[0] == 0


async def test_posts_of_one_policy_are_assessed_together(app: Litestar) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for _ in range(AT_ONCE + 3):
        await a_thread(board, author)
    classifier = Counting()

    await triage_with(app, classifier).drain()

    assert sorted(classifier.batches) == [3, AT_ONCE]


async def test_posts_stay_in_hand_however_long_they_are_read(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triaging, "HOLD_ANEW_SECONDS", 0.02)
    await a_thread(await a_board(), await a_member("calm-fern-12"), body=POISON)
    classifier = HangingOn(POISON)
    going = asyncio.create_task(triage_with(app, classifier).drain())

    async def due() -> datetime:
        return (await fetch_one("SELECT available_at FROM triage_task"))["available_at"]

    async def is_in_hand() -> bool:
        return await due() > now()

    async def is_held_anew() -> bool:
        return await due() > first

    try:
        await until(is_in_hand)
        first = await due()
        await until(is_held_anew)
    finally:
        classifier.let_go.set()
        await going

    assert (await count_waiting())[0] == 0


async def test_one_post_that_cannot_be_read_is_no_problem_of_the_classifier(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"), body=POISON)

    await triage_with(app, FailingOn(ValueError("odd"), POISON)).drain()

    assert await failures() == ["ValueError"]
    assert (await said(app)).problem == ""


async def test_library_of_myths_that_cannot_be_taken_does_not_stop_the_reading(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))

    class Forgetful(CalmClassifier):
        """Has no room for myths."""

        def looking_for(self, myths: Sequence[Myth]) -> CalmClassifier:
            raise MemoryError

    assert await triage_with(app, Forgetful()).drain() == 1
    assert (await count_waiting())[0] == 0


async def test_classifier_that_cannot_be_loaded_is_a_problem_and_everything_waits(app: Litestar) -> None:
    await a_thread(await a_board(), await a_member("calm-fern-12"))

    def load() -> Classifier:
        raise MemoryError

    await Triage(app.state.settings, app.state.redis, load=load).drain()

    assert (await said(app)).problem == "MemoryError"
    assert (await count_waiting())[0] == 1


SOUP = "We had soup today, and it was good."


async def severities_of_open_cases() -> list[Severity]:
    return [Severity(cast("int", case["severity"])) for case in await open_cases()]


async def test_running_worker_takes_up_changed_thresholds_and_keeps_them_where_a_file_is_broken(
    app: Litestar, tmp_path: Path
) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    triage = Triage(replace(app.state.settings, data_dir=tmp_path), app.state.redis)

    async def read_soup() -> list[Severity]:
        await a_thread(board, author, body=SOUP)
        await triage.drain()
        return await severities_of_open_cases()

    assert await read_soup() == []
    done = await kith(
        tmp_path, "model", "thresholds", "released", "--amber", "0.0001", **services_of(app.state.settings)
    )
    assert done.status == 0, done.output
    assert await read_soup() == [Severity.AMBER]
    (tmp_path / "models" / "thresholds.json").write_text("{broken")
    assert await read_soup() == [Severity.AMBER] * 2
    (tmp_path / "models" / "thresholds.json").unlink()
    assert await read_soup() == [Severity.AMBER] * 2
    assert (await said(app)).problem == ""


async def test_running_worker_takes_up_a_promoted_model_and_what_came_to_lie_in_its_place(
    app: Litestar, tmp_path: Path
) -> None:
    triage = Triage(replace(app.state.settings, data_dir=tmp_path), app.state.redis)
    await triage.drain()
    released = (await said(app)).model
    folder = tmp_path / "models" / "newer"
    folder.parent.mkdir()
    rename(copy_of_release(folder), "newer")
    assert (await kith(tmp_path, "model", "use", "newer", **services_of(app.state.settings))).status == 0

    await triage.drain()
    assert (await said(app)).model == "newer"

    rename(folder, "newest")
    await triage.drain()
    assert (await said(app)).model == "newest"

    assert (await kith(tmp_path, "model", "use", "released", **services_of(app.state.settings))).status == 0
    await triage.drain()
    assert (await said(app)).model == released


async def test_running_worker_keeps_reading_where_the_promoted_model_is_damaged(app: Litestar, tmp_path: Path) -> None:
    triage = Triage(replace(app.state.settings, data_dir=tmp_path), app.state.redis)
    await triage.drain()
    before = await said(app)
    copy_of_release(tmp_path / "models" / "newer").joinpath(LEARNT).unlink()
    (tmp_path / "models" / "in-use").write_text("newer\n")
    await a_thread(await a_board(), await a_member("calm-fern-12"), body=SOUP)

    assert await triage.drain() == 1

    assert await said(app) == before
    assert before.problem == ""
