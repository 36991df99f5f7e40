"""What members and visitors find: vetted myths before their review day, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.clock import now
from tests.support.myths import CORRECTION, a_myth

if TYPE_CHECKING:
    import httpx

TODAY = now().date()


async def test_visitor_sees_vetted_myths_alone(client: httpx.AsyncClient) -> None:
    await a_myth()
    for state in ("draft", "review", "expired", "retired"):
        await a_myth(f"Unseen {state}.", slug=f"unseen-{state}", state=state)
    await a_myth("Unseen due.", slug="unseen-due", review_on=TODAY)

    page = await client.get("/myths")

    assert page.status_code == 200
    assert "Moonlight cures a cold." in page.text
    assert "Unseen" not in page.text
    for state in ("draft", "review", "expired", "retired", "due"):
        assert (await client.get(f"/myths/unseen-{state}")).status_code == 404, state


async def test_page_says_what_is_true_and_where_it_was_read(client: httpx.AsyncClient) -> None:
    await a_myth()

    page = (await client.get("/myths/moonlight-cures-a-cold")).text

    assert "People say: “Moonlight cures a cold.”" in page
    assert CORRECTION in page
    assert (
        '<a href="https://institute.example.org/moon" rel="nofollow noopener noreferrer">Colds and the moon</a>' in page
    )
    assert "The Institute, 2020" in page
    assert "Checked on 20 November 2026" in page


async def test_source_that_nobody_read_is_named_as_such(client: httpx.AsyncClient) -> None:
    await a_myth()
    await execute(
        """UPDATE myth SET evidence = evidence || '[{"title": "By name", "publisher": "Us", "year": null,
           "url": "https://us.example.org/", "read": false, "checked": ""}]'::jsonb"""
    )

    page = (await client.get("/myths/moonlight-cures-a-cold")).text

    assert page.index("Colds and the moon") < page.index("not opened for this page") < page.index("By name")


async def test_page_of_a_deadly_claim_leads_to_help(client: httpx.AsyncClient) -> None:
    await a_myth(harm="life-threatening")

    page = (await client.get("/myths/moonlight-cures-a-cold")).text

    assert "may die of it" in page
    assert "help that is open now" in page


@pytest.mark.parametrize("harm", ["low", "serious"])
async def test_page_of_another_claim_alarms_nobody(client: httpx.AsyncClient, harm: str) -> None:
    await a_myth(harm=harm)

    assert "help that is open now" not in (await client.get("/myths/moonlight-cures-a-cold")).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Moonlight cures a cold.", "Salt is a mineral."}),
        ("?topic=addiction", {"Salt is a mineral."}),
        ("?q=colds", {"Moonlight cures a cold."}),
        ("?q=salty+tears", {"Salt is a mineral."}),
        ("?q=colds&topic=addiction", set()),
        ("?q=%22%29+OR+%28&topic=nonsense", set()),
    ],
)
async def test_list_is_searched_and_narrowed(client: httpx.AsyncClient, query: str, found: set[str]) -> None:
    await a_myth()
    await a_myth("Salt is a mineral.", slug="salt", topic="addiction", phrasings=("salty tears",))
    await execute("UPDATE myth SET correction = 'It is.' WHERE slug = 'salt'")

    page = (await client.get(f"/myths{query}")).text

    assert {claim for claim in ("Moonlight cures a cold.", "Salt is a mineral.") if claim in page} == found


async def test_every_page_leads_to_the_myths(client: httpx.AsyncClient) -> None:
    assert 'href="/myths"' in (await client.get("/help")).text
