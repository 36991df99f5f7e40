"""What the panel tells the author of a heavy post: whether a moderator is here, and who can be called when."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.help.needs import NEEDS, OF_TOPICS
from server.moderation import shifts
from server.moderation.presence import ENOUGH_CASES, minutes_alone, usual_minutes
from server.support.offering import offer_support
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.helplines import a_helpline, around_now
from tests.support.people import Person, a_member, enter
from triage.scales import Severity
from triage.topics import HEAVY_TOPICS

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.conversation import BoardInTest

HERE = "has been asked to read it soon"
NOBODY = "No moderator is here at this moment"


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def author(app: Litestar, client: httpx.AsyncClient, board: BoardInTest) -> Person:
    """Somebody to whom help is offered."""
    person = await a_member("quiet-otter-41")
    await enter(client, app, person)
    await offer_support(person.id, (await a_thread(board, person)).post_id, at=now())
    return person


async def panel(client: httpx.AsyncClient) -> str:
    page = (await client.get("/me/support", headers={"hx-request": "true"})).text
    return re.sub(r"\s+", " ", page)


async def looked_at(board: BoardInTest, minutes: int, *, days_ago: int) -> None:
    """Let an urgent post have waited so long for its first look."""
    writer, at = await a_member(f"writer-{days_ago}-{minutes}"), now() - timedelta(days=days_ago)
    case_id = await flag_post((await a_thread(board, writer, at=at)).post_id, Severity.RED, at=at)
    looked = at + timedelta(minutes=minutes)
    await execute("UPDATE moderation_case SET first_look_at = $2, closed_at = $2 WHERE id = $1", case_id, looked)


async def test_panel_says_that_a_moderator_is_here(client: httpx.AsyncClient, author: Person) -> None:
    await shifts.start((await a_member("calm-owl-1", role="moderator")).id, at=now())

    page = await panel(client)

    assert HERE in page
    assert NOBODY not in page


async def test_author_who_is_the_only_moderator_on_shift_is_told_that_nobody_is_here(
    client: httpx.AsyncClient, author: Person
) -> None:
    await execute("UPDATE member SET role = 'moderator' WHERE id = $1", author.id)
    await shifts.start(author.id, at=now())
    alone = await panel(client)
    await shifts.start((await a_member("calm-owl-1", role="moderator")).id, at=now())

    assert NOBODY in alone
    assert HERE not in alone
    assert HERE in await panel(client)


async def test_after_a_post_was_held_each_sentence_stands_apart_from_the_next(
    client: httpx.AsyncClient, author: Person
) -> None:
    await execute("UPDATE post SET state = 'held' WHERE author = $1", author.id)

    words = re.sub("<[^>]+>", " ", await panel(client))

    assert "because a part of it could be dangerous" in words
    assert not re.search(r"[a-z][.][A-Z]", words)


async def test_danger_to_life_is_spoken_of_where_no_emergency_number_is_confirmed(
    client: httpx.AsyncClient, author: Person
) -> None:
    danger = "call the emergency number where you are. 112 works on mobile phones"
    assert danger in await panel(client)

    await a_helpline("Emergency", country="GB", needs=("emergency",), phone="999")

    page = await panel(client)
    assert danger not in page
    assert 'href="tel:999"' in page


async def test_shift_of_somebody_without_the_role_is_no_moderator(client: httpx.AsyncClient, author: Person) -> None:
    await shifts.start((await a_member("calm-fern-2")).id, at=now())

    assert NOBODY in await panel(client)
    assert "Moderators here now: no." in (await client.get("/")).text


async def test_without_enough_cases_the_panel_says_that_it_may_take_hours(
    client: httpx.AsyncClient, author: Person
) -> None:
    page = await panel(client)

    assert NOBODY in page
    assert "That may take hours." in page
    assert HERE not in page


async def test_with_enough_cases_the_panel_says_how_long_it_takes_when_nobody_is_here(
    client: httpx.AsyncClient, author: Person, board: BoardInTest
) -> None:
    owl = await a_member("calm-owl-1", role="moderator")
    await shifts.start(owl.id, at=now() - timedelta(days=5))
    await shifts.end(owl.id, by=owl.id, at=now() - timedelta(days=3))
    for number in range(ENOUGH_CASES):
        await looked_at(board, 3 + number, days_ago=4)
    for number in range(ENOUGH_CASES - 1):
        await looked_at(board, 236 + number, days_ago=2)
    assert await minutes_alone(at=now()) is None, "one too few"
    await looked_at(board, 300, days_ago=2)

    assert await minutes_alone(at=now()) in (240, 241)
    assert (await usual_minutes(at=now()) or 0) < 240
    assert "When nobody is here, the first look usually takes about 4 h." in await panel(client)


async def test_lines_stand_under_what_is_known_of_their_hours(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    region = app.state.settings.default_region
    await a_helpline("Night line", country=region)
    await a_helpline("Office line", country=region, hours="Monday to Friday, 9 to 17")

    page = await panel(client)

    day_and_night, _, certain_hours = page.partition("Open at certain hours:")
    assert "Night line" in day_and_night.partition("Open day and night:")[2]
    assert "Office line" in certain_hours
    assert "Monday to Friday, 9 to 17" in certain_hours
    assert "are there now" not in page


async def test_with_lines_of_one_kind_alone_the_other_heading_is_left_out(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    await a_helpline("Office line", country=app.state.settings.default_region, hours="Monday to Friday, 9 to 17")

    page = await panel(client)

    assert "Open at certain hours:" in page
    assert "Open day and night:" not in page


async def test_line_that_is_open_now_is_shown_before_one_that_is_closed(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    region, zone = app.state.settings.default_region, "America/New_York"
    await a_helpline("A Closed line", country=region, hours="Evenings", opening=around_now(2, 5, zone), zone=zone)
    await a_helpline("B Closed line", country=region, hours="Evenings", opening=around_now(3, 5, zone), zone=zone)
    await a_helpline("C Open line", country=region, hours="Mornings", opening=around_now(-1, 5, zone), zone=zone)

    page = await panel(client)

    open_now, _, closed = page.partition("Closed at this moment:")
    assert "C Open line" in open_now.partition("Open now:")[2]
    assert "A Closed line" in closed
    assert "B Closed line" not in page
    assert "Open at certain hours:" not in page


@pytest.fixture
async def closed_ones(app: Litestar) -> None:
    """Three local lines for anybody in a crisis, all closed now."""
    region, zone = app.state.settings.default_region, "America/New_York"
    for letter in "ABC":
        opening = around_now(2, 5, zone)
        await a_helpline(f"{letter} Closed line", country=region, hours="Evenings", opening=opening, zone=zone)


async def test_international_line_that_is_open_is_shown_where_all_local_ones_are_closed(
    client: httpx.AsyncClient, author: Person, closed_ones: None
) -> None:
    await a_helpline("World line", country="INT")

    page = await panel(client)

    assert "World line" in page.partition("Open day and night:")[2].partition("Closed at this moment:")[0]
    assert "A Closed line" in page
    assert "B Closed line" not in page


async def test_line_whose_hours_are_not_known_is_shown_before_closed_ones(
    client: httpx.AsyncClient, author: Person, closed_ones: None
) -> None:
    await a_helpline("World line", country="INT", hours="See there")

    page = await panel(client)

    assert "World line" in page.partition("Open at certain hours:")[2].partition("Closed at this moment:")[0]


async def test_local_lines_come_before_international_ones(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    for letter in "AB":
        await a_helpline(f"{letter} Local line", country=app.state.settings.default_region)
    await a_helpline("World line", country="INT")

    page = await panel(client)

    assert "A Local line" in page
    assert "B Local line" in page
    assert "World line" not in page


async def test_line_that_is_surely_open_is_shown_beside_those_whose_hours_are_not_known(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    for letter in "AB":
        await a_helpline(f"{letter} Office line", country=app.state.settings.default_region, hours="See there")
    await a_helpline("World line", country="INT")

    page = await panel(client)

    assert "World line" in page.partition("Open day and night:")[2]
    assert "A Office line" in page
    assert "B Office line" in page


async def test_line_for_what_the_post_is_about_is_added_and_hides_none_for_any_crisis(
    app: Litestar, client: httpx.AsyncClient, author: Person
) -> None:
    region = app.state.settings.default_region
    for letter in "AB":
        await a_helpline(f"{letter} Crisis line", country=region)
    await a_helpline("Grief line", country=region, needs=("bereavement",))
    await a_helpline("Gambling line", country=region, needs=("gambling",))
    before = await panel(client)
    await execute("UPDATE post SET body = 'My husband died in spring, and the grief is too much.'")
    [post] = await fetch("SELECT post FROM notice WHERE member = $1", author.id)
    await flag_post(post["post"], Severity.CRISIS)

    page = await panel(client)

    assert "Grief line" not in before
    assert "Grief line" in page
    assert "A Crisis line" in page
    assert "B Crisis line" in page
    assert "Gambling line" not in page


def test_topics_and_needs_are_known_by_the_names_that_they_have() -> None:
    assert OF_TOPICS.keys() <= HEAVY_TOPICS.keys()
    assert set(OF_TOPICS.values()) <= NEEDS.keys()


async def test_open_lines_for_other_needs_do_not_hide_one_for_any_crisis(
    app: Litestar, client: httpx.AsyncClient, author: Person, closed_ones: None
) -> None:
    for need in ("gambling", "alcohol", "carers"):
        await a_helpline(f"Line for {need}", country=app.state.settings.default_region, needs=(need,))
    await a_helpline("World line", country="INT", hours="See there")

    assert "World line" in await panel(client)
