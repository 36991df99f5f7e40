"""A content note in its author's own words is read like the post: by triage, by moderators, before it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from server.forum.own_words import BLACKED_OUT
from tests.support.cases import an_assessment, open_cases
from tests.support.classifiers import Judge, triage_with
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim
from triage.scales import Severity
from triage.training.decisions import read_decisions

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from triage.assessment import Assessment
    from triage.posts import Post

CRY = "I am going to kill myself tonight"
NUMBER = "+44 7700 900123"


@pytest.fixture
async def writer(app: Litestar, new_browser: NewBrowser, author: Person) -> httpx.AsyncClient:
    """The browser of a member who writes."""
    browser = new_browser()
    await enter(browser, app, author)
    return browser


async def post_with(writer: httpx.AsyncClient, note: str, *, intent: str = "post") -> httpx.Response:
    """Open a thread whose note says this; the rest says nothing."""
    board = await a_board()
    fields = {"title": "Hello there", "body": "A long day.", "note_text": note, "intent": intent}
    return await submit(writer, f"/boards/{board.slug}/new", fields, page=f"/boards/{board.slug}/new")


async def noted() -> str:
    return (await fetch_one("SELECT note_text FROM post"))["note_text"]


async def test_cry_for_help_in_a_note_is_queued_at_once(writer: httpx.AsyncClient) -> None:
    await post_with(writer, CRY)

    assert [case["severity"] for case in await open_cases()] == [Severity.CRISIS]


async def test_cry_for_help_in_the_note_of_an_answer_is_queued_at_once(writer: httpx.AsyncClient) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    page = f"/threads/{thread.thread_id}"

    await submit(writer, f"{page}/replies", {"body": "A long day.", "note_text": CRY}, page=page)

    assert [case["severity"] for case in await open_cases()] == [Severity.CRISIS]


async def test_classifier_reads_the_note_and_learns_with_it(
    app: Litestar, writer: httpx.AsyncClient, client: httpx.AsyncClient, moderator: Person
) -> None:
    read: list[Post] = []

    def judge(post: Post) -> Assessment:
        read.append(post)
        return an_assessment(Severity.RED)

    await post_with(writer, "about last night")
    await triage_with(app, Judge(judge)).drain()
    case_id = (await open_cases())[0]["id"]
    await claim(case_id, moderator.id, at=now())
    fields = {"revision": "1", "act": "decide", "severity": "amber", "cut_other": "last night"}
    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert answer.status_code == 303, answer.text
    assert [(post.title, post.text) for post in read] == [("about last night\nHello there", "A long day.")]
    assert [example.post.title for example in await read_decisions()] == ["about last night\nHello there"]


async def test_personal_detail_in_a_note_is_pointed_out_before_posting(writer: httpx.AsyncClient) -> None:
    answer = await post_with(writer, f"call me: {NUMBER}")

    assert answer.status_code == 422
    assert "a phone number" in answer.text
    assert await fetch_one("SELECT 1 FROM post") is None


async def test_number_in_a_note_is_blacked_out_kept_for_moderators_and_put_back(
    writer: httpx.AsyncClient, client: httpx.AsyncClient, moderator: Person
) -> None:
    await post_with(writer, f"{CRY} {NUMBER}", intent="post-anyway")
    case = (await open_cases())[0]
    await claim(case["id"], moderator.id, at=now())
    path = f"/moderation/cases/{case['id']}"
    assert f'value="{NUMBER}"' in (await client.get(path)).text

    answer = await submit(client, f"{path}/decide", {"revision": "1", "act": "decide", "cut-1": NUMBER}, page="/me")

    assert answer.status_code == 303, answer.text
    assert await noted() == f"{CRY} {BLACKED_OUT}"
    assert NUMBER in (await client.get(f"/posts/{case['post']}/history")).text
    decision = (await fetch_one("SELECT id FROM decision"))["id"]
    await submit(client, f"/moderation/decisions/{decision}/undo", page="/me")
    assert await noted() == f"{CRY} {NUMBER}"
