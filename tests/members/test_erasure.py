"""Erasing an account: nothing of the member stays, and nothing of anybody else goes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from models.members import AvoidanceKind
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.drafts import DraftText, save_draft
from server.forum.notes import ContentNote
from server.members.avoidance import avoid
from server.members.erasure import TITLE_OF_NOBODY, LastAdmin, erase_member, forget_orphaned_reports
from server.web.sessions import end_sessions
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter, hidden_fields, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

WORDS = "heron lantern walnut"
"""Appears in everything that the leaving member wrote, and nowhere else."""


async def erase(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    """Erase through the page."""
    return await submit(
        client, "/account/erase", {"handle": person.handle, "secret": person.phrase}, page="/account/erase"
    )


async def test_the_page_says_what_will_happen(app: Litestar, client: httpx.AsyncClient) -> None:
    leaver, other, board = await a_member("calm-otter-12"), await a_member("brave-wren-7"), await a_board()
    answered = await a_thread(board, leaver)
    await a_reply(answered, other)
    await a_thread(board, leaver)
    await enter(client, app, leaver)

    page = (await client.get("/account/erase")).text

    assert "The text of your posts (2)" in page
    assert "in which nobody else wrote (1)" in page
    assert "in which others wrote (1)" in page
    assert TITLE_OF_NOBODY in page
    assert "/account/export" in page


async def test_nothing_that_the_member_wrote_stays_in_the_database(app: Litestar, client: httpx.AsyncClient) -> None:
    leaver, other, board = await a_member("calm-otter-12"), await a_member("brave-wren-7"), await a_board()
    own = await a_thread(board, leaver, title=f"Title {WORDS}", body=f"Body {WORDS}")
    await a_reply(own, other, "I hear you.")
    alone = await a_thread(board, leaver, title=f"Alone {WORDS}", body=WORDS)
    theirs = await a_thread(board, other, title="Their thread", body="Their words")
    mine = await a_reply(theirs, leaver, f"Answer {WORDS}")
    note = ContentNote("medical", WORDS)
    await change_post(mine, leaver.id, Change("", f"Changed {WORDS}", note, revision=1), at=now())
    await save_draft(leaver.id, f"board:{board.id}", DraftText(WORDS, WORDS, note), at=now())
    await avoid(leaver.id, other.id, AvoidanceKind.MUTE, at=now())
    await avoid(other.id, leaver.id, AvoidanceKind.BLOCK, at=now())
    await enter(client, app, leaver)
    await client.get("/account")

    answer = await erase(client, leaver)

    assert goes_to(answer) == ("/", "erased")
    everything = await whole_database()
    assert "lantern" not in everything
    assert "calm-otter-12" not in everything
    assert await fetch("SELECT 1 FROM thread WHERE id = $1", alone.thread_id) == []
    assert await fetch("SELECT 1 FROM member WHERE id = $1", leaver.id) == []
    for table in ("avoidance", "draft", "session"):
        assert await fetch(f"SELECT 1 FROM {table}") == []
    assert await app.state.redis.keys("session:*") == []


async def whole_database() -> str:
    """Return every row of every table as text."""
    tables = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await fetch(f'SELECT t::text AS words FROM "{table["tablename"]}" AS t') for table in tables]
    return "\n".join(row["words"] for found in rows for row in found)


async def test_threads_with_answers_of_others_survive_under_a_neutral_title(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    own = await a_thread(await a_board(), leaver, title="My long night")
    first = await a_reply(own, other, "I hear you.")
    await a_reply(own, leaver, "Thank you.", to=first)
    await enter(client, app, leaver)

    await erase(client, leaver)

    thread = await fetch_one("SELECT * FROM thread WHERE id = $1", own.thread_id)
    assert (thread["title"], thread["author"], thread["deleted_at"]) == (TITLE_OF_NOBODY, None, None)
    assert (thread["reply_count"], thread["last_post"]) == (1, first)
    posts = await fetch("SELECT author, body, state, submission_key FROM post ORDER BY id")
    assert [tuple(post)[:3] for post in posts] == [
        (None, "", "deleted"), (other.id, "I hear you.", "published"), (None, "", "deleted"),
    ]  # fmt: skip
    page = (await client.get(f"/threads/{own.thread_id}")).text
    assert "I hear you." in page
    assert "My long night" not in page


async def test_counts_and_newest_post_of_others_threads_stay_right(app: Litestar) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    theirs = await a_thread(await a_board(), other)
    stays = await a_reply(theirs, other, "Day two.")
    await a_reply(theirs, leaver)
    await a_reply(theirs, leaver)

    await erase_member(app.state.redis, leaver.id, at=now())

    thread = await fetch_one("SELECT reply_count, last_post, last_post_at, deleted_at FROM thread")
    newest = await fetch_one("SELECT created_at FROM post WHERE id = $1", stays)
    assert (thread["reply_count"], thread["last_post"]) == (1, stays)
    assert thread["last_post_at"] == newest["created_at"]
    assert thread["deleted_at"] is None


async def test_outbox_revisions_reactions_and_notices_of_the_posts_go(app: Litestar) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    theirs = await a_thread(await a_board(), other)
    mine = await a_reply(theirs, leaver)
    await execute(
        "INSERT INTO reaction (post, member, kind, created_at) VALUES ($1, $2, 'helped', $3)", mine, other.id, now()
    )

    await erase_member(app.state.redis, leaver.id, at=now())

    for table in ("triage_task", "post_revision", "reaction", "notice"):
        assert await fetch(f"SELECT 1 FROM {table} WHERE post = $1", mine) == []
    assert await fetch("SELECT 1 FROM triage_task WHERE post = $1", theirs.post_id) != []


async def test_what_was_told_to_moderators_loses_its_author_and_in_the_end_its_words(app: Litestar) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    theirs = await a_thread(await a_board(), other)
    await execute(
        """INSERT INTO report (post, reporter, kind, reason, details, created_at, outcome, decided_at)
           VALUES ($1, $2, 'worried', '', 'still open', $3, NULL, NULL),
                  ($1, $2, 'rules', '', 'settled', $3, 'nothing-wrong', $3)""",
        theirs.post_id, leaver.id, now(),
    )  # fmt: skip

    await erase_member(app.state.redis, leaver.id, at=now())
    after_leaving = await fetch("SELECT reporter, details FROM report ORDER BY id")
    await execute("UPDATE report SET decided_at = $1", now())
    await forget_orphaned_reports()

    assert [tuple(row) for row in after_leaving] == [(None, "still open"), (None, "")]
    assert [row["details"] for row in await fetch("SELECT details FROM report")] == ["", ""]


async def test_the_browser_forgets_too(app: Litestar, client: httpx.AsyncClient) -> None:
    leaver = await a_member("calm-otter-12")
    await enter(client, app, leaver)

    answer = await erase(client, leaver)

    assert answer.headers["clear-site-data"] == '"storage"'
    assert "kith-session" not in client.cookies


async def test_the_second_of_two_taps_says_the_same(app: Litestar, client: httpx.AsyncClient) -> None:
    leaver = await a_member("calm-otter-12")
    await enter(client, app, leaver)
    cookies = dict(client.cookies)
    form = {
        **hidden_fields((await client.get("/account/erase")).text),
        "handle": leaver.handle,
        "secret": leaver.phrase,
    }
    cookies |= dict(client.cookies)

    await client.post("/account/erase", data=form)
    for name, value in cookies.items():
        client.cookies.set(name, value, domain="127.0.0.1", path="/")
    second = await client.post("/account/erase", data=form)

    assert goes_to(second) == ("/", "erased")


@pytest.mark.parametrize("typed", ["calm-otter-21", "calm-otter-12"])
async def test_nobody_whose_session_ended_is_told_that_their_words_are_gone(
    app: Litestar, client: httpx.AsyncClient, typed: str
) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)
    form = hidden_fields((await client.get("/account/erase")).text)
    await end_sessions(app.state.redis, person.id)

    answer = await client.post("/account/erase", data={**form, "handle": typed, "secret": person.phrase})

    assert answer.headers["location"].startswith("/sign-in")
    assert await fetch("SELECT 1 FROM member") != []


@pytest.mark.parametrize("forged", ["", "42", "gAAAAABmade-up", "\u2603"])
async def test_a_forged_form_is_not_told_who_is_gone(app: Litestar, client: httpx.AsyncClient, forged: str) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)
    form = hidden_fields((await client.get("/account/erase")).text)
    await erase_member(app.state.redis, person.id, at=now())

    answer = await client.post("/account/erase", data={**form, "account": forged, "handle": person.handle})

    assert answer.headers["location"].startswith("/sign-in")


async def test_a_signed_out_form_erases_nobody(client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")

    answer = await submit(client, "/account/erase", {"handle": person.handle, "secret": person.phrase})

    assert answer.headers["location"].startswith("/sign-in")
    assert await fetch("SELECT 1 FROM member") != []


@pytest.mark.parametrize(
    ("handle", "secret"),
    [
        ("calm-otter-12", "not this one"),
        ("brave-wren-7", ""),
        ("", ""),
        ("calm-otter-12\x00x", ""),
        ("x" * 100_000, ""),
    ],
)
async def test_a_slip_erases_nothing(app: Litestar, client: httpx.AsyncClient, handle: str, secret: str) -> None:
    leaver = await a_member("calm-otter-12")
    await enter(client, app, leaver)

    fields = {"handle": handle, "secret": secret or leaver.phrase}
    answer = await submit(client, "/account/erase", fields, page="/account/erase")

    assert answer.status_code == 422
    assert len(await fetch("SELECT 1 FROM member")) == 1


async def test_the_only_admin_cannot_leave(app: Litestar, client: httpx.AsyncClient) -> None:
    admin = await a_member("calm-otter-12", role="admin")
    await enter(client, app, admin)

    answer = await erase(client, admin)

    assert answer.status_code == 422
    assert "make somebody else an admin first" in answer.text
    assert len(await fetch("SELECT 1 FROM member")) == 1


async def test_two_admins_who_leave_at_once_do_not_both_go(app: Litestar) -> None:
    admins = [await a_member(f"calm-otter-{number}", role="admin") for number in (12, 13)]

    results = await asyncio.gather(
        *(erase_member(app.state.redis, admin.id, at=now()) for admin in admins), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["LastAdmin", "NoneType"]
    assert any(isinstance(result, LastAdmin) for result in results)
    assert len(await fetch("SELECT 1 FROM member")) == 1


async def test_an_answer_that_is_written_meanwhile_is_not_lost(app: Litestar) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    threads = [await a_thread(await a_board(f"board-{number}"), leaver) for number in range(4)]
    erasure = erase_member(app.state.redis, leaver.id, at=now())

    results = await asyncio.gather(
        *(a_reply(thread, other, "Still here.") for thread in threads),
        erasure,
        *(a_reply(thread, other, "Still here.") for thread in threads),
        return_exceptions=True,
    )

    written = [result for result in results if isinstance(result, int)]
    refused = {type(result).__name__ for result in results if isinstance(result, Exception)}
    rows = await fetch("SELECT id FROM post WHERE body = 'Still here.'")
    assert sorted(row["id"] for row in rows) == sorted(written)
    assert refused <= {"NotFound", "ForeignKeyViolationError"}
    assert await fetch("SELECT 1 FROM member WHERE id = $1", leaver.id) == []
    counts = await fetch(
        """SELECT reply_count, (SELECT count(*) FROM post WHERE thread = thread.id AND state = 'published') AS readable
           FROM thread"""
    )
    assert [row["reply_count"] for row in counts] == [row["readable"] for row in counts]


async def test_nothing_of_the_member_is_written_meanwhile(app: Litestar) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    thread = await a_thread(await a_board(), other)

    await asyncio.gather(
        *(a_reply(thread, leaver, WORDS) for _ in range(4)),
        erase_member(app.state.redis, leaver.id, at=now()),
        *(a_reply(thread, leaver, WORDS) for _ in range(4)),
        return_exceptions=True,
    )

    assert "lantern" not in await whole_database()


async def test_erasing_twice_is_no_error(app: Litestar) -> None:
    leaver = await a_member("calm-otter-12")

    await erase_member(app.state.redis, leaver.id, at=now())
    await erase_member(app.state.redis, leaver.id, at=now())

    assert await fetch("SELECT 1 FROM member") == []


async def test_a_handle_is_free_again_and_leads_to_nothing_old(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    leaver = await a_member("calm-otter-12")
    await enter(client, app, leaver)
    await erase(client, leaver)

    again = new_browser()
    answer = await submit(again, "/join", {"handle": leaver.handle})

    assert answer.status_code == 200
    assert (
        await submit(new_browser(), "/sign-in", {"handle": leaver.handle, "secret": leaver.phrase})
    ).status_code == 422


async def test_nothing_in_the_database_can_keep_a_member_from_leaving(app: Litestar) -> None:
    rows = await fetch(
        """SELECT conrelid::regclass::text AS place, confdeltype FROM pg_constraint
           WHERE contype = 'f' AND confrelid = 'member'::regclass"""
    )

    assert [row["place"] for row in rows if row["confdeltype"] not in (b"c", b"n")] == []
    assert len(rows) > 10


async def test_writing_to_somebody_who_leaves_at_that_moment_gives_the_text_back(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    leaver, other = await a_member("calm-otter-12"), await a_member("brave-wren-7")
    thread = await a_thread(await a_board(), leaver)
    await enter(client, app, other)
    form = {"body": "Still here for you.", "intent": "post"}

    answers, _ = await asyncio.gather(
        asyncio.gather(*(submit(client, f"/threads/{thread.thread_id}/replies", form) for _ in range(3))),
        erase_member(app.state.redis, leaver.id, at=now()),
    )

    assert {answer.status_code for answer in answers} <= {303, 404}
    assert all("Still here for you." in answer.text for answer in answers if answer.status_code == 404)
