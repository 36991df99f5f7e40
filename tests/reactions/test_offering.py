"""Meeting the author of an urgent post: who is offered help, and what the panel and the notices say of their post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch
from server.moderation.forms import DecisionForm
from tests.support.cases import an_assessment, decided, flag_post
from tests.support.classifiers import Judge, triage_with
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter
from triage.assessment import Reason, Route
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from triage.assessment import Assessment

ENCOURAGES = "You should just kill yourself."
MODEL = Reason("model", "crisis", "The classifier reads it as crisis.")
MYTH = Reason("myth", "no-insulin", "It comes near to a known myth.")
OWN_PAIN = Reason("rule", "intent-tonight", "It speaks of tonight.")
PUSHES = Reason("rule", "encourages-suicide", "Encourages somebody.")


def found(route: Route, *reasons: Reason) -> Assessment:
    return msgspec.structs.replace(an_assessment(Severity.CRISIS, route=route), reasons=reasons)


async def kinds_of_notices(member_id: int) -> list[str]:
    rows = await fetch("SELECT kind FROM notice WHERE member = $1 ORDER BY id", member_id)
    return [row["kind"] for row in rows]


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        (ENCOURAGES, []),
        ("I am going to kill myself tonight.", ["support"]),
        (f"I am going to kill myself tonight. {ENCOURAGES}", ["support"]),
        (f"I relapsed last night. {ENCOURAGES}", []),
        ("Suicide is my only option now.", ["support"]),
        ("I can't go on. Dying is the best choice.", ["support"]),
    ],
)
async def test_rules_offer_help_to_who_may_need_it_not_to_who_pushes_others(
    app: Litestar, body: str, offered: list[str]
) -> None:
    author = await a_member("calm-fern-12")
    await a_thread(await a_board(), author, title="Tonight", body=body)

    assert await kinds_of_notices(author.id) == offered


async def test_short_answer_that_pushes_on_is_offered_nothing(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), await a_member("brave-wren-7"), body="I am going to kill myself tonight.")

    await a_reply(thread, author, "go on then")

    assert await kinds_of_notices(author.id) == []


@pytest.mark.parametrize(
    ("assessment", "is_offered"),
    [
        (found(Route.PUBLISH, MODEL), True),
        (found(Route.HOLD, MODEL, MYTH), True),
        (found(Route.HOLD, MODEL, MYTH, OWN_PAIN), True),
        (found(Route.HOLD, MODEL, PUSHES), False),
        (found(Route.PUBLISH, MODEL, PUSHES), False),
        (found(Route.HOLD, MODEL, OWN_PAIN, PUSHES), True),
    ],
)
async def test_worker_offers_help_also_where_the_post_is_held(
    app: Litestar, assessment: Assessment, *, is_offered: bool
) -> None:
    author = await a_member("calm-fern-12")
    await a_thread(await a_board(), author)

    await triage_with(app, Judge(lambda _: assessment)).drain()

    assert ("support" in await kinds_of_notices(author.id)) is is_offered


@pytest.mark.parametrize(
    ("state", "says", "says_not"),
    [
        ("published", "Your post in “Nights &amp; days” is up, and nothing about it is wrong.", "could be dangerous"),
        ("covered", "Your post in “Nights &amp; days” is up, and nothing about it is wrong.", "could be dangerous"),
        ("held", "only you and the moderators see what you wrote", "is up"),
        ("removed", "It sounds as if a lot is on you right now.", "is up"),
    ],
)
async def test_panel_says_what_is_so_of_the_post(
    app: Litestar, client: httpx.AsyncClient, state: str, says: str, says_not: str
) -> None:
    author = await a_member("calm-fern-12")
    board = await a_board()
    thread = await a_thread(board, author, title="Nights & days", body="I am going to kill myself tonight.")
    await set_state(thread.post_id, state)
    await enter(client, app, author)

    page = (await client.get("/")).text

    panel = page[page.index('id="support-title"') :]
    assert says in panel
    assert says_not not in panel


async def test_panel_for_two_posts_names_neither(app: Litestar, client: httpx.AsyncClient) -> None:
    author, board = await a_member("calm-fern-12"), await a_board()
    await a_thread(board, author, body="I am going to kill myself tonight.")
    await a_thread(board, author, body="I am going to kill myself tonight, really.")
    await enter(client, app, author)

    page = (await client.get("/")).text

    assert "Your posts are up, and nothing about them is wrong." in page


async def test_panel_says_when_a_moderator_has_been_there(app: Litestar, client: httpx.AsyncClient) -> None:
    author, moderator = await a_member("calm-fern-12"), await a_member("kind-owl-3", role="moderator")
    thread = await a_thread(await a_board(), author, body="I am going to kill myself tonight.")
    await enter(client, app, author)
    before = (await client.get("/")).text
    await decided(thread.post_id, moderator, DecisionForm(words="I am with you.", revision=1))

    after = (await client.get("/")).text
    await flag_post(thread.post_id, Severity.AMBER)
    asked_again = (await client.get("/")).text

    assert "A moderator has read what you wrote" not in before
    for page in (after, asked_again):
        assert "A moderator has read what you wrote" in page
        assert "No moderator is here at this moment" not in page


@pytest.mark.parametrize(
    ("assessment", "why"),
    [
        (found(Route.HOLD, MODEL, PUSHES), "could put somebody who reads it in danger"),
        (found(Route.HOLD, MODEL, MYTH), "about health that could be dangerous to follow"),
        (found(Route.COVER, MODEL), "may be hard to read"),
    ],
)
async def test_author_hears_why_their_post_is_held_or_covered_and_what_happens_next(
    app: Litestar, client: httpx.AsyncClient, assessment: Assessment, why: str
) -> None:
    author = await a_member("calm-fern-12")
    thread = await a_thread(await a_board(), author)
    await triage_with(app, Judge(lambda _: assessment)).drain()
    await enter(client, app, author)

    notices = (await client.get("/notices")).text
    page = (await client.get(f"/threads/{thread.thread_id}")).text

    assert why in notices
    assert "A moderator will read it" in notices
    assert "among your notices" in page
