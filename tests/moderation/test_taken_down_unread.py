"""A goodbye that its author takes down before triage has read it is still read, and comes to people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.taking_down import DELETED_TEXT_KEPT_FOR, delete_post, forget_deleted_text
from server.members.erasure import erase_member
from tests.support.cases import an_assessment, give_up_for_good, open_cases
from tests.support.classifiers import Judge, triage_with
from tests.support.conversation import a_board, a_reply, a_thread
from triage.assessment import UNREAD, Reason, Route
from triage.queue.audit import read_entries
from triage.queue.cases import MAY_NEED_SOMEBODY, reasons_from
from triage.queue.tasks import finish_task, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.people import Person
    from triage.assessment import Assessment
    from triage.posts import Post

IN_ANOTHER_LANGUAGE = msgspec.structs.replace(
    an_assessment(Severity.AMBER), reasons=(Reason("language", "pl", "The classifier does not know this language."),)
)
TITLE, GOODBYE = "This is the last time", "I have written to everybody. Thank you for the good days."


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, title=TITLE, body=GOODBYE)


def crisis_in_goodbyes(post: Post) -> Assessment:
    """Judge as a classifier that recognises the goodbye, with its title, and nothing else."""
    if (post.title, post.text) == (TITLE, GOODBYE):
        return an_assessment(Severity.CRISIS, route=Route.HOLD, meaning=bytes(4))
    return an_assessment()


async def nothing_waits() -> bool:
    return await fetch("SELECT 1 FROM triage_task WHERE done_at IS NULL") == []


async def test_goodbye_that_only_the_classifier_recognises_comes_to_people(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person
) -> None:
    assert await open_cases() == [], "the rules find nothing in it, or this shows nothing"
    await delete_post(thread.post_id, author.id, at=now())

    await triage_with(app, Judge(crisis_in_goodbyes)).drain()

    [case] = await open_cases()
    assert case["severity"] == Severity.CRISIS
    assert MAY_NEED_SOMEBODY in reasons_from(str(case["reasons"]))
    page = (await client.get(f"/moderation/cases/{case['id']}")).text
    assert GOODBYE in page
    assert TITLE in page
    assert await nothing_waits()


async def test_post_stays_taken_down_and_its_author_is_offered_help_alone(
    app: Litestar, thread: Written, author: Person
) -> None:
    await delete_post(thread.post_id, author.id, at=now())

    await triage_with(app, Judge(crisis_in_goodbyes)).drain()

    post = await fetch_one("SELECT state, body FROM post")
    assert (post["state"], post["body"]) == ("deleted", "")
    assert [row["kind"] for row in await fetch("SELECT kind FROM notice")] == ["support"]
    assert await read_entries() == []
    found = await fetch_one("SELECT revision, severity, meaning FROM assessment")
    assert (found["revision"], found["severity"], found["meaning"]) == (1, Severity.CRISIS, None)


async def test_judgement_of_a_post_goes_with_its_text(app: Litestar, thread: Written, author: Person) -> None:
    await delete_post(thread.post_id, author.id, at=now())
    await triage_with(app, Judge(crisis_in_goodbyes)).drain()

    await forget_deleted_text(now=now() + DELETED_TEXT_KEPT_FOR - timedelta(minutes=1))
    assert len(await fetch("SELECT 1 FROM assessment")) == 1
    await forget_deleted_text(now=now() + DELETED_TEXT_KEPT_FOR + timedelta(minutes=1))

    assert await fetch("SELECT 1 FROM assessment") == []


async def test_goodbye_that_is_taken_down_while_it_is_read_comes_to_people(thread: Written, author: Person) -> None:
    [task] = await take_tasks(5, at=now())
    await delete_post(thread.post_id, author.id, at=now())

    effect = await finish_task(task, an_assessment(Severity.RED), at=now())

    assert effect is not None
    assert [case["id"] for case in await open_cases()] == [effect.case_id]


async def test_last_words_are_read_where_the_author_changed_them_before(
    app: Litestar, author: Person, first: Person
) -> None:
    opening = await a_thread(await a_board(), author)
    answer = await a_reply(opening, first, "Soup today.")
    tasks = await take_tasks(5, at=now())
    await change_post(answer, first.id, Change(title="", body=GOODBYE, note=ContentNote(), revision=1), at=now())
    await delete_post(answer, first.id, at=now())
    for task in tasks:
        assert task.post.text != GOODBYE
        await finish_task(task, an_assessment(), at=now())

    [task] = await take_tasks(5, at=now())

    assert (task.post_id, task.revision, task.post.text) == (answer, 2, GOODBYE)


@pytest.mark.parametrize("route", [Route.PUBLISH, Route.HOLD])
async def test_what_is_not_urgent_comes_to_nobody(thread: Written, author: Person, route: Route) -> None:
    await delete_post(thread.post_id, author.id, at=now())
    [task] = await take_tasks(5, at=now())

    await finish_task(task, an_assessment(Severity.AMBER, route=route), at=now())

    assert await open_cases() == []
    assert (await fetch_one("SELECT state FROM post"))["state"] == "deleted"
    assert await nothing_waits()


async def test_post_that_cannot_be_read_comes_to_people_though_it_was_taken_down(
    thread: Written, author: Person
) -> None:
    [task] = await take_tasks(5, at=now())
    await delete_post(thread.post_id, author.id, at=now())

    await give_up_for_good(task)

    [case] = await open_cases()
    assert reasons_from(str(case["reasons"])) == (UNREAD, MAY_NEED_SOMEBODY)


async def test_post_in_a_language_that_nobody_taught_the_classifier_comes_to_people(
    thread: Written, author: Person
) -> None:
    await delete_post(thread.post_id, author.id, at=now())
    [task] = await take_tasks(5, at=now())

    await finish_task(task, IN_ANOTHER_LANGUAGE, at=now())

    [case] = await open_cases()
    assert MAY_NEED_SOMEBODY in reasons_from(str(case["reasons"]))


async def test_case_of_a_post_that_nobody_could_read_stays_open_when_it_is_taken_down(
    thread: Written, author: Person
) -> None:
    [task] = await take_tasks(5, at=now())
    await finish_task(task, IN_ANOTHER_LANGUAGE, at=now())

    await delete_post(thread.post_id, author.id, at=now())

    [case] = await open_cases()
    assert reasons_from(str(case["reasons"])) == (*IN_ANOTHER_LANGUAGE.reasons, MAY_NEED_SOMEBODY)


@pytest.mark.parametrize("how", ["erased", "forgotten"])
async def test_nothing_is_read_once_the_text_is_gone(
    app: Litestar, thread: Written, author: Person, first: Person, how: str
) -> None:
    await a_reply(thread, first)
    [task, _] = await take_tasks(5, at=now())
    await delete_post(thread.post_id, author.id, at=now())
    if how == "erased":
        await erase_member(app.state.redis, author.id, at=now())
    else:
        await forget_deleted_text(now=now() + DELETED_TEXT_KEPT_FOR * 2)

    assert await finish_task(task, an_assessment(Severity.CRISIS), at=now()) is None

    assert await open_cases() == []
    assert await fetch("SELECT 1 FROM triage_task WHERE done_at IS NULL AND post = $1", thread.post_id) == []
