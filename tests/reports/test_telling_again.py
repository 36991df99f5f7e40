"""What is told a second time: of a worry it is added or opened again, of a broken rule it is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch
from server.clock import now
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.reports.moderation import open_reports_of
from tests.reports.test_speaking_up import a_post
from tests.support.cases import open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, enter, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written


async def have_decided(post: Written) -> None:
    """Have a moderator look at the open case of a post and write to its author."""
    rows = await fetch("SELECT id FROM member WHERE role = 'moderator'")
    moderator = rows[0]["id"] if rows else (await a_member("calm-owl-1", role="moderator")).id
    [case] = await fetch("SELECT id FROM moderation_case WHERE post = $1 AND closed_at IS NULL", post.post_id)
    await claim(case["id"], moderator, at=now())
    await decide(case["id"], moderator, DecisionForm(revision=1, words="How are you?"), at=now())


async def test_author_finds_where_to_ask_for_a_hand_under_their_own_post(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, author)

    page = await client.get(f"/threads/{thread.thread_id}")

    assert f'<a href="/posts/{thread.post_id}/worried">Ask for a hand</a>' in page.text
    assert "Ask for a hand with your post" in (await client.get(f"/posts/{thread.post_id}/worried")).text


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (("They sound alone.", "Now they say goodbye."), "They sound alone.\n\nNow they say goodbye."),
        (("They sound alone.", "They sound alone."), "They sound alone."),
        (("Alone.", "Goodbye.", "Goodbye."), "Alone.\n\nGoodbye."),
        (("", "Now they say goodbye."), "Now they say goodbye."),
        (("They sound alone.", ""), "They sound alone."),
    ],
)
async def test_what_is_told_later_of_a_worry_is_added(
    app: Litestar, client: httpx.AsyncClient, told: tuple[str, ...], kept: str
) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/worried"

    for words in told:
        assert (await submit(client, page, {"details": words}, page=page)).status_code == 303

    [report] = await fetch("SELECT details, created_at FROM report")
    assert report["details"] == kept
    assert len(await open_cases()) == 1


async def test_worry_that_grows_too_long_is_given_back(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/worried"
    await submit(client, page, {"details": "a" * 1500}, page=page)

    answer = await submit(client, page, {"details": "They say goodbye." + "b" * 483}, page=page)

    assert answer.status_code == 422
    assert "They say goodbye.bbb" in answer.text
    assert "your note has 2,002 characters; 2,000 fit" in answer.text
    assert [row["details"] for row in await fetch("SELECT details FROM report")] == ["a" * 1500]


@pytest.mark.parametrize("teller", ["reader", "author"])
async def test_worry_can_be_told_again_after_a_moderator_has_looked(
    app: Litestar, client: httpx.AsyncClient, teller: str
) -> None:
    author = await a_member("quiet-otter-41")
    person = author if teller == "author" else await a_member("brave-heron-7")
    post = await a_post(author)
    await enter(client, app, person)
    page = f"/posts/{post.post_id}/worried"
    await submit(client, page, {"details": "They sound alone."}, page=page)
    await have_decided(post)
    assert "A moderator has looked" in (await client.get(page)).text

    answer = await submit(client, page, {"details": "Now they say goodbye."}, page=page)

    assert answer.status_code == 303
    [report] = await fetch("SELECT details, outcome, decided_at, decided_by FROM report")
    assert list(report.values()) == ["Now they say goodbye.", None, None, None]
    assert [case["post"] for case in await open_cases()] == [post.post_id]
    assert "It is with the moderators" in (await client.get(page)).text

    await have_decided(post)

    outcomes = await fetch("SELECT detail FROM notice WHERE member = $1 AND kind = 'report-outcome'", person.id)
    assert [row["detail"] for row in outcomes] == ["own-helped" if teller == "author" else "worried-helped"] * 2


async def test_page_of_a_worry_that_was_told_offers_to_add_to_it(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/worried"
    await submit(client, page, page=page)
    waiting = (await client.get(page)).text
    await have_decided(post)
    decided = (await client.get(page)).text

    for text in (waiting, decided):
        assert 'name="details"' in text
        assert "goes to the moderators too" in text


@pytest.mark.parametrize("breaks", ["unkind", ""])
@pytest.mark.parametrize("standing", ["waiting", "decided"])
async def test_words_of_a_second_report_of_a_rule_are_given_back(
    app: Litestar, client: httpx.AsyncClient, standing: str, breaks: str
) -> None:
    post = await a_post()
    await enter(client, app, await a_member("brave-heron-7"))
    page = f"/posts/{post.post_id}/report"
    await submit(client, page, {"breaks": "spam", "details": "It sells things."}, page="/me")
    if standing == "decided":
        await have_decided(post)

    answer = await submit(client, page, {"breaks": breaks, "details": "It threatens me."}, page="/me")

    assert answer.status_code == 422
    assert "It threatens me." in answer.text
    assert "Thank you for speaking up" not in answer.text
    assert [tuple(row) for row in await fetch("SELECT reason, details FROM report")] == [("spam", "It sells things.")]


async def test_author_who_asks_for_a_hand_is_told_that_it_arrived(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    post = await a_post(author)
    await enter(client, app, author)
    page = f"/posts/{post.post_id}/worried"

    answer = await submit(client, page, page=page)

    confirmed = (await client.get(answer.headers["location"])).text
    assert "We have it. A moderator will look as soon as possible." in confirmed
    assert "looking out for" not in confirmed
    [note] = await open_reports_of(post.post_id)
    assert note.label == "The author asks for a hand"

    await have_decided(post)

    told = (await client.get("/notices")).text
    assert "You asked for a hand with your post, and a moderator has answered you." in told
    assert "You were worried about somebody" not in told
