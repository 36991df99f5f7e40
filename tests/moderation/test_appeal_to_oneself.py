"""An objection to one's own decision is left to somebody else; where there is nobody, it ends by giving back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one, transaction
from server.clock import now
from server.moderation.acts import Pause, PostAct, Voice, Warn
from server.moderation.alerting import raise_alerts
from server.moderation.appealing import appeal, find_decision_to_appeal
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.notices.service import list_notices
from tests.support.cases import POLICY, decided, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, fill_in, submit
from triage.assessment import Reason
from triage.queue.cases import Flag, raise_case
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

TAKE = ("Take this case", "Take this one")
REMOVE = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="It sells something.")
PASSAGE = "leaflet"


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body=f"I read the {PASSAGE}.")


@pytest.fixture
async def admin(moderator: Person) -> Person:
    """Who decides, and is on call."""
    await execute("UPDATE member SET role = 'admin' WHERE id = $1", moderator.id)
    return moderator


@pytest.fixture
async def writer(app: Litestar, new_browser: NewBrowser, author: Person) -> httpx.AsyncClient:
    """The author's browser."""
    browser = new_browser()
    await enter(browser, app, author)
    return browser


async def objected_to(
    thread: Written, author: Person, admin: Person, form: DecisionForm = REMOVE, *, at: datetime | None = None
) -> int:
    """Let the author object to a decision, and return the case."""
    await appeal(await decided(thread.post_id, admin, form, at=at), author.id, "It does not.", at=at or now())
    [case] = await open_cases()
    return int(str(case["id"]))


async def send(client: httpx.AsyncClient, case_id: int, act: str = "decide", **fields: str) -> httpx.Response:
    revision = await fetch_one("SELECT revision FROM post WHERE NOT by_moderator")
    sent = {"revision": str(revision["revision"]), "act": act, **fields}
    return await submit(client, f"/moderation/cases/{case_id}/decide", sent, page="/me")


async def test_cry_that_joins_an_objection_is_called_out_and_can_be_answered(
    app: Litestar, thread: Written, author: Person, admin: Person
) -> None:
    case_id = await objected_to(thread, author, admin, DecisionForm(revision=1, post_act=PostAct.COVER))
    unread = Flag(
        post_id=thread.post_id, revision=1, severity=Severity.AMBER, reasons=(Reason("language", "pl", "?"),),
        as_soon_as_red=True,
    )  # fmt: skip
    async with transaction():
        await raise_case(unread, POLICY, at=now())

    late = now() + timedelta(hours=2)
    await raise_alerts(app.state.settings, app.state.redis, at=late)

    assert "case-overdue" in [row["kind"] for row in await fetch("SELECT kind FROM notice WHERE member = $1", admin.id)]
    assert await claim(case_id, admin.id, at=late)
    letter = DecisionForm(revision=1, post_act=PostAct.COVER, words="I read it.", voice=Voice.PRIVATE)
    await decide(case_id, admin.id, letter, at=late)
    [goes_on] = await open_cases()
    assert "language" not in str(goes_on["reasons"])


async def test_pause_that_was_lifted_does_not_come_back_with_another_one(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    other = await a_thread(await a_board("calm-place"), author)
    await decided(thread.post_id, first, DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="Threats."))
    await decided(thread.post_id, second, DecisionForm(revision=1, pause=Pause.LIFT))
    await decided(other.post_id, second, DecisionForm(revision=1, pause=Pause.DAY, reason="Please rest."))

    assert (await find_decision_to_appeal(thread.post_id, author.id, at=now())).is_over


@pytest.mark.parametrize("colleagues", [0, 1])
async def test_nobody_is_called_to_an_objection_to_their_own_decision(
    app: Litestar, thread: Written, author: Person, admin: Person, colleagues: int
) -> None:
    for number in range(colleagues):
        await a_member(f"calm-wren-{number}", role="moderator")
    await objected_to(thread, author, admin)

    for day in range(1, 4):
        await raise_alerts(app.state.settings, app.state.redis, at=now() + timedelta(days=day))

    assert (await list_notices(admin.id)).rows == []


async def test_it_is_not_offered_where_there_is_a_colleague(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person
) -> None:
    await a_member("calm-wren-2", role="moderator")
    case_id = await objected_to(thread, author, admin)

    case, queue = [(await client.get(path)).text for path in (f"/moderation/cases/{case_id}", "/moderation")]

    assert "Another moderator than you decides this case" in case
    assert "Another moderator than you decides it." in queue
    assert not any(button in page for button in TAKE for page in (case, queue))
    assert await claim(case_id, admin.id, at=now()) is None


async def test_only_moderator_can_take_it_and_is_told_what_can_be_done(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person
) -> None:
    case_id = await objected_to(thread, author, admin)
    path = f"/moderation/cases/{case_id}"

    page = (await client.get(path)).text
    assert "there is nobody who could look at it and had no part in it" in page
    assert TAKE[0] in page
    await submit(client, f"{path}/claim", page="/me")

    assert "To the decision" in (await client.get(path)).text


@pytest.mark.parametrize(
    ("form", "back"),
    [
        (REMOVE, {"post_act": "release"}),
        (DecisionForm(revision=1, cuts=(PASSAGE,)), {"restores_original": "on"}),
        (DecisionForm(revision=1, pause=Pause.WEEK, reason="Why."), {"pause": "0"}),
        (DecisionForm(revision=1, warn=Warn.WARN, reason="Why."), {"warn": "take-back"}),
    ],
)
async def test_only_moderator_can_give_back_what_they_took(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person, form: DecisionForm, back: dict[str, str]
) -> None:
    case_id = await objected_to(thread, author, admin, form)
    assert await claim(case_id, admin.id, at=now())

    answer = await send(client, case_id, **back)

    assert answer.status_code == 303, answer.text
    assert await open_cases() == []
    assert "appeal-kept" not in [line.kind for line in (await list_notices(author.id)).rows]


@pytest.mark.parametrize(
    "fields",
    [
        {"post_act": "leave", "reason": "I stand by it."},
        {"post_act": "cover", "note_topic": "medical", "reason": "I stand by it."},
        {"words": "I stand by it.", "voice": "private"},
    ],
)
async def test_only_moderator_cannot_turn_it_down(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person, fields: dict[str, str]
) -> None:
    case_id = await objected_to(thread, author, admin)
    assert await claim(case_id, admin.id, at=now())

    answer = await send(client, case_id, **fields)

    assert answer.status_code == 409
    assert "you can close the case by giving back what you took, all of it" in answer.text
    assert "I stand by it." in answer.text
    assert len(await fetch("SELECT 1 FROM decision")) == 1


async def test_only_moderator_cannot_give_back_something_else(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person
) -> None:
    closing = DecisionForm(revision=1, post_act=PostAct.COVER, pause=Pause.FOR_GOOD, reason="Why.")
    case_id = await objected_to(thread, author, admin, closing)
    assert await claim(case_id, admin.id, at=now())

    kept = await send(client, case_id, post_act="release")
    assert kept.status_code == 409, kept.text
    assert (await fetch_one("SELECT state FROM post WHERE NOT by_moderator"))["state"] == "covered"

    given_back = await send(client, case_id, post_act="release", pause="0")
    assert given_back.status_code == 303, given_back.text


async def test_what_the_only_moderator_decides_instead_can_be_objected_to_again(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person, writer: httpx.AsyncClient
) -> None:
    case_id = await objected_to(thread, author, admin)
    assert await claim(case_id, admin.id, at=now())
    await send(client, case_id, post_act="release", pause="7", reason="You sell things.")
    path = f"/posts/{thread.post_id}/appeal"

    assert "What should we look at again?" in (await writer.get(path)).text
    assert (await submit(writer, path, {"details": "I do not."}, page="/me")).status_code == 303
    assert len(await open_cases()) == 1


async def test_objection_to_a_pause_that_is_over_can_be_closed(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person, writer: httpx.AsyncClient
) -> None:
    pause = DecisionForm(revision=1, pause=Pause.DAY, reason="Why.")
    case_id = await objected_to(thread, author, admin, pause, at=now() - timedelta(days=2))
    assert await claim(case_id, admin.id, at=now())
    path = f"/posts/{thread.post_id}/appeal"
    assert "You have asked already" in (await writer.get(path)).text
    assert "had no part in it" not in (await client.get(f"/moderation/cases/{case_id}")).text

    answer = await send(client, case_id)

    assert answer.status_code == 303, answer.text
    assert await open_cases() == []
    newest = (await list_notices(author.id)).rows[0]
    assert newest.sentence.startswith("Nobody else had come to look at your post again")
    assert "This is over" in (await writer.get(path)).text


async def test_nobody_objects_to_a_pause_that_is_over(
    thread: Written, admin: Person, writer: httpx.AsyncClient
) -> None:
    pause = DecisionForm(revision=1, pause=Pause.DAY, reason="Why.")
    await decided(thread.post_id, admin, pause, at=now() - timedelta(days=2))
    path = f"/posts/{thread.post_id}/appeal"

    assert path not in (await writer.get(f"/threads/{thread.thread_id}")).text
    assert (await submit(writer, path, {"details": "Why?"}, page="/me")).status_code == 409
    assert await open_cases() == []


async def test_objection_to_a_pause_that_was_lifted_meanwhile_can_be_closed(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person
) -> None:
    other = await a_thread(await a_board("calm-place"), author)
    case_id = await objected_to(thread, author, admin, DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="Why."))
    await decided(other.post_id, admin, DecisionForm(revision=1, pause=Pause.LIFT))
    assert await claim(case_id, admin.id, at=now())

    assert (await send(client, case_id)).status_code == 303
    assert await open_cases() == []


async def test_objection_to_a_blackout_that_cannot_be_put_back_any_more_can_be_closed(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person, writer: httpx.AsyncClient
) -> None:
    case_id = await objected_to(thread, author, admin, DecisionForm(revision=1, cuts=(PASSAGE,)))
    assert await claim(case_id, admin.id, at=now())
    assert (await send(client, case_id, words="It stays.", voice="private")).status_code == 409
    body = (await fetch_one("SELECT body FROM post WHERE id = $1", thread.post_id))["body"]
    path = f"/posts/{thread.post_id}/edit"
    changed = await fill_in(writer, path, {"title": "A leaflet", "body": f"{body} It was long."})
    assert changed.status_code == 303, changed.text

    answer = await send(client, case_id, words="You can write it anew.", voice="private")

    assert answer.status_code == 303, answer.text
    assert await open_cases() == []
    page = (await writer.get(f"/posts/{thread.post_id}/appeal")).text
    assert "what was decided is final" in page
    assert "Another moderator" not in page


async def test_each_of_two_decides_about_the_other_once_nothing_of_their_own_is_left(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person, writer: httpx.AsyncClient
) -> None:
    other = await a_member("calm-wren-2", role="moderator")
    closing = await decided(thread.post_id, other, DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="You sold."))
    case_id = await objected_to(thread, author, admin)
    await appeal(closing, author.id, "I did not.", at=now())
    assert await claim(case_id, admin.id, at=now())

    kept = await send(client, case_id, reason="It stands.")
    assert kept.status_code == 409
    assert "had no part in it" in kept.text
    assert (await send(client, case_id, post_act="release")).status_code == 303

    assert await open_cases() == []
    assert "what was decided is final" in (await writer.get(f"/posts/{thread.post_id}/appeal?decision={closing}")).text


async def test_third_decides_where_both_others_are_objected_to(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person
) -> None:
    other, third = [await a_member(f"calm-wren-{number}", role="moderator") for number in (2, 3)]
    closing = await decided(thread.post_id, other, DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="You sold."))
    case_id = await objected_to(thread, author, admin)
    await appeal(closing, author.id, "I did not.", at=now())

    assert "Another moderator than you decides this case" in (await client.get(f"/moderation/cases/{case_id}")).text
    assert [await claim(case_id, one.id, at=now()) for one in (admin, other)] == [None, None]
    assert await claim(case_id, third.id, at=now())
    await decide(case_id, third.id, DecisionForm(revision=1, reason="It stands."), at=now())

    assert "Another moderator looked at your post again" in (await list_notices(author.id)).rows[0].sentence


async def test_only_moderator_cannot_pass_it_on_to_themselves(
    client: httpx.AsyncClient, thread: Written, author: Person, admin: Person
) -> None:
    case_id = await objected_to(thread, author, admin)
    assert await claim(case_id, admin.id, at=now())

    answer = await send(client, case_id, "escalate", escalate_for="now", escalate_why="Mine.")

    assert answer.status_code == 409
    assert "There is nobody else on the staff" in answer.text
