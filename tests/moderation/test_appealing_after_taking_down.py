"""Who may not write any more, or was asked to mind the rules, can object also once the post is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from server.clock import now
from server.forum.taking_down import delete_post, forget_deleted_text
from server.moderation.acts import Pause, PostAct, Warn
from server.moderation.appealing import appeal
from server.moderation.forms import DecisionForm
from server.notices.service import list_notices
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, enter, submit
from triage.queue.claims import claim, claim_next

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

CLOSED = DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="Threats.")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


@pytest.mark.parametrize("form", [CLOSED, DecisionForm(revision=1, warn=Warn.WARN, reason="Please be kind.")])
async def test_author_can_object_after_taking_the_post_down(
    app: Litestar, new_browser: NewBrowser, thread: Written, author: Person, first: Person, second: Person,
    form: DecisionForm,
) -> None:  # fmt: skip
    await decided(thread.post_id, first, form)
    await delete_post(thread.post_id, author.id, at=now())
    browser = new_browser()
    await enter(browser, app, author)
    path = f"/posts/{thread.post_id}/appeal"

    assert f'href="{path}?decision=' in (await browser.get("/notices")).text
    sent = await submit(browser, path, {"details": "It was a song."}, page="/me")

    assert sent.status_code == 303, sent.text
    assert await claim_next(first.id, at=now()) is None
    assert await claim_next(second.id, at=now()) is not None


async def test_open_appeal_outlasts_the_post_and_is_decided(
    client: httpx.AsyncClient, thread: Written, author: Person, second: Person, moderator: Person
) -> None:
    await appeal(await decided(thread.post_id, second, CLOSED), author.id, "It was a song.", at=now())
    await delete_post(thread.post_id, author.id, at=now())
    await forget_deleted_text(now=now() + timedelta(days=31))
    [case] = await open_cases()
    assert await claim(case["id"], moderator.id, at=now())  # type: ignore[arg-type]
    path = f"/moderation/cases/{case['id']}"

    assert "It was a song." in (await client.get(path)).text
    answer = await submit(client, f"{path}/decide", {"revision": "2", "act": "decide", "pause": "0"}, page="/me")

    assert answer.status_code == 303, answer.text
    assert (await list_notices(author.id)).rows[0].kind == "writing-open"
    other = await a_thread(await a_board("calm-place"), author)
    assert await a_reply(other, author, "Thank you.")


async def test_appeal_about_the_post_itself_goes_with_it(thread: Written, author: Person, first: Person) -> None:
    held = await decided(thread.post_id, first, DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Why."))
    await appeal(held, author.id, "Please look again.", at=now())

    await delete_post(thread.post_id, author.id, at=now())

    assert await open_cases() == []


async def test_case_of_another_reason_is_not_kept_open_by_an_appeal_that_was_settled(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    await appeal(await decided(thread.post_id, first, CLOSED), author.id, "It was a song.", at=now())
    await decided(thread.post_id, second, DecisionForm(revision=1))
    await flag_post(thread.post_id)

    await delete_post(thread.post_id, author.id, at=now())

    assert await open_cases() == []
