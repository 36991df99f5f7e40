"""The help page: confirmed lines alone, the right ones first, for anybody, in every country a way on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from models.database import close_database, execute, open_database
from server.clock import now
from server.seeding import read_helpline_seeds, seed_all
from tests.support.helplines import a_helpline, around_now
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from server.settings import Settings


async def test_confirmed_lines_are_shown_and_unconfirmed_ones_never(client: httpx.AsyncClient) -> None:
    await seed_all(now())
    seeds = [seed for seed in read_helpline_seeds() if seed.country == "GB"]

    page = (await client.get("/help?country=GB")).text

    for seed in seeds:
        if seed.state == "confirmed":
            assert seed.name in page.replace("&#39;", "'").replace("&amp;", "&"), seed.slug
        else:
            assert seed.website not in page, seed.slug


async def test_emergency_number_comes_first_and_can_be_dialled(client: httpx.AsyncClient) -> None:
    await seed_all(now())

    page = (await client.get("/help?country=GB")).text

    # The emergency number, then a crisis line for anybody, then one for the young.
    assert page.index('href="tel:999"') < page.index('href="tel:116123"') < page.index('href="tel:08001111"')


async def test_lines_stand_in_the_order_in_which_somebody_needs_them(client: httpx.AsyncClient) -> None:
    await a_helpline("Anywhere Directory", country="INT", phone=None)
    await a_helpline("Young Crisis", needs=("crisis", "young-people"))
    await a_helpline("Alcohol Talk", needs=("alcohol",))
    await a_helpline("Evening Crisis", hours="18:00 to midnight")
    await a_helpline("Night Crisis")
    await a_helpline("Antidotes", needs=("poison", "emergency"))
    await a_helpline("Emergency", needs=("emergency",), phone="112")

    page = (await client.get("/help?country=BE")).text

    places = [
        page.index(f">{name}</h3>")
        for name in (
            "Emergency",
            "Antidotes",
            "Night Crisis",
            "Evening Crisis",
            "Alcohol Talk",
            "Young Crisis",
            "Anywhere Directory",
        )
    ]
    assert places == sorted(places)


async def test_open_lines_come_first_closed_ones_last_and_both_say_until_when(client: httpx.AsyncClient) -> None:
    zone = "Asia/Tokyo"
    await a_helpline("A Closed One", hours="Evenings", opening=around_now(2, 5, zone), zone=zone)
    await a_helpline("B Unknown One", hours="Evenings")
    await a_helpline("C Open One", hours="Mornings", opening=around_now(-1, 3, zone), zone=zone)
    await a_helpline("D Talk", needs=("alcohol",))

    page = re.sub(r"\s+", " ", (await client.get("/help?country=BE")).text)

    names = ("C Open One", "B Unknown One", "D Talk", "A Closed One")
    cards = [page.index(f">{name}</h3>") for name in names]
    assert cards == sorted(cards)
    there = now().astimezone(ZoneInfo(zone))
    open_card, unknown_card, closed_card = page[cards[0] : cards[1]], page[cards[1] : cards[2]], page[cards[3] :]
    assert f"Open now</span> until {_clock(there, 3)} their time. It is {there:%H:}" in open_card
    assert "Mornings" in open_card
    assert "now</span>" not in unknown_card
    assert "Closed now" in closed_card
    assert re.search(f"Opens (tomorrow )?at {_clock(there, 2)} their time", closed_card)


def _clock(there: datetime, hours: int) -> str:
    time = f"{there + timedelta(hours=hours):%H:%M}"
    return "midnight" if time == "00:00" else time


async def test_need_narrows_the_list_and_keeps_the_emergency_number(client: httpx.AsyncClient) -> None:
    await seed_all(now())

    page = (await client.get("/help?country=GB&need=domestic-abuse")).text

    assert 'href="tel:999"' in page
    assert 'href="tel:08082000247"' in page
    assert 'href="tel:116123"' not in page
    assert 'href="/help?country=GB"' in page


async def test_need_without_a_line_of_its_own_shows_the_lines_for_any_crisis(client: httpx.AsyncClient) -> None:
    await a_helpline("Night Crisis", phone="0800 123 456")
    await a_helpline("Alcohol Talk", needs=("alcohol",), phone="0800 999 999")

    page = (await client.get("/help?country=BE&need=gambling")).text

    assert "no confirmed line for exactly this" in page
    assert 'href="tel:0800123456"' in page
    assert 'href="tel:0800999999"' not in page


async def test_poison_line_is_found_by_its_need_below_the_emergency_number(client: httpx.AsyncClient) -> None:
    await a_helpline("Emergency", needs=("emergency",), phone="112")
    await a_helpline("Antidotes", needs=("poison", "emergency"), phone="070 245 245")

    page = (await client.get("/help?country=BE&need=poison")).text

    assert page.count('href="tel:070245245"') == 1
    assert page.index('href="tel:112"') < page.index('id="here"') < page.index('href="tel:070245245"')
    assert "no confirmed line for exactly this" not in page


async def test_no_line_is_promised_where_none_is_confirmed(client: httpx.AsyncClient) -> None:
    await a_helpline("Emergency", needs=("emergency",), phone="112")
    await a_helpline("Women Only", needs=("domestic-abuse",), phone="0800 999 999")
    await a_helpline("Seen Nowhere", state="unconfirmed")
    await a_helpline("Closed Down", state="retired")
    await a_helpline("Anywhere Directory", country="INT", phone=None)

    page = (await client.get("/help?country=BE&need=gambling")).text

    assert "not been able to confirm a line for this" in page
    assert "any crisis, this one too" not in page
    assert 'href="tel:112"' in page
    assert "0800 999 999" not in page
    assert "Seen Nowhere" not in page
    assert "Closed Down" not in page
    assert '<a class="way way-call" href="https://anywhere-directory.example.org/"' in page
    assert 'href="/help?country=BE"' in page


@pytest.mark.parametrize("query", ["?country=SG", "?country=XX", "?country=<script>", "?need=nonsense", "?country="])
async def test_every_choice_leads_on(client: httpx.AsyncClient, query: str) -> None:
    await seed_all(now())

    answer = await client.get(f"/help{query}")

    assert answer.status_code == 200
    assert "findahelpline.com" in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


async def test_missing_emergency_number_is_admitted_even_beside_a_poison_line(client: httpx.AsyncClient) -> None:
    await a_helpline("Antidotes", needs=("poison", "emergency"))
    assert "112 works on mobile phones" in (await client.get("/help?country=BE")).text

    await a_helpline("Emergency", needs=("emergency",), phone="112")
    assert "112 works on mobile phones" not in (await client.get("/help?country=BE")).text


async def test_page_is_there_before_any_line_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/help")

    assert answer.status_code == 200
    assert "112 works on mobile phones" in answer.text
    assert "The directories below" not in answer.text


async def test_countries_with_anything_confirmed_can_be_chosen_and_the_shown_one_always(
    client: httpx.AsyncClient,
) -> None:
    await a_helpline("Night Crisis", country="BE")
    await a_helpline("Seen Nowhere", country="NL", state="unconfirmed")

    page = (await client.get("/help?country=KR")).text

    assert '<option value="KR" selected>South Korea</option>' in page
    assert '<option value="BE">Belgium</option>' in page
    assert '<option value="NL"' not in page
    assert '<form method="get" action="/help"' in page


async def test_members_region_is_shown_unless_another_is_asked_for(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    member = await a_member("quiet-otter-41")
    await execute("UPDATE member SET region = 'AU' WHERE id = $1", member.id)
    await enter(client, app, member)

    assert 'href="tel:131114"' in (await client.get("/help")).text
    assert 'href="tel:116123"' in (await client.get("/help?country=GB")).text


async def test_members_lines_are_shown_while_the_database_is_away(
    app: Litestar, client: httpx.AsyncClient, services: Settings
) -> None:
    await seed_all(now())
    member = await a_member("quiet-otter-41")
    await execute("UPDATE member SET region = 'AU' WHERE id = $1", member.id)
    await enter(client, app, member)
    await client.get("/help")
    await close_database()
    try:
        answer, abroad = await client.get("/help"), await client.get("/help?country=GB")
    finally:
        await open_database(services.database_address)

    assert answer.status_code == 200
    assert 'href="tel:131114"' in answer.text
    assert 'href="tel:116123"' in abroad.text


async def test_page_that_fails_says_whom_to_call(client: httpx.AsyncClient, services: Settings) -> None:
    await close_database()
    try:
        answer = await client.get("/")
    finally:
        await open_database(services.database_address)

    assert answer.status_code == 503
    assert "call your emergency number: 112 works on mobile phones" in answer.text


async def test_visitors_choice_is_kept_in_the_address_alone(client: httpx.AsyncClient) -> None:
    await a_helpline("Night Crisis", country="BE")
    await client.get("/help")
    before = dict(client.cookies)

    await client.get("/help?country=BE&need=crisis")

    assert dict(client.cookies) == before
    assert "Night Crisis" not in (await client.get("/help")).text


async def test_browsers_may_keep_a_visitors_page_and_not_a_members(app: Litestar, client: httpx.AsyncClient) -> None:
    assert (await client.get("/help")).headers["cache-control"] == "private, no-cache"

    assert (await client.get("/help?country=GB&need=")).headers["cache-control"] == "private, no-cache"

    await enter(client, app, await a_member("quiet-otter-41"))

    answer = await client.get("/help")
    assert answer.headers["cache-control"] == "no-store"
    assert "data-offline" in answer.text


async def test_no_browser_stores_which_need_was_chosen_and_its_history_is_spoken_of(client: httpx.AsyncClient) -> None:
    answer = await client.get("/help?country=GB&need=suicide")

    assert answer.headers["cache-control"] == "no-store"
    assert "Your browser may keep it in its history." in answer.text
    assert "Your browser may keep it in its history." in (await client.get("/search")).text


async def test_card_says_how_to_reach_it_and_how_it_is_known(client: httpx.AsyncClient) -> None:
    await a_helpline("Night Crisis", languages=("nl", "fr", "mul"), text="Text HELLO to 1813", hours="From 18:00")

    page = (await client.get("/help?country=BE")).text

    assert 'href="tel:0800000000"' in page
    assert 'href="sms:1813"' in page
    assert "HELLO to 1813</span>" in page
    assert "Dutch, French, many languages" in page
    assert "From 18:00" in page
    assert "Checked on 1 November 2026, read at" in page
    assert ">The national directory</a>" in page
