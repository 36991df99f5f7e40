"""The help page: confirmed lines alone, the right ones first, for anybody, in every country a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from server.help.service import first_number
from server.seeding import read_helpline_seeds, seed_all
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


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


async def test_need_narrows_the_list_and_keeps_the_emergency_number(client: httpx.AsyncClient) -> None:
    await seed_all(now())

    page = (await client.get("/help?country=GB&need=domestic-abuse")).text

    assert 'href="tel:999"' in page
    assert 'href="tel:08082000247"' in page
    assert 'href="tel:116123"' not in page


@pytest.mark.parametrize("query", ["?country=SG", "?country=XX", "?country=<script>", "?need=nonsense", "?country="])
async def test_every_choice_leads_on(client: httpx.AsyncClient, query: str) -> None:
    await seed_all(now())

    answer = await client.get(f"/help{query}")

    assert answer.status_code == 200
    assert "findahelpline.com" in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


async def test_members_region_is_shown_unless_another_is_asked_for(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    member = await a_member("quiet-otter-41")
    await execute("UPDATE member SET region = 'AU' WHERE id = $1", member.id)
    await enter(client, app, member)

    assert 'href="tel:131114"' in (await client.get("/help")).text
    assert 'href="tel:116123"' in (await client.get("/help?country=GB")).text


async def test_admins_change_survives_seeding_and_a_changed_seed_arrives(app: Litestar) -> None:
    await seed_all(now())
    await execute("UPDATE helpline SET hours = 'Changed by an admin', seed_hash = '' WHERE slug = 'gb-samaritans'")
    await execute("UPDATE helpline SET hours = 'Old seed', seed_hash = 'old' WHERE slug = 'gb-papyrus'")

    await seed_all(now())

    kept = await fetch_one("SELECT hours FROM helpline WHERE slug = 'gb-samaritans'")
    renewed = await fetch_one("SELECT hours FROM helpline WHERE slug = 'gb-papyrus'")
    assert kept["hours"] == "Changed by an admin"
    assert renewed["hours"] != "Old seed"


@pytest.mark.parametrize(
    ("words", "dialled"),
    [
        ("116 123", "116123"),
        ("112, or 15 for the ambulance (SAMU)", "112"),
        ("988, then press 1", "988"),
        ("1-800-662-4357", "18006624357"),
        ("+44 1708 765200", "+441708765200"),
        ("see the website", ""),
    ],
)
def test_number_in_words_is_found(words: str, dialled: str) -> None:
    assert first_number(words) == dialled
