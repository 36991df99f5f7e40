"""The demo community: loaded once, its logins work, and its texts keep the rules of the house."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.clock import now
from server.demo import load_demo, read_demo
from server.forum.notes import TOPICS
from server.seeding import seed_all
from server.text.personal import find_personal_details
from tests.support.people import submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


async def test_demo_is_loaded_once_and_a_printed_login_works(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())

    printed = await load_demo(app.state.settings)
    again = await load_demo(app.state.settings)

    assert "there already" in again
    login = re.search(r"quiet-otter-41 +([a-z]+(?: [a-z]+){6})$", printed, re.MULTILINE)
    assert login
    answer = await submit(client, "/sign-in", {"handle": "quiet-otter-41", "secret": login[1]})
    assert answer.status_code == 303
    assert "Finally pressed the button" in (await client.get("/me")).text
    assert printed.count("otpauth://totp/") == 2


async def test_demo_leaves_triage_tasks_and_open_reports_of_both_kinds(app: Litestar) -> None:
    await seed_all(now())
    await load_demo(app.state.settings)

    counts = await fetch_one("SELECT (SELECT count(*) FROM post) AS posts, (SELECT count(*) FROM triage_task) AS tasks")
    assert counts["posts"] == counts["tasks"] > 30
    assert [row["kind"] for row in await fetch("SELECT kind FROM report ORDER BY kind")] == ["rules", "worried"]


def test_demo_texts_tell_nobody_who_somebody_is_and_use_known_notes() -> None:
    demo = read_demo()
    texts = [
        text
        for thread in demo.threads
        for text in (thread.title, thread.body, *(reply.body for reply in thread.replies))
    ]

    assert [find_personal_details(text) for text in texts] == [[]] * len(texts)
    notes = {note for thread in demo.threads for note in (thread.note, *(reply.note for reply in thread.replies))}
    assert notes <= {"", *TOPICS}
