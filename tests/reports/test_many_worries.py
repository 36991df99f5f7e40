"""Many people speak up about one post: what has to be read stands on the page of its case, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from server.reports.forms import ReportForm
from server.reports.moderation import NOTES_SHOWN
from server.reports.service import report_rules, tell_worry
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written

NEWEST = "She wrote that she has taken something."


@pytest.fixture
async def post(app: Litestar, client: httpx.AsyncClient) -> Written:
    """A post, and a moderator who is signed in."""
    await enter(client, app, await a_member("calm-owl-1", role="moderator"), second_factor=True)
    return await a_thread(await a_board(), await a_member("quiet-otter-41"))


async def readers(number: int) -> list[Person]:
    return [await a_member(f"brave-heron-{n}") for n in range(number)]


async def page_of_case(client: httpx.AsyncClient) -> str:
    case = await fetch_one("SELECT id FROM moderation_case")
    return (await client.get(f"/moderation/cases/{case['id']}")).text


async def test_newest_worry_is_shown_and_how_many_more_there_are(client: httpx.AsyncClient, post: Written) -> None:
    *others, last = await readers(NOTES_SHOWN + 3)
    for number, reader in enumerate(others):
        await tell_worry(post.post_id, reader.id, ReportForm(details=f"Worry number {number}."), at=now())
    await tell_worry(post.post_id, last.id, ReportForm(details=NEWEST), at=now())

    page = await page_of_case(client)

    assert NEWEST in page
    assert page.index(NEWEST) < page.index("Worry number 3.")
    assert "and 3 more" in page
    assert "Worry number 2." not in page


async def test_words_come_before_what_was_told_without_any(client: httpx.AsyncClient, post: Written) -> None:
    first, *others = await readers(NOTES_SHOWN + 1)
    await report_rules(post.post_id, first.id, ReportForm("spam", "It names my street."), at=now())
    for reader in others:
        await tell_worry(post.post_id, reader.id, ReportForm(), at=now())

    page = await page_of_case(client)

    assert "It names my street." in page
    assert page.count("<b>Worried about the person</b>") == NOTES_SHOWN - 1
    assert "and 1 more" in page


async def test_nothing_is_said_of_more_where_all_are_shown(client: httpx.AsyncClient, post: Written) -> None:
    [reader] = await readers(1)
    await tell_worry(post.post_id, reader.id, ReportForm(details=NEWEST), at=now())

    page = await page_of_case(client)

    assert NEWEST in page
    assert "more" not in page[page.index(NEWEST) : page.index('id="post"')]
