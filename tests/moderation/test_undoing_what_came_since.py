"""A decision that is taken back lets nothing lie that came in after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.admin.promises import promises_kept
from server.clock import now
from server.jobs import TRIAGE_QUEUE
from server.moderation.acts import PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from tests.support.cases import an_assessment, decided, flag_post, open_cases
from tests.support.classifiers import Judge, triage_with
from tests.support.conversation import a_board, a_thread
from tests.support.people import submit
from triage.assessment import Route
from triage.queue.claims import claim
from triage.queue.tasks import MOST_ATTEMPTS, TAKEN_FOR, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person


async def test_what_is_read_between_a_decision_and_its_taking_back_comes_to_people(
    app: Litestar, author: Person, first: Person
) -> None:
    post_id = (await a_thread(await a_board(), author)).post_id
    decision = await decided(post_id, first, DecisionForm(revision=1))
    triage = triage_with(app, Judge(lambda _: an_assessment(Severity.CRISIS, route=Route.HOLD)))
    await triage.drain()
    assert await open_cases() == []

    await undo(decision, first.id, at=now())
    await triage.drain()

    [case] = await open_cases()
    assert case["severity"] == Severity.CRISIS
    assert (await fetch_one("SELECT state FROM post WHERE id = $1", post_id))["state"] == "held"


async def test_worker_is_woken_for_it_at_once(
    app: Litestar, client: httpx.AsyncClient, author: Person, moderator: Person
) -> None:
    post_id = (await a_thread(await a_board(), author)).post_id
    decision = await decided(post_id, moderator, DecisionForm(revision=1))
    assert await app.state.redis.zcard(TRIAGE_QUEUE) == 0

    await submit(client, f"/moderation/decisions/{decision}/undo", page="/me")

    assert await app.state.redis.zcard(TRIAGE_QUEUE) == 1


async def test_what_was_read_before_a_decision_is_not_read_again(app: Litestar, author: Person, first: Person) -> None:
    post_id = (await a_thread(await a_board(), author)).post_id
    await triage_with(app, Judge(lambda _: an_assessment())).drain()
    decision = await decided(post_id, first, DecisionForm(revision=1))

    await undo(decision, first.id, at=now())

    assert (await fetch_one("SELECT done_at FROM triage_task WHERE post = $1", post_id))["done_at"] is not None


async def test_text_that_comes_back_is_read_though_what_was_left_of_it_had_been(
    app: Litestar, author: Person, first: Person
) -> None:
    post_id = (await a_thread(await a_board(), author, body="My number is 12. I cannot go on.")).post_id
    decision = await decided(post_id, first, DecisionForm(revision=1, cuts=("12",)))
    triage = triage_with(app, Judge(lambda _: an_assessment(Severity.CRISIS)))
    await triage.drain()
    assert await open_cases() == []

    await undo(decision, first.id, at=now())
    await triage.drain()

    [case] = await open_cases()
    assert (case["severity"], case["revision"]) == (Severity.CRISIS, 3)


async def test_text_that_comes_back_is_not_held_where_it_was_opened_by_a_person(
    app: Litestar, author: Person, first: Person, second: Person
) -> None:
    post_id = (await a_thread(await a_board(), author, body="My number is 12. I cannot go on.")).post_id
    await decided(post_id, second, DecisionForm(revision=1, post_act=PostAct.RELEASE))
    decision = await decided(post_id, first, DecisionForm(revision=1, cuts=("12",)))
    triage = triage_with(app, Judge(lambda _: an_assessment(Severity.RED, route=Route.HOLD)))
    await triage.drain()

    await undo(decision, first.id, at=now())
    await triage.drain()

    assert (await fetch_one("SELECT state FROM post WHERE id = $1", post_id))["state"] == "published"
    read = await fetch("SELECT revision FROM assessment ORDER BY revision")
    assert [row["revision"] for row in read] == [2, 3]


async def test_post_that_brings_workers_down_is_not_read_anew(app: Litestar, author: Person, first: Person) -> None:
    post_id = (await a_thread(await a_board(), author)).post_id
    decision = await decided(post_id, first, DecisionForm(revision=1))
    at = now()
    for _ in range(MOST_ATTEMPTS):
        at += TAKEN_FOR
        assert await take_tasks(5, at=at), "and the worker dies"
    triage = triage_with(app, Judge(lambda _: an_assessment()))
    await execute("UPDATE triage_task SET available_at = $1", now())
    await triage.drain()

    await undo(decision, first.id, at=now())
    await triage.drain()

    assert await fetch("SELECT 1 FROM assessment") == []
    [case] = await open_cases()
    assert "failure" in str(case["reasons"])


async def test_newer_case_waits_for_its_own_first_look(author: Person, first: Person) -> None:
    yesterday = now() - timedelta(days=1)
    post_id = (await a_thread(await a_board(), author, at=yesterday)).post_id
    old = await flag_post(post_id, Severity.RED, at=yesterday)
    assert await claim(old, first.id, at=yesterday + timedelta(minutes=5))
    await execute("UPDATE moderation_case SET claimed_until = now() + interval '1 hour' WHERE id = $1", old)
    decision = await decide(old, first.id, DecisionForm(revision=1), at=now())
    newer = await flag_post(post_id, Severity.RED)

    assert await undo(decision, first.id, at=now()) == newer
    assert await claim(newer, first.id, at=now())

    [red] = [promise for promise in await promises_kept(now=now()) if promise.severity is Severity.RED]
    assert (red.cases, red.in_time) == (2, 2)
