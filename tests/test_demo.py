"""The demo community: loaded once, its logins work, and its texts keep the rules of the house."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from pyotp.totp import TOTP

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.demo import load_demo, read_demo
from server.forum.notes import TOPICS
from server.seeding import seed_all
from server.text.personal import find_personal_details
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, submit

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


async def test_printed_admin_passes_the_second_factor(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    printed = await load_demo(app.state.settings)
    login = re.search(r"steady-heron-20 +([a-z]+(?: [a-z]+){6})\n.*app: ([A-Z2-7]+)$", printed, re.MULTILINE)
    assert login

    await submit(client, "/sign-in", {"handle": "steady-heron-20", "secret": login[1]})
    await submit(client, "/sign-in/code", {"code": TOTP(login[2]).now()}, page="/sign-in/code")

    assert (await client.get("/admin")).status_code == 200


async def test_two_loads_at_once_make_one_demo(app: Litestar) -> None:
    await seed_all(now())

    printed = await asyncio.gather(load_demo(app.state.settings), load_demo(app.state.settings))

    assert sorted("there already" in text for text in printed) == [False, True]
    counts = await fetch_one("SELECT count(*) AS members FROM member")
    assert counts["members"] == len(read_demo().handles)


async def test_what_an_admin_wrote_and_was_told_stays_as_it_was(app: Litestar) -> None:
    before = now() - timedelta(days=9)
    await seed_all(before)
    admin = await a_member("kind-wren-7", role="admin")
    await a_thread(await a_board("announcements"), admin, at=before)
    await execute("INSERT INTO notice (member, kind, created_at) VALUES ($1, 'offer', $2)", admin.id, before)

    await load_demo(app.state.settings)

    task = await fetch_one("SELECT task.created_at FROM triage_task AS task ORDER BY task.post LIMIT 1")
    assert task["created_at"] == before
    assert (await fetch_one("SELECT read_at FROM notice WHERE member = $1", admin.id))["read_at"] is None


async def test_demo_leaves_triage_tasks_notices_and_open_reports_of_both_kinds(app: Litestar) -> None:
    await seed_all(now())
    await load_demo(app.state.settings)

    counts = await fetch_one("SELECT (SELECT count(*) FROM post) AS posts, (SELECT count(*) FROM triage_task) AS tasks")
    assert counts["posts"] == counts["tasks"] > 90
    reports = await fetch("SELECT DISTINCT kind FROM report WHERE decided_at IS NULL ORDER BY kind")
    assert [row["kind"] for row in reports] == ["rules", "worried"]
    notices = await fetch("SELECT DISTINCT kind FROM notice ORDER BY kind")
    assert [row["kind"] for row in notices] == ["followed", "reaction", "reply"]


async def test_demo_happened_in_order_within_two_weeks_in_every_board(app: Litestar) -> None:
    moment = now()
    await seed_all(moment)
    await load_demo(app.state.settings, moment)

    posts = await fetch("SELECT created_at FROM post ORDER BY id")
    times = [row["created_at"] for row in posts]
    assert times == sorted(times)
    assert timedelta(0) < moment - times[-1] <= moment - times[0] < timedelta(days=14)
    assert await fetch("SELECT slug FROM board WHERE id NOT IN (SELECT board FROM thread)") == []
    newest = await fetch_one(
        "SELECT greatest((SELECT max(created_at) FROM reaction), (SELECT max(created_at) FROM notice)) AS at"
    )
    assert newest["at"] <= moment


def test_who_has_a_very_hard_night_is_answered_within_the_hour_and_pointed_to_help() -> None:
    hard_nights = [thread for thread in read_demo().threads if thread.note == "suicidal-thoughts"]

    assert len(hard_nights) == 2
    for thread in hard_nights:
        assert thread.hours_ago - thread.replies[0].hours_ago < 1
        assert "*Help now*" in thread.replies[0].body


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
