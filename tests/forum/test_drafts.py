"""Drafts outlive the page, the session and the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.drafts import drop_old_drafts
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, fill_in, hidden_fields, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


async def test_draft_is_there_in_another_browser_and_gone_once_posted(app: Litestar, new_browser: NewBrowser) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    phone, desk = new_browser(), new_browser()
    await enter(phone, app, author)
    await enter(desk, app, author)
    path = f"/boards/{board.slug}/new"

    kept = await submit(phone, path, {"title": "Half", "body": "Half a thought", "intent": "draft"}, page=path)

    assert "Your draft is saved" in kept.text
    assert "Half a thought" in (await desk.get(path)).text
    assert "Half" in (await desk.get("/me")).text
    await fill_in(desk, path, {"title": "Half", "body": "Half a thought, whole now"})
    assert await fetch("SELECT 1 FROM draft") == []


async def test_what_one_tab_posts_takes_no_draft_of_another_tab_along(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)
    page, place = f"/threads/{thread.thread_id}", f"thread:{thread.thread_id}"
    one, other = ({"place": place, "submission_key": str(uuid4())} for _ in range(2))
    await submit(client, "/drafts", one | {"body": "I hear you."}, page=page)
    await submit(client, "/drafts", other | {"body": "Half of something long"}, page=page)

    await submit(client, f"{page}/replies", one | {"body": "I hear you."}, page=page)
    goes_on = (await client.get(f"{page}/reply")).text
    assert "Half of something long" in goes_on

    await client.post(f"{page}/replies", data={**hidden_fields(goes_on), "body": "Half of something long, whole now"})
    assert await fetch("SELECT 1 FROM draft") == []


async def test_change_in_one_tab_takes_no_draft_of_another_tab_along(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)
    page = f"/posts/{thread.post_id}/edit"
    await submit(client, "/drafts", {"place": f"post:{thread.post_id}", "body": "Half", "revision": "1"}, page=page)

    await submit(client, page, {"title": "A long night", "body": "Changed words", "revision": "1"}, page=page)
    conflict = await fill_in(client, page, {"title": "A long night", "body": "Half, whole now"})

    assert conflict.status_code == 409
    assert "Half, whole now" in conflict.text


async def test_draft_of_an_answer_to_what_is_gone_goes_on_as_an_answer_to_the_thread(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author, other = await a_member("quiet-otter-41"), await a_member("calm-owl-2")
    thread = await a_thread(await a_board(), other)
    post_id = await a_reply(thread, other)
    await enter(client, app, author)
    await submit(client, "/drafts", {"place": f"thread:{thread.thread_id}:{post_id}", "body": "I know how that is."})
    await set_state(post_id, "held")
    path = f"/threads/{thread.thread_id}/reply"

    page = (await client.get(f"{path}?to={post_id}")).text

    assert "The post you answer is gone" in page
    assert "I know how that is." in page
    assert 'name="answering"' not in page
    await client.post(f"/threads/{thread.thread_id}/replies", data={**hidden_fields(page), "body": "I know."})
    assert await fetch("SELECT 1 FROM draft") == []


async def test_emptied_form_is_not_said_to_be_saved(app: Litestar, client: httpx.AsyncClient) -> None:
    board = await a_board()
    await enter(client, app, await a_member("quiet-otter-41"))
    path = f"/boards/{board.slug}/new"

    answer = await submit(client, path, {"title": " ", "body": "", "intent": "draft"}, page=path)

    assert "Your draft is saved" not in answer.text


async def test_draft_leads_back_to_where_it_goes_on(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)

    await submit(client, "/drafts", {"place": f"thread:{thread.thread_id}", "body": "Wait"})

    assert f"/threads/{thread.thread_id}/reply" in (await client.get("/me")).text
    assert "Wait" in (await client.get(f"/threads/{thread.thread_id}/reply")).text


async def test_draft_can_be_read_whole_also_where_its_place_is_gone(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)
    long = "One line after another. " * 40 + "\n\nAnd the end of it."
    await submit(client, "/drafts", {"place": f"thread:{thread.thread_id}", "body": long})

    await submit(client, f"/posts/{thread.post_id}/delete", {}, page=f"/posts/{thread.post_id}/delete")

    assert (await client.get(f"/threads/{thread.thread_id}/reply")).status_code == 404
    assert "And the end of it." in (await client.get("/me")).text


async def test_autosave_answers_with_a_line(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    client.headers["hx-request"] = "true"

    answer = await submit(client, "/drafts", {"place": f"board:{board.id}", "body": "Typing"}, page="/about")

    assert answer.status_code == 200
    assert "Draft saved at" in answer.text
    assert "<html" not in answer.text


async def test_what_was_just_posted_does_not_come_back_as_a_draft(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)
    page, place = f"/threads/{thread.thread_id}", f"thread:{thread.thread_id}"
    sent = {"place": place, "body": "I hear you.", "submission_key": str(uuid4())}
    await submit(client, f"{page}/replies", sent, page=page)

    answer = await submit(client, "/drafts", sent, page=page)
    await submit(client, "/drafts", sent | {"submission_key": str(uuid4()), "place": f"{place}:{thread.post_id}"})

    assert answer.status_code == 303
    drafts = await fetch("SELECT place FROM draft")
    assert [row["place"] for row in drafts] == [f"{place}:{thread.post_id}"]


async def test_what_is_typed_on_after_a_post_that_seemed_lost_is_kept(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)
    page = f"/threads/{thread.thread_id}"
    sent = {"place": f"thread:{thread.thread_id}", "body": "I hear you.", "submission_key": str(uuid4())}
    await submit(client, f"{page}/replies", sent, page=page)

    await submit(client, "/drafts", sent | {"body": "I hear you. And I know it."}, page=page)

    assert (await fetch_one("SELECT body FROM draft"))["body"] == "I hear you. And I know it."


@pytest.mark.parametrize(("body", "is_kept"), [("Changed words", False), ("Changed words, and more", True)])
async def test_change_that_was_just_saved_does_not_come_back_as_a_draft(
    app: Litestar, client: httpx.AsyncClient, body: str, *, is_kept: bool
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)
    page = f"/posts/{thread.post_id}/edit"
    title = (await fetch_one("SELECT title FROM thread"))["title"]
    sent = {"place": f"post:{thread.post_id}", "title": title, "body": "Changed words", "revision": "1"}
    await submit(client, page, sent, page=page)

    await submit(client, "/drafts", sent | {"body": body}, page=page)

    assert bool(await fetch("SELECT 1 FROM draft")) is is_kept


async def test_change_that_changes_nothing_is_no_draft(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="A long night", body="I cannot sleep.")
    await enter(client, app, author)
    page = f"/posts/{thread.post_id}/edit"
    same = {"place": f"post:{thread.post_id}", "title": "A long night", "body": "I cannot sleep.", "revision": "1"}
    same["submission_key"] = str(uuid4())
    await submit(client, page, same, page=page)

    for change, drafts in (({}, 0), ({"note_topic": "death"}, 1), ({"body": "I cannot sleep, again."}, 1), ({}, 0)):
        await submit(client, "/drafts", same | change, page=page)
        assert len(await fetch("SELECT 1 FROM draft")) == drafts


async def test_draft_for_nowhere_is_refused_and_the_text_comes_back(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))

    refused = await submit(client, "/drafts", {"place": "../../etc", "body": "My words"})

    assert refused.status_code == 400
    assert "My words" in refused.text
    assert await fetch("SELECT 1 FROM draft") == []


async def test_emptied_draft_is_forgotten(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    form = {"place": f"board:{board.id}", "submission_key": str(uuid4())}
    await submit(client, "/drafts", form | {"body": "x"})

    await submit(client, "/drafts", form | {"body": " "})

    assert await fetch("SELECT 1 FROM draft") == []


async def test_old_drafts_go_after_thirty_days(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    await submit(client, "/drafts", {"place": f"board:{board.id}", "body": "x"})

    await drop_old_drafts(now=now() + timedelta(days=29))
    assert (await fetch_one("SELECT count(*) AS n FROM draft"))["n"] == 1
    await drop_old_drafts(now=now() + timedelta(days=31))
    assert await fetch("SELECT 1 FROM draft") == []
