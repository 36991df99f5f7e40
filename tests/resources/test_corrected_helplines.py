"""What an upgrade corrects about a helpline reaches the library's copy, whatever people did to that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.seeding import read_helpline_seeds, seed_all
from tests.resources.test_helpline_copies import SLUG, copy, rewrite, vet
from tests.support.people import submit
from tests.support.resources import a_resource

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person

NUMBER = next(seed.phone for seed in read_helpline_seeds() if seed.slug == SLUG)


@pytest.fixture(autouse=True)
async def seeded(writer: Person) -> None:
    await seed_all(now())


async def vet_again(client: httpx.AsyncClient) -> None:
    """Have somebody vet the copy once its review was due."""
    await execute("UPDATE resource SET state = 'expired' WHERE slug = $1", SLUG)
    await submit(client, f"/moderation/resources/{(await copy())['id']}/submit")
    assert await vet(client) == 303


async def of_an_older_version(**values: str) -> None:
    """Let the helpline, and its copy, say what an older version of Kith said."""
    for name, value in values.items():
        await execute(f"UPDATE helpline SET {name} = $2, seed_hash = 'older' WHERE slug = $1", SLUG, value)
        if name == "phone":
            await execute("UPDATE resource SET phone = $2 WHERE slug = $1", SLUG, value)


async def test_corrected_number_reaches_a_copy_that_somebody_vetted_again(client: httpx.AsyncClient) -> None:
    await vet_again(client)
    await of_an_older_version(phone="0800 000 000")

    await seed_all(now())

    found = await copy()
    assert (found["phone"], found["state"], found["vetted_by"]) == (NUMBER, "vetted", None)
    assert found["phone"] in (await client.get(f"/resources/{SLUG}")).text


async def test_correction_of_something_else_leaves_what_somebody_vetted_for_longer(client: httpx.AsyncClient) -> None:
    await vet_again(client)
    longer = now().date() + timedelta(days=700)
    await execute("UPDATE resource SET review_on = $2 WHERE slug = $1", SLUG, longer)
    before = await copy()
    await of_an_older_version(read_note="Read before.")

    await seed_all(now())

    found = await copy()
    assert [found[name] for name in ("state", "vetted_by", "review_on")] == ["vetted", before["vetted_by"], longer]


async def test_copy_of_a_line_that_an_upgrade_confirms_no_more_waits_for_review() -> None:
    line = await fetch_one(
        """UPDATE helpline SET state = 'confirmed', seed_hash = 'older' WHERE id = (
             SELECT id FROM helpline WHERE state = 'unconfirmed' AND slug NOT IN (SELECT slug FROM resource) LIMIT 1)
           RETURNING id"""
    )
    number = await a_resource("A Line Of Old")
    await execute("UPDATE resource SET helpline = $2 WHERE id = $1", number, line["id"])

    await seed_all(now())

    assert (await fetch_one("SELECT state FROM resource WHERE id = $1", number))["state"] == "review"


async def test_rewritten_copy_waits_for_review_where_an_upgrade_brings_another_number(
    client: httpx.AsyncClient,
) -> None:
    await rewrite(client, description="In my own words.")
    await of_an_older_version(phone="0800 123 456")

    await seed_all(now())

    found = await copy()
    assert (found["description"], found["phone"], found["state"]) == ("In my own words.", "0800 123 456", "review")


async def test_rewritten_copy_waits_for_review_where_an_upgrade_takes_a_text_line_away(
    client: httpx.AsyncClient,
) -> None:
    line = await fetch_one("SELECT * FROM helpline WHERE slug = $1", SLUG)
    same = {"phone": line["phone"], "url": line["website"], "hours": line["hours"]}
    await rewrite(client, description="Or text NIGHT to 50000.", **same)
    await of_an_older_version(text="Text NIGHT to 50000")

    await seed_all(now())

    assert (await copy())["state"] == "review"


async def test_copy_that_nobody_touched_leaves_no_trace_in_the_audit_log() -> None:
    await of_an_older_version(phone="0800 000 000")

    await seed_all(now())

    found = await copy()
    assert (found["phone"], found["state"]) == (NUMBER, "vetted")
    assert await fetch("SELECT 1 FROM audit_entry WHERE subject LIKE 'resource:%'") == []
