"""The library's copy of a helpline follows it; what people did to the copy stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.seeding import seed_all
from tests.support.helplines import around_now
from tests.support.people import Person, a_member, enter, submit
from tests.support.resources import FIELDS
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

SLUG = "gb-samaritans"
HELPLINE = {
    "name": "Samaritans", "slug": SLUG, "country": "GB", "needs": "crisis, suicide", "languages": "en, cy",
    "hours": "24 hours a day", "always_open": "1", "phone": "0800 000 0000", "text": "Text HELLO to 60000",
    "website": "https://night.example.org/", "description": "For anybody awake.", "source_name": "The directory",
    "source_url": "https://night.example.org/contact", "read_on": "2026-11-20",
}  # fmt: skip


@pytest.fixture
async def admin(app: Litestar, client: httpx.AsyncClient) -> Person:
    """An admin, signed in, of a Kith that was just seeded."""
    await seed_all(now())
    person = await a_member("steady-heron-20", role="admin")
    await enter(client, app, person, second_factor=True)
    return person


async def copy() -> dict[str, Any]:
    return dict(await fetch_one("SELECT * FROM resource WHERE slug = $1", SLUG))


async def send(client: httpx.AsyncClient, intent: str, **changed: str) -> None:
    number = await fetch_one("SELECT id FROM helpline WHERE source_url <> '' AND slug = ANY($1)", [SLUG, "gb-other"])
    answer = await submit(client, f"/admin/helplines/{number['id']}", {**HELPLINE, "intent": intent, **changed})
    assert answer.status_code == 303, answer.text


async def rewrite(client: httpx.AsyncClient, **fields: str) -> None:
    """Have a moderator change the copy, and another vet it."""
    before = await copy()
    seen = before["updated_at"].isoformat()
    await submit(client, f"/moderation/resources/{before['id']}", {**FIELDS, **fields, "seen": seen})
    await execute("UPDATE resource SET state = 'vetted', review_on = '2027-11-01' WHERE id = $1", before["id"])


async def test_copy_says_what_the_confirmed_helpline_says(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "confirm")

    found = await copy()
    assert (found["phone"], found["hours"], found["state"]) == ("0800 000 0000", "24 hours a day", "vetted")
    assert found["description"] == "For anybody awake. By text: Text HELLO to 60000."
    assert found["opening"] == "always"
    assert found["checked_on"].isoformat() == "2026-11-20"
    assert found["review_on"] == found["checked_on"] + timedelta(days=365)
    assert (found["vetted_by"], found["written_by"]) == (admin.id, None)
    assert "0800 000 0000" in (await client.get(f"/resources/{SLUG}")).text


async def test_copy_is_open_when_the_helpline_is(admin: Person, client: httpx.AsyncClient) -> None:
    opening = around_now(2, 4, "Asia/Tokyo")
    number = await fetch_one("SELECT id FROM helpline WHERE slug = $1", SLUG)
    told = {name: value for name, value in HELPLINE.items() if name != "always_open"}
    hours = {"hours": "Evenings", "opening": opening, "zone": "Asia/Tokyo"}

    await submit(client, f"/admin/helplines/{number['id']}", {**told, **hours, "intent": "confirm"})

    assert (await copy())["opening"] == opening
    page = (await client.get(f"/resources/{SLUG}")).text
    assert "Closed now</span>" in page
    assert "Evenings" in page


async def test_copy_of_a_helpline_that_is_not_confirmed_any_more_waits_unseen(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await send(client, "save")

    found = await copy()
    assert (found["phone"], found["state"], found["checked_on"]) == ("0800 000 0000", "review", None)
    assert (await client.get(f"/resources/{SLUG}")).status_code == 404


async def test_copy_is_retired_and_comes_back_with_its_helpline(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "retire")
    assert (await copy())["state"] == "retired"

    await send(client, "confirm")

    assert (await copy())["state"] == "vetted"


async def test_each_step_of_a_copy_is_in_the_audit_log(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "retire")

    acts = [(one.act, one.actor, one.subject) for one in await read_entries()]
    helpline = (await fetch_one("SELECT id FROM helpline WHERE slug = $1", SLUG))["id"]
    assert acts == [
        ("follow-helpline", admin.id, f"resource:{(await copy())['id']}"),
        ("retire-helpline", admin.id, f"helpline:{helpline}"),
    ]


async def test_copy_follows_a_helpline_that_got_another_short_name(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "confirm", slug="gb-other")
    await send(client, "confirm", slug="gb-other", phone="0800 111 1111")

    assert (await copy())["phone"] == "0800 111 1111"


async def test_what_has_no_room_in_the_library_is_left_to_a_person(admin: Person, client: httpx.AsyncClient) -> None:
    before = await copy()

    await send(client, "confirm", hours="Every day, and " * 20)

    found = await copy()
    assert (found["state"], found["hours"]) == ("review", before["hours"])


async def test_rewritten_copy_keeps_its_words_and_waits_where_it_says_something_else(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await rewrite(client, description="In my own words.")

    await send(client, "confirm")

    found = await copy()
    assert (found["description"], found["state"]) == ("In my own words.", "review")


async def test_rewritten_copy_that_leads_to_the_same_place_stays_vetted(
    admin: Person, client: httpx.AsyncClient
) -> None:
    same = {"phone": HELPLINE["phone"], "url": HELPLINE["website"], "hours": HELPLINE["hours"]}
    await rewrite(client, description="In my own words.", **same)

    await send(client, "confirm")

    found = await copy()
    assert (found["description"], found["state"]) == ("In my own words.", "vetted")


async def test_rewritten_copy_is_retired_with_its_helpline(admin: Person, client: httpx.AsyncClient) -> None:
    await rewrite(client)

    await send(client, "retire")

    assert (await copy())["state"] == "retired"


async def test_copy_that_somebody_retired_stays_away(admin: Person, client: httpx.AsyncClient) -> None:
    await submit(client, f"/moderation/resources/{(await copy())['id']}/retire")

    await send(client, "confirm")

    assert (await copy())["state"] == "retired"


async def test_next_seeding_leaves_what_followed(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "confirm")
    before = await copy()

    await seed_all(now())

    assert await copy() == before


async def test_seeding_mends_a_copy_whose_helpline_an_admin_changed_before(admin: Person) -> None:
    await execute("UPDATE helpline SET phone = '0800 222 2222', seed_hash = '' WHERE slug = $1", SLUG)

    for _ in range(2):
        await seed_all(now())

    assert (await copy())["phone"] == "0800 222 2222"
    assert len(await fetch("SELECT 1 FROM audit_entry")) == 1


async def test_what_was_written_from_general_knowledge_is_no_copy(admin: Person, client: httpx.AsyncClient) -> None:
    row = await fetch_one(
        """SELECT resource.id, helpline.id AS helpline FROM resource JOIN helpline ON helpline.slug = resource.slug
           WHERE helpline.state = 'unconfirmed' ORDER BY 1 LIMIT 1"""
    )

    await submit(client, f"/admin/helplines/{row['helpline']}", {"intent": "retire"})

    assert (await fetch_one("SELECT state FROM resource WHERE id = $1", row["id"]))["state"] == "review"
