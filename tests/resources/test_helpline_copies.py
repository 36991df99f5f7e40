"""The library's copy of a helpline follows it; what people did to the copy stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from models.database import execute, fetch, fetch_one
from models.help import HelplineState
from server.admin.helplines import find_helpline_form, save_helpline
from server.clock import now
from server.seeding import seed_all
from tests.support.helplines import around_now
from tests.support.people import Person, a_member, enter, fill_in, submit
from tests.support.resources import FIELDS
from triage.queue.audit import read_entries, record

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

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


@pytest.fixture
async def other_admin(admin: Person, app: Litestar, new_browser: NewBrowser) -> httpx.AsyncClient:
    """The browser of another admin."""
    browser = new_browser()
    await enter(browser, app, await a_member("calm-fern-12", role="admin"), second_factor=True)
    return browser


async def copy() -> dict[str, Any]:
    return dict(await fetch_one("SELECT * FROM resource WHERE slug = $1", SLUG))


async def send(client: httpx.AsyncClient, intent: str, **changed: str) -> None:
    number = await fetch_one("SELECT id FROM helpline WHERE slug = $1", SLUG)
    fields = {name: value for name, value in {**HELPLINE, "intent": intent, **changed}.items() if value}
    answer = await fill_in(client, f"/admin/helplines/{number['id']}", fields)
    assert answer.status_code == 303, answer.text


async def as_it_stands() -> dict[str, str]:
    """Return the helpline as its page shows it, with the day of another reading."""
    number = (await fetch_one("SELECT id FROM helpline WHERE slug = $1", SLUG))["id"]
    fields = msgspec.to_builtins((await find_helpline_form(number))[0])
    return {name: value for name, value in fields.items() if value is not False} | {"read_on": "2026-11-25"}


async def vet(client: httpx.AsyncClient) -> int:
    """Try to vet the copy as it stands, and return the status of the answer."""
    found, today = await copy(), now().date()
    dates = {"checked_on": today.isoformat(), "review_on": (today + timedelta(days=90)).isoformat()}
    fields = {**dates, "seen": found["updated_at"].isoformat()}
    return (await submit(client, f"/moderation/resources/{found['id']}/vet", fields)).status_code


async def rewrite(client: httpx.AsyncClient, **fields: str) -> None:
    """Have a moderator change the copy, and another vet it."""
    before = await copy()
    seen = before["updated_at"].isoformat()
    await submit(client, f"/moderation/resources/{before['id']}", {**FIELDS, **fields, "seen": seen})
    await execute("UPDATE resource SET state = 'vetted', review_on = '2027-11-01' WHERE id = $1", before["id"])


async def test_copy_says_what_the_confirmed_helpline_says(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "confirm")

    found = await copy()
    assert (found["phone"], found["hours"], found["opening"]) == ("0800 000 0000", "24 hours a day", "always")
    assert found["description"] == "For anybody awake. By text: Text HELLO to 60000."


async def test_whoever_changes_and_confirms_a_helpline_leaves_its_copy_to_somebody_else(
    admin: Person, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    await send(client, "confirm")

    found = await copy()
    assert (found["state"], found["written_by"], found["vetted_by"]) == ("review", admin.id, None)
    assert (await client.get(f"/resources/{SLUG}")).status_code == 404
    assert (await vet(client), await vet(other_admin)) == (409, 303)
    assert "0800 000 0000" in (await client.get(f"/resources/{SLUG}")).text


async def test_whoever_confirms_what_they_saved_before_leaves_its_copy_to_somebody_else(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await send(client, "save")

    await send(client, "confirm")

    found = await copy()
    assert (found["state"], found["written_by"]) == ("review", admin.id)


async def test_whoever_confirms_what_another_admin_wrote_vets_the_copy(
    admin: Person, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    await send(client, "save")

    await send(other_admin, "confirm")

    found = await copy()
    assert (found["state"], found["written_by"]) == ("vetted", admin.id)
    assert found["vetted_by"] not in (None, admin.id)
    assert found["checked_on"].isoformat() == "2026-11-20"
    assert found["review_on"] == found["checked_on"] + timedelta(days=365)


async def test_writer_who_reads_the_page_again_changes_nothing_about_what_a_colleague_vetted(
    admin: Person, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    await send(client, "save")
    await send(other_admin, "confirm")
    vetted = await copy()

    await send(client, "confirm", read_on="2026-11-28")

    found = await copy()
    assert [found[name] for name in ("state", "vetted_by", "review_on")] == [
        vetted[name] for name in ("state", "vetted_by", "review_on")
    ]


async def test_admin_who_reads_the_page_of_a_seeded_helpline_again_vets_its_copy(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await send(client, "confirm", **await as_it_stands())

    found = await copy()
    assert (found["state"], found["vetted_by"], found["written_by"]) == ("vetted", admin.id, None)
    assert found["checked_on"].isoformat() == "2026-11-25"


async def test_no_seeded_helpline_counts_as_changed_that_was_confirmed_as_it_stands(admin: Person) -> None:
    rows = await fetch("SELECT helpline AS id FROM resource WHERE helpline IS NOT NULL")
    for row in rows:
        form, _, seen = await find_helpline_form(row["id"])
        await save_helpline(row["id"], form, state=HelplineState.CONFIRMED, seen=seen, admin_id=admin.id, at=now())

    written = await fetch("SELECT slug FROM resource WHERE helpline IS NOT NULL AND state <> 'vetted'")

    assert len(rows) > 20
    assert written == []


async def test_copy_is_open_when_the_helpline_is(
    admin: Person, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    opening = around_now(2, 4, "Asia/Tokyo")
    number = await fetch_one("SELECT id FROM helpline WHERE slug = $1", SLUG)
    told = {name: value for name, value in HELPLINE.items() if name != "always_open"}
    hours = {"hours": "Evenings", "opening": opening, "zone": "Asia/Tokyo"}

    await fill_in(client, f"/admin/helplines/{number['id']}", {**told, **hours, "intent": "confirm"})
    await vet(other_admin)

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

    await send(client, "confirm", **await as_it_stands())

    assert (await copy())["state"] == "vetted"


async def test_each_step_of_a_copy_is_in_the_audit_log(admin: Person, client: httpx.AsyncClient) -> None:
    await send(client, "retire")

    acts = [(one.act, one.actor, one.subject) for one in await read_entries()]
    helpline = (await fetch_one("SELECT id FROM helpline WHERE slug = $1", SLUG))["id"]
    assert acts == [
        ("follow-helpline", admin.id, f"resource:{(await copy())['id']}"),
        ("retire-helpline", admin.id, f"helpline:{helpline}"),
    ]


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


@pytest.mark.parametrize(
    ("own", "changed"),
    [
        ({"opening": "daily 09:00-17:00", "zone": "Europe/London"}, {}),
        ({"opening": "always"}, {"always_open": "", "opening": "daily 09:00-17:00", "zone": "Europe/London"}),
        ({}, {"text": "Text NIGHT to 50000"}),
        ({}, {"chat_url": ""}),
    ],
)
async def test_rewritten_copy_waits_where_its_helpline_is_open_or_written_to_otherwise(
    admin: Person, client: httpx.AsyncClient, own: dict[str, str], changed: dict[str, str]
) -> None:
    chat = {"chat_url": "https://night.example.org/chat"}
    await send(client, "confirm", **chat)
    same = {"phone": HELPLINE["phone"], "url": HELPLINE["website"], "hours": HELPLINE["hours"]}
    await rewrite(client, description="In my own words.", **same, **own)

    await send(client, "confirm", **(chat | changed))

    found = await copy()
    assert (found["description"], found["state"]) == ("In my own words.", "review")


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
    row = await fetch_one(
        "UPDATE helpline SET phone = '0800 222 2222', seed_hash = '' WHERE slug = $1 RETURNING id", SLUG
    )
    await record("confirm-helpline", f"helpline:{row['id']}", actor=admin.id, at=now())

    for _ in range(2):
        await seed_all(now())

    found = await copy()
    assert (found["phone"], found["state"], found["written_by"]) == ("0800 222 2222", "review", admin.id)
    assert len(await fetch("SELECT 1 FROM audit_entry WHERE act = 'follow-helpline'")) == 1


async def test_what_was_written_from_general_knowledge_is_no_copy(admin: Person, client: httpx.AsyncClient) -> None:
    row = await fetch_one(
        """SELECT resource.id, helpline.id AS helpline FROM resource JOIN helpline ON helpline.slug = resource.slug
           WHERE helpline.state = 'unconfirmed' ORDER BY 1 LIMIT 1"""
    )

    await submit(client, f"/admin/helplines/{row['helpline']}", {"intent": "retire"})

    assert (await fetch_one("SELECT state FROM resource WHERE id = $1", row["id"]))["state"] == "review"
