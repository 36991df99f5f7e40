"""A moderator asks the author to change their post: they are told what, and somebody looks again once they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.moderation.acts import Pause, PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm, check_decision
from server.moderation.undoing import undo
from server.notices.service import list_notices
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread, set_state
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

ASKED_THERE = "A moderator asks you to change something in this post; your notices say what."
WHAT = "Please take the amount out."
ASK = DecisionForm(revision=1, asks_to_edit=True, reason=WHAT)
AS_ASKED = "Its author changed it, as a moderator had asked."


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body="The leaflet says twenty tablets of magnesium.")


async def edited(thread: Written, author: Person, *, revision: int = 1, body: str = "I cannot sleep.") -> None:
    change = Change(title="A long night", body=body, note=ContentNote(), revision=revision)
    await change_post(thread.post_id, author.id, change, at=now())


async def reasons_of_open_cases() -> list[str]:
    return [
        reason["explanation"]
        for case in await open_cases()
        for reason in msgspec.json.decode(str(case["reasons"]))
        if reason["kind"] == "changed"
    ]


async def send(client: httpx.AsyncClient, case_id: int, **fields: str) -> httpx.Response:
    path = f"/moderation/cases/{case_id}/decide"
    return await submit(client, path, {"revision": "1", "act": "decide", **fields}, page="/me")


async def test_author_is_told_what_to_change_and_led_to_it(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person,
    moderator: Person,
) -> None:  # fmt: skip
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())

    sent = await send(client, case_id, asks_to_edit="on", reason=WHAT)

    assert sent.status_code == 303, sent.text
    browser = new_browser()
    await enter(browser, app, author)
    notices = (await browser.get("/notices")).text
    assert "A moderator asks you to change something in your post. The rest can stay as it is." in notices
    assert WHAT in notices
    link = f"/posts/{thread.post_id}/edit"
    assert f'href="{link}"' in notices
    assert (await browser.get(link)).status_code == 200
    thread_page = f"/threads/{thread.thread_id}"
    assert ASKED_THERE in (await browser.get(thread_page)).text
    assert ASKED_THERE not in (await client.get(thread_page)).text, "only its author is told"
    await edited(thread, author)
    assert ASKED_THERE not in (await browser.get(thread_page)).text
    assert f"/posts/{thread.post_id}/appeal" not in notices
    assert (await fetch_one("SELECT state FROM post WHERE id = $1", thread.post_id))["state"] == "published"


async def test_notice_leads_nowhere_once_the_post_is_taken_down(
    app: Litestar, new_browser: NewBrowser, thread: Written, author: Person, first: Person
) -> None:
    await decided(thread.post_id, first, ASK)
    await set_state(thread.post_id, "removed")
    browser = new_browser()
    await enter(browser, app, author)

    assert f'href="/posts/{thread.post_id}/edit"' not in (await browser.get("/notices")).text


async def test_it_needs_to_say_what(client: httpx.AsyncClient, thread: Written, moderator: Person) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())

    answer = await send(client, case_id, asks_to_edit="on", words="I read this.")

    assert answer.status_code == 422
    assert "Please say in plain words what they should change." in answer.text
    assert 'name="asks_to_edit" value="on" checked' in answer.text
    assert "I read this." in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


@pytest.mark.parametrize(
    ("form", "is_paused"),
    [
        (DecisionForm(asks_to_edit=True, reason=WHAT, post_act=PostAct.REMOVE), False),
        (DecisionForm(asks_to_edit=True, reason=WHAT, pause=Pause.DAY), False),
        (DecisionForm(asks_to_edit=True, reason=WHAT), True),
    ],
)
def test_nobody_is_asked_for_what_they_cannot_do(form: DecisionForm, *, is_paused: bool) -> None:
    assert list(check_decision(form, "A post.", is_paused=is_paused)) == ["asks_to_edit"]


def test_whoever_may_write_again_can_be_asked() -> None:
    form = DecisionForm(asks_to_edit=True, reason=WHAT, pause=Pause.LIFT)

    assert check_decision(form, "A post.", is_paused=True) == {}


@pytest.mark.parametrize("state", ["published", "covered", "held"])
async def test_somebody_looks_again_once_it_is_changed(
    thread: Written, author: Person, first: Person, second: Person, state: str
) -> None:
    await decided(thread.post_id, first, ASK)
    await set_state(thread.post_id, state)

    await edited(thread, author)

    assert await reasons_of_open_cases() == [AS_ASKED]
    assert [row["revision"] for row in await fetch("SELECT revision FROM triage_task WHERE revision > 1")] == [2]
    await edited(thread, author, revision=2, body="I cannot sleep at all.")
    assert await reasons_of_open_cases() == [AS_ASKED], "it is the same case"
    [case] = await open_cases()
    assert case["revision"] == 3


async def test_post_that_nobody_asked_about_is_changed_without_a_case(
    thread: Written, author: Person, first: Person
) -> None:
    await decided(thread.post_id, first, DecisionForm(revision=1, words="I read this."))

    await edited(thread, author)

    assert await open_cases() == []


async def test_whoever_looks_again_settles_it(thread: Written, author: Person, first: Person) -> None:
    await decided(thread.post_id, first, ASK)
    await edited(thread, author)
    [case] = await open_cases()
    assert await claim(int(str(case["id"])), first.id, at=now())
    await decide(int(str(case["id"])), first.id, DecisionForm(revision=2), at=now())

    await edited(thread, author, revision=2, body="I cannot sleep at all.")

    assert await open_cases() == []


async def test_another_decision_before_the_change_settles_nothing(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    await decided(thread.post_id, first, ASK)
    await decided(thread.post_id, second, DecisionForm(revision=1))

    await edited(thread, author)

    assert await reasons_of_open_cases() == [AS_ASKED]


async def test_taken_back_it_asks_for_nothing(thread: Written, author: Person, first: Person) -> None:
    decision = await decided(thread.post_id, first, ASK)

    await undo(decision, first.id, at=now())

    assert (await list_notices(author.id)).rows == []
    [case] = await open_cases()
    await edited(thread, author)
    assert await reasons_of_open_cases() == []
    assert [open_case["id"] for open_case in await open_cases()] == [case["id"]]


async def test_it_stands_among_the_earlier_decisions_and_in_the_log(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    await decided(thread.post_id, moderator, msgspec.structs.replace(ASK, post_act=PostAct.COVER))
    await edited(thread, author)
    [case] = await open_cases()

    page = (await client.get(f"/moderation/cases/{case['id']}")).text

    before = page.partition("Decided before")[2].partition("</ul>")[0]
    assert "Content note put over it, Asked to change it" in before
    assert WHAT in before
    [entry] = await fetch("SELECT detail FROM audit_entry WHERE act = 'decide'")
    assert msgspec.json.decode(entry["detail"])["asks_to_edit"] is True
    assert WHAT not in entry["detail"]


async def test_asked_alone_it_is_an_act_of_its_own_and_reporters_hear_that_something_was_done(
    thread: Written, first: Person
) -> None:
    reporter = await a_member("brave-wren-7")
    await report_rules(thread.post_id, reporter.id, ReportForm("personal-details"), at=now())

    await decided(thread.post_id, first, ASK)

    assert (await fetch_one("SELECT act FROM decision"))["act"] == "ask-to-edit"
    assert "took action" in (await list_notices(reporter.id)).rows[0].sentence
