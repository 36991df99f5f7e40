"""What members and visitors find: vetted resources before their review day, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from tests.support.people import a_member, enter, submit
from tests.support.resources import a_resource
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

TODAY = now().date()


async def test_visitor_sees_vetted_resources_alone(client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")
    for state in ("draft", "review", "expired", "retired"):
        await a_resource(f"Unseen {state}", state=state)
    await a_resource("Unseen due", review_on=TODAY)

    page = await client.get("/resources")

    assert page.status_code == 200
    assert "Night Line" in page.text
    assert "Unseen" not in page.text
    assert "<script>" not in page.text
    for state in ("draft", "review", "expired", "retired", "due"):
        assert (await client.get(f"/resources/unseen-{state}")).status_code == 404


async def test_resource_expires_on_its_review_day_without_housekeeping(client: httpx.AsyncClient) -> None:
    await a_resource("Last Day", review_on=TODAY + timedelta(days=1))
    assert "Last Day" in (await client.get("/resources")).text

    await execute("UPDATE resource SET review_on = $1", TODAY)

    assert "Last Day" not in (await client.get("/resources")).text
    gone = await client.get("/resources/last-day")
    assert gone.status_code == 404
    assert "not sure any more" in gone.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?region=GB", {"Night Line", "Sleep Pages"}),
        ("?region=US", {"Day Line", "Sleep Pages"}),
        ("?region=", {"Night Line", "Day Line", "Sleep Pages"}),
        ("?region=&need=addiction", {"Day Line"}),
        ("?region=&topic=sleep", {"Sleep Pages"}),
        ("?region=&q=resting+at+night", {"Sleep Pages"}),
        ("?region=&q=day+line", {"Day Line"}),
        ("?region=&q=%22%29+OR+%28&need=nonsense&page=x", {"Night Line", "Day Line", "Sleep Pages"}),
        ("?region=zz&page=999999999999", {"Night Line", "Day Line", "Sleep Pages"}),
    ],
)
async def test_list_is_narrowed_by_the_address(client: httpx.AsyncClient, query: str, found: set[str]) -> None:
    await a_resource("Night Line")
    await a_resource("Day Line", regions=("US",), needs=("addiction",), topics=("addiction",))
    await a_resource(
        "Sleep Pages",
        kind="article",
        regions=("INT",),
        topics=("sleep",),
        needs=(),
        description="How to rest at night.",
    )

    page = (await client.get(f"/resources{query}")).text

    shown = {name for name in ("Night Line", "Day Line", "Sleep Pages") if f">{name}</a>" in page}
    if "OR" in query:
        assert shown <= found
    else:
        assert shown == found


async def test_own_region_is_shown_first_of_all(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")
    await a_resource("Day Line", regions=("US",))
    assert ">Day Line</a>" not in (await client.get("/resources")).text
    member = await a_member("quiet-otter-41")
    await execute("UPDATE member SET region = 'US' WHERE id = $1", member.id)
    await enter(client, app, member)

    page = (await client.get("/resources")).text

    assert ">Day Line</a>" in page
    assert ">Night Line</a>" not in page


async def test_what_is_most_urgent_stands_first(client: httpx.AsyncClient) -> None:
    await a_resource("A Walk", kind="article", needs=("crisis",))
    await a_resource("Book Line", needs=("bereavement",))
    await a_resource("Children Line", needs=("crisis", "young-people"))
    await a_resource("Day Line", needs=("crisis", "suicide"))
    await a_resource("Poison Line", needs=("poison", "emergency"))
    await a_resource("The Emergency Number", needs=("emergency",))
    await a_resource("Abroad", regions=("US",), needs=("emergency",))

    page = (await client.get("/resources?region=GB")).text

    shown = re.findall(r'href="/resources/[a-z-]+">([^<]+)</a></h2>', page)
    assert shown == ["The Emergency Number", "Poison Line", "Day Line", "Book Line", "Children Line", "A Walk"]


async def test_long_list_has_pages(client: httpx.AsyncClient) -> None:
    for number in range(31):
        await a_resource(f"Line {number:02}")

    first, second = (await client.get("/resources")).text, (await client.get("/resources?region=GB&page=2")).text

    assert first.count("<article") == 30
    assert second.count("<article") == 1
    assert "page=2" in first
    assert "page=1" in second


async def test_page_of_a_resource_says_how_it_is_known_and_can_be_dialled(client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")

    page = (await client.get("/resources/night-line")).text

    assert 'href="tel:0800123456"' in page
    assert "Checked on 20 November 2026, read at" in page
    assert ">The source</a>" in page
    assert "United Kingdom" in page
    assert "Keep for later" not in page


async def test_member_keeps_a_resource_and_says_whether_it_helped(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")
    member = await a_member("quiet-otter-41")
    await enter(client, app, member)

    kept = await submit(client, "/resources/night-line/save", page="/resources/night-line")
    assert goes_to(kept) == ("/resources/night-line", "saved")
    await submit(client, "/resources/night-line/helped", {"helped": "yes"}, page="/resources/night-line")

    assert 'href="/me/resources"' in (await client.get("/me")).text
    assert "Night Line" in (await client.get("/me/resources")).text
    page = (await client.get("/resources/night-line")).text
    assert "Kept: let it go" in page
    assert 'aria-pressed="true">Yes' in page
    voice = await fetch_one("SELECT member, helped FROM resource_voice")
    assert (voice["member"], voice["helped"]) == (member.id, "yes")

    await submit(client, "/resources/night-line/helped", {"helped": ""}, page="/resources/night-line")
    await submit(client, "/resources/night-line/unsave", {"next": "/me/resources"}, page="/resources/night-line")
    assert await fetch("SELECT 1 FROM resource_voice") == []
    assert "Nothing yet" in (await client.get("/me/resources")).text


async def test_answer_leads_back_to_the_post_and_never_elsewhere(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")
    await enter(client, app, await a_member("quiet-otter-41"))

    back = await submit(client, "/resources/night-line/save", {"next": "/posts/7"}, page="/resources/night-line")
    away = await submit(client, "/resources/night-line/save", {"next": "//evil.example"}, page="/resources/night-line")

    assert goes_to(back) == ("/posts/7", "saved")
    assert goes_to(away) == ("/resources/night-line", "saved")


async def test_htmx_gets_the_buttons_alone(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")
    await enter(client, app, await a_member("quiet-otter-41"))
    client.headers["hx-request"] = "true"

    answer = await submit(client, "/resources/night-line/save", {"place": "7"}, page="/resources/night-line")

    assert "Kept: let it go" in answer.text
    assert 'id="voice-night-line-7"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("act", ["save", "unsave", "helped"])
async def test_visitor_is_asked_to_sign_in(client: httpx.AsyncClient, act: str) -> None:
    await a_resource("Night Line")

    answer = await submit(client, f"/resources/night-line/{act}", {"helped": "yes"})

    assert answer.headers["location"].startswith("/sign-in")
    assert await fetch("SELECT 1 FROM resource_voice") == []


async def test_unvetted_resource_cannot_be_kept(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_resource("Night Line", review_on=TODAY)
    await enter(client, app, await a_member("quiet-otter-41"))

    assert (await submit(client, "/resources/night-line/save", page="/account")).status_code == 404


async def test_kept_resource_that_nobody_vouches_for_is_named_without_its_number(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await a_resource("Night Line")
    await enter(client, app, await a_member("quiet-otter-41"))
    await submit(client, "/resources/night-line/save", page="/resources/night-line")
    await execute("UPDATE resource SET review_on = $1", TODAY)

    page = (await client.get("/me/resources")).text

    assert "Night Line" in page
    assert "not sure any more" in page
    assert "0800 123 456" not in page
