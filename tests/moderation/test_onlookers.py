"""Who else has a case open is seen by colleagues alone, for as long as they look."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from server.clock import now
from server.moderation.onlookers import ASKING_COUNTS_FOR, PAGE_COUNTS_FOR, look_at_case
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

TOO = "is looking at this too."


@pytest.fixture
async def case_id(app: Litestar) -> int:
    return await flag_post((await a_thread(await a_board(), await a_member("quiet-otter-41"))).post_id)


@pytest.fixture
async def moderator(app: Litestar, client: httpx.AsyncClient) -> Person:
    """A moderator, signed in with a second factor."""
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    return person


async def a_colleague(app: Litestar, new_browser: NewBrowser, handle: str = "calm-owl-2") -> httpx.AsyncClient:
    browser = new_browser()
    await enter(browser, app, await a_member(handle, role="moderator"), second_factor=True)
    return browser


async def test_loading_the_page_is_seen_by_a_colleague(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person, case_id: int
) -> None:
    theirs = await a_colleague(app, new_browser)
    alone = (await theirs.get(f"/moderation/cases/{case_id}")).text

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert TOO not in alone
    assert f"calm-owl-2 {TOO}" in page
    assert f"calm-owl-1 {TOO}" not in page


async def test_several_are_named_together(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person, case_id: int
) -> None:
    for handle in ("calm-owl-3", "calm-owl-2"):
        await (await a_colleague(app, new_browser, handle)).get(f"/moderation/cases/{case_id}")

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert "calm-owl-2, calm-owl-3 are looking at this too." in page


async def test_open_page_hears_who_came_and_nothing_while_nothing_changes(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person, case_id: int
) -> None:
    address, fragment = f"/moderation/cases/{case_id}/onlookers", {"hx-request": "true"}
    assert (await client.get(f"{address}?shown=", headers=fragment)).status_code == 204
    theirs = await a_colleague(app, new_browser)
    await theirs.get(f"/moderation/cases/{case_id}")

    heard = await client.get(f"{address}?shown=", headers=fragment)

    assert f"calm-owl-2 {TOO}" in heard.text
    assert "<html" not in heard.text
    known = heard.text.partition('name="shown" value="')[2].partition('"')[0]
    assert (await client.get(f"{address}?shown={known}", headers=fragment)).status_code == 204


@pytest.mark.parametrize("counts_for", [PAGE_COUNTS_FOR, ASKING_COUNTS_FOR])
async def test_who_does_not_look_any_more_is_forgotten(
    app: Litestar, moderator: Person, case_id: int, counts_for: timedelta
) -> None:
    redis, at = app.state.redis, now()
    colleague = await a_member("calm-owl-2", role="moderator")
    await look_at_case(redis, case_id, colleague.id, counts_for=counts_for, at=at)

    async def seen(*, after: timedelta) -> list[str]:
        found = await look_at_case(redis, case_id, moderator.id, counts_for=counts_for, at=at + after)
        return [one.handle for one in found]

    assert await seen(after=counts_for - timedelta(seconds=1)) == ["calm-owl-2"]
    assert await seen(after=counts_for) == []
    assert 0 < await redis.ttl(f"kith:looking:{case_id}") <= PAGE_COUNTS_FOR.total_seconds()


async def test_own_post_tells_its_author_nothing(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person
) -> None:
    own = await flag_post((await a_thread(await a_board(), moderator)).post_id)
    theirs = await a_colleague(app, new_browser)
    await theirs.get(f"/moderation/cases/{own}")

    answer = await client.get(f"/moderation/cases/{own}/onlookers")

    assert answer.status_code == 404
    assert "calm-owl-2" not in answer.text


async def test_member_is_not_told(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, case_id: int
) -> None:
    theirs = await a_colleague(app, new_browser)
    await theirs.get(f"/moderation/cases/{case_id}")
    await enter(client, app, await a_member("calm-fern-12"))

    answer = await client.get(f"/moderation/cases/{case_id}/onlookers")

    assert answer.status_code == 404
    assert "calm-owl-2" not in answer.text


async def test_who_is_no_moderator_any_more_is_not_named(app: Litestar, moderator: Person, case_id: int) -> None:
    redis, at = app.state.redis, now()
    member = await a_member("calm-fern-12")
    await look_at_case(redis, case_id, member.id, counts_for=PAGE_COUNTS_FOR, at=at)

    assert await look_at_case(redis, case_id, moderator.id, counts_for=PAGE_COUNTS_FOR, at=at) == []


async def test_without_redis_nobody_is_named_and_nothing_breaks(app: Litestar, moderator: Person, case_id: int) -> None:
    nowhere = Redis.from_url("unix:///nowhere/redis.sock")

    assert await look_at_case(nowhere, case_id, moderator.id, counts_for=PAGE_COUNTS_FOR, at=now()) == []
    await nowhere.aclose()
