"""What an admin sees and changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.seeding import seed_all
from tests.support.conversation import a_board
from tests.support.helplines import around_now
from tests.support.people import a_member, enter, fill_in, submit
from triage.policy import TriagePolicy, parse_policy

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser
    from tests.support.people import Person

BOARD = {
    "name": "Quiet nights",
    "slug": "quiet-nights",
    "purpose": "For those who are awake.",
    "rules": "- Be kind",
    "position": "5",
    "hold_dangerous": "1",
    "hold_misinformation": "1",
    "crisis_minutes": "3",
    "red_minutes": "20",
    "amber_minutes": "600",
    "misinformation_minutes": "1440",
}
HELPLINE = {
    "name": "Night Line",
    "slug": "gb-night-line",
    "country": "GB",
    "needs": "crisis, suicide",
    "languages": "en, cy",
    "hours": "24 hours a day",
    "always_open": "1",
    "phone": "0800 000 0000",
    "website": "https://night.example.org/",
    "description": "For anybody awake.",
    "source_name": "Night Line",
    "source_url": "https://night.example.org/contact",
    "read_on": "2026-11-20",
}


async def test_board_is_set_up_changed_and_closed(admin: Person, client: httpx.AsyncClient) -> None:
    made = await submit(client, "/admin/boards/new", BOARD)
    assert made.status_code == 303
    row = await fetch_one("SELECT id, triage_policy FROM board")
    assert parse_policy(row["triage_policy"]) == TriagePolicy(crisis_minutes=3, red_minutes=20, amber_minutes=600)
    assert "For those who are awake." in (await client.get("/boards/quiet-nights")).text

    await fill_in(client, f"/admin/boards/{row['id']}", {**BOARD, "name": "Long nights", "archived": "1"})

    page = (await client.get("/boards/quiet-nights")).text
    assert "Long nights" in page
    assert "closed for new posts" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Not An Address"),
        ("slug", ""),
        ("name", ""),
        ("purpose", "x" * 301),
        ("position", "first"),
        ("crisis_minutes", "0"),
        ("red_minutes", "-5"),
        ("red_minutes", "2"),
        ("amber_minutes", "9" * 30),
        ("crisis_minutes", "²"),
        ("misinformation_minutes", "2"),
        ("misinformation_minutes", "soon"),
    ],
)
async def test_unusable_board_comes_back_with_what_was_typed(
    admin: Person, client: httpx.AsyncClient, field: str, value: str
) -> None:
    answer = await submit(client, "/admin/boards/new", {**BOARD, field: value})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert BOARD["rules"] in answer.text
    assert await fetch("SELECT 1 FROM board") == []


@pytest.mark.parametrize("minutes", ["03", "٣", "3"])
async def test_minutes_are_understood_however_they_are_written(
    admin: Person, client: httpx.AsyncClient, minutes: str
) -> None:
    assert (await submit(client, "/admin/boards/new", {**BOARD, "crisis_minutes": minutes})).status_code == 303

    row = await fetch_one("SELECT triage_policy FROM board")
    assert parse_policy(row["triage_policy"]).crisis_minutes == 3


async def test_board_with_an_unusable_policy_can_be_put_right(admin: Person, client: httpx.AsyncClient) -> None:
    board = await a_board("quiet-nights")
    await execute("""UPDATE board SET triage_policy = '{"hold_crisis": true}'""")

    page = await client.get(f"/admin/boards/{board.id}")
    assert page.status_code == 200
    assert "cannot be followed" in page.text

    assert (await fill_in(client, f"/admin/boards/{board.id}", BOARD)).status_code == 303
    assert "cannot be followed" not in (await client.get(f"/admin/boards/{board.id}")).text


async def test_address_of_another_board_is_refused_kindly(admin: Person, client: httpx.AsyncClient) -> None:
    await a_board("quiet-nights")

    answer = await submit(client, "/admin/boards/new", BOARD)

    assert answer.status_code == 422
    assert "Another board has this address" in answer.text


async def test_role_is_given_and_the_last_admin_stays(admin: Person, client: httpx.AsyncClient) -> None:
    member = await a_member("calm-fern-12")

    assert "calm-fern-12" in (await client.get("/admin/people", params={"handle": "Calm-Fern-12"})).text
    await submit(client, f"/admin/people/{member.id}", {"role": "moderator"})
    assert (await fetch_one("SELECT role FROM member WHERE id = $1", member.id))["role"] == "moderator"

    refused = await submit(client, f"/admin/people/{admin.id}", {"role": "member"})
    assert refused.status_code == 409
    assert (await fetch_one("SELECT role FROM member WHERE id = $1", admin.id))["role"] == "admin"


async def test_lost_second_factor_is_reset_and_signs_out(
    admin: Person, client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    moderator = await a_member("calm-fern-12", role="moderator")
    await execute("UPDATE member SET totp_secret = 'encrypted' WHERE id = $1", moderator.id)
    theirs = new_browser()
    await enter(theirs, app, moderator, second_factor=True)
    assert "reset the second factor" in (await client.get("/admin/people")).text

    answer = await submit(client, f"/admin/people/{moderator.id}/second-factor")

    assert answer.status_code == 303
    assert (await fetch_one("SELECT totp_secret FROM member WHERE id = $1", moderator.id))["totp_secret"] is None
    assert (await theirs.get("/moderation")).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(("person", "role"), [(999_999, "admin"), (1, "emperor"), (1, "")])
async def test_forged_role_or_member_changes_nothing(
    admin: Person, client: httpx.AsyncClient, person: int, role: str
) -> None:
    answer = await submit(client, f"/admin/people/{person}", {"role": role})

    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text


async def test_helpline_is_seen_once_it_is_confirmed(admin: Person, client: httpx.AsyncClient) -> None:
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "save"})
    assert "Night Line" not in (await client.get("/help?country=GB")).text
    row = await fetch_one("SELECT id, state FROM helpline")
    assert row["state"] == "unconfirmed"

    await fill_in(client, f"/admin/helplines/{row['id']}", {**HELPLINE, "intent": "confirm"})

    page = (await client.get("/help?country=GB")).text
    assert "Night Line" in page
    assert "English, Welsh" in page
    assert "20 November 2026" in page
    confirmed = await fetch_one("SELECT confirmed_by, seed_hash FROM helpline")
    assert (confirmed["confirmed_by"], confirmed["seed_hash"]) == (admin.id, "")

    await submit(client, f"/admin/helplines/{row['id']}", {"intent": "retire"})
    assert "Night Line" not in (await client.get("/help?country=GB")).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("read_on", ""),
        ("read_on", "2999-01-01"),
        ("source_name", ""),
        ("website", "javascript:alert(1)"),
        ("source_url", "http://plain.example.org/"),
        ("needs", "crisis, everything"),
        ("country", "ZZ"),
        ("languages", "tlh"),
        ("languages", "en, zh-hant-tw-pinyin"),
        ("slug", "UPPER"),
    ],
)
async def test_helpline_cannot_be_confirmed_without_what_was_read(
    admin: Person, client: httpx.AsyncClient, field: str, value: str
) -> None:
    answer = await submit(client, "/admin/helplines/new", {**HELPLINE, field: value, "intent": "confirm"})

    assert answer.status_code == 422
    assert HELPLINE["description"] in answer.text
    assert await fetch("SELECT 1 FROM helpline") == []


async def test_long_note_of_what_was_read_is_kept_whole_or_given_back_whole(
    admin: Person, client: httpx.AsyncClient
) -> None:
    page = (await client.get("/admin/helplines/new")).text
    refused = await submit(client, "/admin/helplines/new", {**HELPLINE, "read_note": "x" * 2_001, "intent": "save"})
    nothing = await fetch("SELECT 1 FROM helpline")
    saved = await submit(client, "/admin/helplines/new", {**HELPLINE, "read_note": "x" * 2_000, "intent": "save"})

    assert re.search(r'<textarea id="read_note"[^>]* data-limit="2000"', page)
    assert (refused.status_code, nothing) == (422, [])
    assert "At most 2,000 characters fit. Please shorten it." in refused.text
    assert "x" * 2_001 in refused.text
    assert saved.status_code == 303
    assert (await fetch_one("SELECT read_note FROM helpline"))["read_note"] == "x" * 2_000


async def test_hours_of_a_helpline_are_typed_and_shown_as_open_or_closed(
    admin: Person, client: httpx.AsyncClient
) -> None:
    hours = {"hours": "Evenings", "opening": around_now(-1, 1, "Asia/Tokyo"), "zone": "Asia/Tokyo"}
    told = {name: value for name, value in HELPLINE.items() if name != "always_open"} | hours

    await submit(client, "/admin/helplines/new", {**told, "intent": "confirm"})

    row = await fetch_one("SELECT id, opening, zone, always_open FROM helpline")
    assert (row["opening"], row["zone"], row["always_open"]) == (hours["opening"], "Asia/Tokyo", False)
    assert f'value="{hours["opening"]}"' in (await client.get(f"/admin/helplines/{row['id']}")).text
    page = (await client.get("/help?country=GB")).text
    assert "Open now</span>" in page
    assert "their time" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"opening": "Mon-Fri 9-5", "zone": "Europe/London"}, "Times are written with colons"),
        ({"opening": "daily 09:00-17:00"}, "Please say in which time zone"),
        ({"opening": "daily 09:00-17:00", "zone": "London"}, "This time zone is not known"),
        ({"opening": "daily 09:00-17:00", "zone": "Europe/London", "always_open": "1"}, "Please choose one"),
    ],
)
async def test_hours_that_cannot_be_read_are_given_back_with_what_to_do(
    admin: Person, client: httpx.AsyncClient, changed: dict[str, str], words: str
) -> None:
    told = {name: value for name, value in HELPLINE.items() if name != "always_open"} | changed

    answer = await submit(client, "/admin/helplines/new", {**told, "intent": "save"})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{changed["opening"]}"' in answer.text
    assert await fetch("SELECT 1 FROM helpline") == []


async def test_admin_sees_what_a_tap_on_a_number_will_reach(admin: Person, client: httpx.AsyncClient) -> None:
    told = {**HELPLINE, "phone": "0800 83 85 87 (24 hours)", "text": "WhatsApp 600 000 016", "intent": "save"}
    await submit(client, "/admin/helplines/new", told)
    row = await fetch_one("SELECT id FROM helpline")

    page = (await client.get(f"/admin/helplines/{row['id']}")).text

    assert "A tap on it reaches 0800838587." in page
    assert "Shown as words" in page


async def test_short_name_of_another_helpline_is_refused_kindly(admin: Person, client: httpx.AsyncClient) -> None:
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "save"})

    answer = await submit(client, "/admin/helplines/new", {**HELPLINE, "name": "Another", "intent": "confirm"})

    assert answer.status_code == 422
    assert "Another helpline has this short name" in answer.text
    assert 'value="Another"' in answer.text
    assert len(await fetch("SELECT 1 FROM helpline")) == 1


async def test_refused_confirmation_leaves_the_helpline_as_it_was(admin: Person, client: httpx.AsyncClient) -> None:
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "save"})
    row = await fetch_one("SELECT id FROM helpline")

    answer = await submit(
        client, f"/admin/helplines/{row['id']}", {**HELPLINE, "read_on": "tomorrow", "intent": "confirm"}
    )

    assert answer.status_code == 422
    assert "until it is confirmed" in answer.text
    assert (await fetch_one("SELECT state FROM helpline"))["state"] == "unconfirmed"


@pytest.mark.parametrize("path", ["/admin/boards/999", "/admin/helplines/999", f"/admin/boards/{10**30}"])
async def test_forged_id_is_nothing(admin: Person, client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
    for fields in (BOARD, {**HELPLINE, "intent": "save"}, {"intent": "retire"}):
        answer = await submit(client, path, fields)
        assert answer.status_code in (404, 422)
    assert await fetch("SELECT 1 FROM board UNION ALL SELECT 1 FROM helpline") == []


async def test_admins_helpline_survives_the_next_seeding(admin: Person, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    row = await fetch_one("SELECT id FROM helpline WHERE slug = 'gb-samaritans'")
    await fill_in(client, f"/admin/helplines/{row['id']}", {**HELPLINE, "slug": "gb-samaritans", "intent": "confirm"})

    await seed_all(now())

    assert (await fetch_one("SELECT name FROM helpline WHERE id = $1", row["id"]))["name"] == "Night Line"


async def test_unknown_state_shows_an_empty_list(admin: Person, client: httpx.AsyncClient) -> None:
    await execute("DELETE FROM helpline")

    answer = await client.get("/admin/helplines", params={"state": "'; DROP TABLE helpline", "country": "x" * 500})

    assert answer.status_code == 200
    assert "None like this" in answer.text
