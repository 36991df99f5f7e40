"""The real worker with the real model takes up a myth that was vetted while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from server.clock import now
from server.forum.outbox import wake_triage
from tests.faults.test_triaging import start_worker
from tests.support.conversation import a_board, a_thread
from tests.support.myths import a_myth
from tests.support.people import a_member
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from litestar import Litestar

    from server.settings import Settings

SAID = "You can stop your insulin as soon as you eat enough cinnamon, throw it away."


async def test_newly_vetted_myth_is_looked_for_without_a_restart(
    app: Litestar, services: Settings, tmp_path: Path
) -> None:
    board, author = await a_board(), await a_member("calm-fern-12")
    await a_myth("Cinnamon takes the place of insulin.", slug="cinnamon-for-insulin", state="review",
                 harm="life-threatening", phrasings=(SAID,), written_by=author)  # fmt: skip

    async def myth_of_a_new_post() -> str:
        thread = await a_thread(board, author, body=SAID)
        await wake_triage(app.state.redis)

        async def assessment() -> object:
            return await fetch_one("SELECT 1 FROM assessment WHERE post = $1", thread.post_id)

        await until(assessment, within=120)
        return (await fetch_one("SELECT myth FROM assessment WHERE post = $1", thread.post_id))["myth"]

    worker = await start_worker(services, tmp_path / "log")
    try:
        while_in_review = await myth_of_a_new_post()
        await execute("UPDATE myth SET state = 'vetted', updated_at = $1", now())
        once_vetted = await myth_of_a_new_post()
        await execute("UPDATE myth SET state = 'retired', updated_at = $1", now())
        once_retired = await myth_of_a_new_post()
    finally:
        worker.terminate()
        await worker.wait()

    assert (while_in_review, once_vetted, once_retired) == ("", "cinnamon-for-insulin", "")
