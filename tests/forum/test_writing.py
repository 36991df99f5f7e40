"""Opening threads and answering: what arrives is stored once, with its triage task, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from models.database import fetch, fetch_one
from server.app import create_app
from server.clock import now
from server.seeding import seed_all
from server.web.rate_limits import RULES
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member, enter, form_token, submit

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.app import NewBrowser

THREAD = {"title": "First day", "body": "Day one. I am scared and glad.", "intent": "post"}


async def test_thread_is_stored_with_its_triage_task(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)

    answer = await submit(client, f"/boards/{board.slug}/new", THREAD, page=f"/boards/{board.slug}/new")

    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert "Day one. I am scared and glad." in page.text
    assert "Your post has arrived." in page.text
    task = await fetch_one(
        "SELECT post.body, triage_task.revision, done_at FROM triage_task JOIN post ON post.id = post"
    )
    assert (task["body"], task["revision"], task["done_at"]) == (THREAD["body"], 1, None)


async def test_answer_wakes_triage_and_is_seen_in_the_thread(app: Litestar, client: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    await enter(client, app, await a_member("brave-robin-77"))

    answer = await submit(
        client, f"/threads/{thread.thread_id}/replies", {"body": "Me too."}, page=f"/threads/{thread.thread_id}"
    )

    assert answer.status_code == 303
    page = await client.get(answer.headers["location"], follow_redirects=True)
    assert "Me too." in page.text
    job = await app.state.redis.get("arq:job:triage")
    assert json.loads(job)["f"] == "triage"


async def test_same_form_sent_twice_at_once_makes_one_post(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"
    fields = {**THREAD, "submission_key": str(uuid4()), "_csrf_token": await form_token(client, path)}

    answers = await asyncio.gather(*(client.post(path, data=fields) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    counts = await fetch_one("SELECT (SELECT count(*) FROM post) AS posts, (SELECT count(*) FROM thread) AS threads")
    assert (counts["posts"], counts["threads"]) == (1, 1)


async def test_same_form_with_other_words_is_neither_lost_nor_taken_for_the_first(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    thread = await a_thread(board, author)
    await enter(client, app, author)
    pages = {f"/boards/{board.slug}/new": THREAD, f"/threads/{thread.thread_id}/replies": {"body": "Me too."}}
    for path, fields in pages.items():
        sent = {**fields, "submission_key": str(uuid4())}
        page = path.replace("/replies", "/reply")
        assert (await submit(client, path, sent, page=page)).status_code == 303

        again = await submit(client, path, {**sent, "body": "And one thing more."}, page=page)

        assert again.status_code == 422
        assert "You sent this form before, with other words" in again.text
        assert "And one thing more." in again.text
        [key] = re.findall(r'name="submission_key" value="([^"]+)"', again.text)
        assert key != sent["submission_key"]
        assert (await submit(client, path, {**sent, "body": "And more.", "submission_key": key}, page=page)).is_redirect
    bodies = [row["body"] for row in await fetch("SELECT body FROM post ORDER BY id")][1:]
    assert bodies == [THREAD["body"], "And more.", "Me too.", "And more."]


async def test_post_is_accepted_while_redis_is_down(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    lonely = create_app(replace(app.state.settings, redis_url="unix:///nowhere/redis.sock"))
    transport = httpx.ASGITransport(app=lonely)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=str(client.base_url), cookies=client.cookies) as browser:
        answer = await submit(browser, f"/boards/{board.slug}/new", THREAD, page=f"/boards/{board.slug}/new")

    assert answer.status_code == 303
    assert (await fetch_one("SELECT count(*) AS n FROM triage_task"))["n"] == 1


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "There is nothing here yet"),
        (" \u200b\u2060 \n", "There is nothing here yet"),
        ("a" * 100_000, "20,000 fit in one post"),
        ("caf\udce9", "Some characters did not arrive"),
    ],
    ids=["empty", "only invisible", "100 kB", "invalid UTF-8"],
)
async def test_unusable_text_comes_back_with_a_reason(
    app: Litestar, client: httpx.AsyncClient, typed: str, complaint: str
) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"
    token = await form_token(client, path)
    raw = typed.encode("utf-8", "surrogateescape")
    content = b"title=A+title&_csrf_token=" + token.encode() + b"&body=" + _percent(raw)

    answer = await client.post(path, content=content, headers={"content-type": "application/x-www-form-urlencoded"})

    assert answer.status_code == 422
    assert complaint in answer.text
    assert "A title" in answer.text
    assert typed.strip().strip("\u200b\u2060 \n")[:3].encode("ascii", "ignore").decode() in answer.text
    assert await fetch("SELECT 1 FROM post") == []


def _percent(raw: bytes) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in raw) if len(raw) < 1000 else raw


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("one\x00two", "onetwo"),
        ("safe\u202egnp.exe\u202c", "safegnp.exe"),
        ("w\u200bo\u200br\u200bd", "word"),
        ("'); DROP TABLE post; --", "'); DROP TABLE post; --"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("👩🏽‍🚀 made it", "👩🏽‍🚀 made it"),
    ],
    ids=["null byte", "right-to-left override", "zero width", "SQL", "HTML", "emoji"],
)
async def test_strange_text_is_stored_clean_and_shown_harmless(
    app: Litestar, client: httpx.AsyncClient, typed: str, stored: str
) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"

    answer = await submit(client, path, {"title": "Strange", "body": typed}, page=path)

    assert answer.status_code == 303
    assert (await fetch_one("SELECT body FROM post"))["body"] == stored
    shown = await client.get(answer.headers["location"])
    assert "<script>alert" not in shown.text


async def test_script_link_is_shown_as_text(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, body="[click](javascript:alert(1)) [ok](https://nhs.uk/a)")

    page = (await client.get(f"/threads/{thread.thread_id}")).text

    assert 'href="javascript' not in page
    link = re.search(r'<a href="https://nhs.uk/a"[^>]*>', page)
    assert link
    assert 'rel="nofollow noopener noreferrer ugc"' in link[0]


async def test_form_without_token_gives_the_text_back_ready_to_send(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)

    refused = await client.post(f"/boards/{board.slug}/new", data=THREAD)

    assert refused.status_code == 403
    assert THREAD["body"] in refused.text
    assert await fetch("SELECT 1 FROM post") == []
    token = re.search(r'name="_csrf_token" value="([^"]+)"', refused.text)
    assert token
    again = await client.post(f"/boards/{board.slug}/new", data={**THREAD, "_csrf_token": token[1]})
    assert again.status_code == 303


async def test_text_survives_a_session_that_ended_while_writing(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"
    token = await form_token(client, path)
    client.cookies.delete("kith-session")

    lost = await client.post(path, data={**THREAD, "_csrf_token": token})

    assert lost.status_code == 401
    assert THREAD["body"] in lost.text
    back = await client.post(
        "/sign-in",
        data={
            "handle": author.handle,
            "secret": author.phrase,
            "_csrf_token": token,
            "kept.action": path,
            "kept.title": THREAD["title"],
            "kept.body": THREAD["body"],
        },
    )
    assert THREAD["body"] in back.text
    assert f'action="{path}"' in back.text


async def test_limit_names_the_wait_and_gives_the_text_back(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"
    allowed = min(rule.amount for rule in RULES["post"])
    for number in range(allowed):
        sent = await submit(client, path, {**THREAD, "title": f"Thread {number}"}, page=path)
        assert sent.status_code == 303

    refused = await submit(client, path, {**THREAD, "body": "One more thing"}, page=path)

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "One more thing" in refused.text


async def test_personal_details_are_pointed_out_once_and_can_be_posted(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"
    fields = {"title": "Talk", "body": "Write to me at jo.example@example.org please", "intent": "post"}

    warned = await submit(client, path, fields, page=path)

    assert warned.status_code == 422
    assert "jo.example@example.org" in warned.text
    assert 'value="post-anyway"' in warned.text
    assert await fetch("SELECT 1 FROM post") == []
    posted = await submit(client, path, {**fields, "intent": "post-anyway"}, page=path)
    assert posted.status_code == 303


async def test_preview_shows_the_post_and_stores_nothing(app: Litestar, client: httpx.AsyncClient) -> None:
    board, author = await a_board(), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"

    preview = await submit(client, path, {**THREAD, "body": "so *glad*", "intent": "preview"}, page=path)

    assert preview.status_code == 200
    assert "<em>glad</em>" in preview.text
    assert "so *glad*" in preview.text
    assert await fetch("SELECT 1 FROM post") == []


async def test_answer_to_an_answer_stays_in_its_branch_and_quotes(app: Litestar, client: httpx.AsyncClient) -> None:
    asker, helper = await a_member("calm-fern-12"), await a_member("brave-robin-77")
    thread = await a_thread(await a_board(), asker)
    first = await a_reply(thread, helper, "Breathe with me.")
    await a_reply(thread, helper, "Still here.")
    await enter(client, app, asker)
    form = f"/threads/{thread.thread_id}/reply?to={first}"

    await submit(
        client, f"/threads/{thread.thread_id}/replies", {"body": "It helped.", "answering": str(first)}, page=form
    )

    page = (await client.get(f"/threads/{thread.thread_id}")).text
    assert page.index("Breathe with me.") < page.index("It helped.") < page.index("Still here.")
    row = await fetch_one("SELECT branch, quoted FROM post WHERE body = 'It helped.'")
    assert (row["branch"], row["quoted"]) == (first, first)


async def test_archived_board_takes_no_posts_but_can_be_read(app: Litestar, new_browser: NewBrowser) -> None:
    board, author = await a_board("old", archived=True), await a_member("quiet-otter-41")
    browser = new_browser()
    await enter(browser, app, author)

    refused = await submit(browser, f"/boards/{board.slug}/new", THREAD, page="/about")

    assert refused.status_code in (403, 404)
    assert (await browser.get(f"/boards/{board.slug}")).status_code == 200
    assert await fetch("SELECT 1 FROM post") == []


@pytest.mark.parametrize("path", ["/threads/0", "/threads/99999999999999999999999", "/posts/7", "/boards/nowhere"])
async def test_forged_address_is_a_kind_404(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert "Nothing here" in answer.text


async def test_number_of_a_helpline_is_no_personal_detail(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    board, author = await a_board("quiet-nights"), await a_member("quiet-otter-41")
    await enter(client, app, author)
    path = f"/boards/{board.slug}/new"

    answer = await submit(client, path, {"title": "Worth a call", "body": "Cruse is on 0808 808 1677."}, page=path)

    assert answer.status_code == 303
