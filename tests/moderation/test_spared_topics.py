"""Topics that a moderator asked not to be handed: kept from them for a colleague's sake, and from nobody in danger."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from models.members import AvoidanceKind
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.members.avoidance import avoid
from server.moderation import shifts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.spared_topics import spare_topics, spared_topics_of
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.saying import goes_to
from triage.queue.claims import assign, claim, claim_next, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

GRIEF, SUICIDE, EATING = "grief", "suicide-and-self-harm", "eating-disorders"


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def me(app: Litestar) -> Person:
    """A moderator who cannot take grief."""
    person = await a_member("calm-owl-1", role="moderator")
    await spare_topics(person.id, [GRIEF])
    return person


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    """Another moderator, on shift and free."""
    person = await a_member("calm-owl-2", role="moderator")
    await shifts.start(person.id, at=now())
    return person


@pytest.fixture
async def grief(board: BoardInTest, author: Person) -> int:
    """A red case about grief: half an hour until its deadline."""
    thread = await a_thread(board, author, title="Alone", body="His funeral was today.")
    return await flag_post(thread.post_id, Severity.RED)


async def handed(person: Person, *, at: datetime | None = None) -> int | None:
    found = await claim_next(person.id, at=at or now())
    return found.case_id if found else None


async def test_topics_of_a_case_are_known_when_it_is_opened(board: BoardInTest, author: Person) -> None:
    thread = await a_thread(board, author, title="After the funeral", body="I want to die. The chest pain is back.")
    await flag_post(thread.post_id)

    assert (await open_cases())[0]["topics"] == [SUICIDE, GRIEF, "medical-emergencies"]


async def test_topics_follow_the_post_when_it_is_flagged_again(board: BoardInTest, author: Person) -> None:
    thread = await a_thread(board, author, body="His funeral was today.")
    await flag_post(thread.post_id)
    change = Change("A long night", "I binged again.", ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, change, at=now())
    await flag_post(thread.post_id)

    assert (await open_cases())[0]["topics"] == [EATING]


async def test_such_a_case_goes_to_a_colleague_who_is_free(me: Person, colleague: Person, grief: int) -> None:
    assert await handed(me) is None
    assert await handed(colleague) == grief


async def test_other_cases_are_handed_as_ever(
    me: Person, colleague: Person, grief: int, board: BoardInTest, author: Person
) -> None:
    other = await flag_post((await a_thread(board, author)).post_id, Severity.AMBER)

    assert await handed(me) == other


async def test_alone_it_is_handed_over(me: Person, grief: int) -> None:
    assert await handed(me) == grief


async def test_alone_what_can_wait_comes_last(me: Person, board: BoardInTest, author: Person) -> None:
    spared = await flag_post((await a_thread(board, author, body="His funeral was today.")).post_id)
    other = await flag_post((await a_thread(board, author, title="Later")).post_id)

    assert await handed(me) == other
    await hand_back(other, me.id, at=now())
    assert await handed(me) == spared


async def test_alone_what_is_urgent_does_not_come_last(
    me: Person, grief: int, board: BoardInTest, author: Person
) -> None:
    await flag_post((await a_thread(board, author)).post_id, Severity.AMBER)

    assert await handed(me) == grief


@pytest.mark.parametrize(("seconds_left", "is_handed"), [(61, False), (59, True), (-1, True)])
async def test_near_its_deadline_it_is_handed_to_anybody(
    me: Person, colleague: Person, grief: int, *, seconds_left: int, is_handed: bool
) -> None:
    at = now()
    await execute("UPDATE moderation_case SET deadline = $1", at + timedelta(seconds=seconds_left))

    assert (await handed(me, at=at) == grief) is is_handed


async def test_colleague_who_has_a_case_or_a_break_is_not_free(
    me: Person, colleague: Person, grief: int, board: BoardInTest, author: Person
) -> None:
    other = await flag_post((await a_thread(board, author)).post_id, Severity.AMBER)
    await claim(other, colleague.id, at=now())

    assert await handed(me) == grief
    await hand_back(grief, me.id, at=now())
    await execute("DELETE FROM case_pass")
    await shifts.pause(colleague.id, at=now())
    await execute("DELETE FROM moderation_case WHERE id = $1", other)
    assert await handed(me) == grief


async def test_colleague_with_the_same_topic_does_not_count(me: Person, colleague: Person, grief: int) -> None:
    await spare_topics(colleague.id, [GRIEF])

    assert await handed(me) == grief


async def test_two_with_different_topics_do_not_wait_for_each_other(
    me: Person, colleague: Person, board: BoardInTest, author: Person
) -> None:
    await spare_topics(colleague.id, [EATING])
    both = await a_thread(board, author, body="Since the funeral I binge.")
    case_id = await flag_post(both.post_id, Severity.RED)

    assert await handed(me) == case_id


async def test_colleague_who_may_not_have_it_does_not_count(
    me: Person, colleague: Person, grief: int, author: Person
) -> None:
    await avoid(colleague.id, author.id, AvoidanceKind.MUTE, at=now())

    assert await handed(me) == grief


async def test_colleague_who_handed_it_back_does_not_count(me: Person, colleague: Person, grief: int) -> None:
    await claim(grief, colleague.id, at=now())
    await hand_back(grief, colleague.id, at=now())

    assert await handed(me) == grief


async def test_colleague_who_needs_a_break_does_not_count(
    me: Person, colleague: Person, grief: int, board: BoardInTest, author: Person
) -> None:
    for number in range(8):
        case_id = await flag_post((await a_thread(board, author, title=f"T {number}")).post_id, Severity.RED)
        await claim(case_id, colleague.id, at=now())
        await decide(case_id, colleague.id, DecisionForm(revision=1), at=now())

    assert await handed(me) == grief


async def test_case_that_was_given_to_somebody_by_name_comes_to_them(me: Person, colleague: Person, grief: int) -> None:
    await claim(grief, colleague.id, at=now())
    await assign(grief, colleague.id, me.handle, at=now())

    assert await handed(me) == grief


async def send_topics(client: httpx.AsyncClient, *topics: str) -> httpx.Response:
    fields = {f"topic-{topic}": "1" for topic in topics}
    return await submit(client, "/moderation/shift/topics", fields, page="/moderation/shift")


async def test_topics_are_ticked_and_taken_back_on_the_page_of_the_shift(
    app: Litestar, client: httpx.AsyncClient, me: Person
) -> None:
    await enter(client, app, me, second_factor=True)

    answer = await send_topics(client, SUICIDE, EATING, "nonsense")
    page = (await client.get("/moderation/shift")).text

    assert goes_to(answer) == ("/moderation/shift", "saved")
    assert re.findall(r'name="topic-([a-z-]+)" value="1" checked', page) == [SUICIDE, EATING]
    await send_topics(client)
    assert await spared_topics_of(me.id) == set()


async def test_nobody_else_and_no_log_knows_of_them(
    app: Litestar, new_browser: NewBrowser, client: httpx.AsyncClient, me: Person, grief: int
) -> None:
    await enter(client, app, me, second_factor=True)
    await send_topics(client, GRIEF)
    others = {}
    for role in ("moderator", "admin"):
        browser = new_browser()
        await enter(browser, app, await a_member(f"other-{role}", role=role), second_factor=True)
        others[role] = browser

    for path in ("/moderation", "/moderation/shift", f"/moderation/cases/{grief}"):
        for browser in others.values():
            page = (await browser.get(path)).text
            assert "asked not to be handed" not in page
            assert not re.search(r'name="(?!keys")\w+" value="1" checked', page)
    for path in ("/admin", "/admin/care", f"/admin/people?handle={me.handle}", "/admin/audit"):
        assert "grief" not in (await others["admin"].get(path)).text.casefold()
    assert await fetch("SELECT 1 FROM audit_entry WHERE act NOT IN ('claim', 'start-shift')") == []


async def test_queue_marks_such_cases_and_filters_by_topic(
    app: Litestar, client: httpx.AsyncClient, me: Person, grief: int, board: BoardInTest, author: Person
) -> None:
    await enter(client, app, me, second_factor=True)
    other = await flag_post((await a_thread(board, author, body="I binged.")).post_id)

    def shown(page: str) -> list[int]:
        return [int(number) for number in re.findall(r'id="case-(\d+)" aria', page)]

    page = (await client.get("/moderation")).text
    assert page.count("a topic that you asked not to be handed") == 1
    assert shown((await client.get("/moderation?topic=grief")).text) == [grief]
    assert shown((await client.get("/moderation?topic=eating-disorders")).text) == [other]
    assert shown((await client.get("/moderation?topic=nonsense")).text) == [grief, other]
    assert "You need not open it." in (await client.get(f"/moderation/cases/{grief}")).text


async def test_topics_go_with_the_account(app: Litestar, client: httpx.AsyncClient, me: Person) -> None:
    await enter(client, app, me, second_factor=True)
    answer = await submit(client, "/account/erase", {"handle": me.handle, "secret": me.phrase}, page="/account/erase")

    assert goes_to(answer) == ("/", "erased")
    assert await fetch("SELECT 1 FROM spared_topic") == []
