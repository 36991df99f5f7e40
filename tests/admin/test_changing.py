"""Two admins change the same helpline or board: neither puts back what the other has put right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from tests.admin.test_admin_pages import BOARD, HELPLINE
from tests.support.people import fill_in, hidden_fields, submit
from tests.support.saying import goes_to
from triage.policy import TriagePolicy, parse_policy
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person

HELPLINE_OTHERWISE = {
    "name": "Day Line",
    "slug": "gb-day-line",
    "organisation": "The Day People",
    "country": "IE",
    "needs": "alcohol",
    "languages": "ga",
    "hours": "By day",
    "opening": "Mon-Fri 09:00-17:00",
    "zone": "Europe/Dublin",
    "phone": "0900 987 6543",
    "text": "Text DAY to 50000",
    "chat_url": "https://day.example.org/chat",
    "website": "https://day.example.org/",
    "cost": "Free",
    "description": "For anybody up by day.",
    "source_name": "The directory",
    "source_url": "https://directory.example.org/day",
    "read_on": "2026-11-21",
    "read_note": "The number, by day.",
}
BOARD_OTHERWISE = {
    "name": "Long nights",
    "slug": "long-nights",
    "purpose": "For those who wait for the morning.",
    "rules": "- Be kinder",
    "position": "6",
    "archived": "1",
    "cover_crisis": "1",
    "cover_red": "1",
    "crisis_minutes": "4",
    "red_minutes": "21",
    "amber_minutes": "601",
    "cover_misinformation": "1",
    "misinformation_minutes": "1441",
}


async def open_page(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Open a page, and return which version of its form was seen."""
    return {"seen": hidden_fields((await client.get(path)).text).get("seen", "")}


async def save(client: httpx.AsyncClient, path: str, fields: dict[str, str]) -> None:
    """Save a page as it stands now with these fields."""
    answer = await fill_in(client, path, fields)
    assert answer.status_code == 303, answer.text


def seen_again(page: httpx.Response) -> dict[str, str]:
    return {"seen": hidden_fields(page.text).get("seen", "")}


def saved_on(page: httpx.Response) -> list[str]:
    """Return what a page says was saved meanwhile."""
    return re.findall(r"<dd[^>]*>(.*?)</dd>", page.text.partition('id="saved-title"')[2].partition("</section>")[0])


@pytest.fixture
async def helpline(admin: Person, client: httpx.AsyncClient) -> str:
    """The address of the page of a confirmed helpline."""
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "confirm"})
    return f"/admin/helplines/{(await fetch_one('SELECT id FROM helpline'))['id']}"


@pytest.fixture
async def board(admin: Person, client: httpx.AsyncClient) -> str:
    """The address of the page of a board."""
    await submit(client, "/admin/boards/new", BOARD)
    return f"/admin/boards/{(await fetch_one('SELECT id FROM board'))['id']}"


async def stored_helpline() -> tuple[str, str]:
    """Return the number and the state of the helpline."""
    row = await fetch_one("SELECT phone, state FROM helpline")
    return row["phone"], row["state"]


async def rules() -> str:
    return (await fetch_one("SELECT rules FROM board"))["rules"]


async def test_old_page_of_a_helpline_puts_no_old_number_back(
    helpline: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, helpline)
    await save(other_admin, helpline, {**HELPLINE, "phone": "0900 987 6543", "intent": "confirm"})

    answer = await submit(client, helpline, {**HELPLINE, "description": "For anyone.", "intent": "confirm", **before})

    assert answer.status_code == 409
    assert "For anyone." in answer.text
    assert "0900 987 6543" in saved_on(answer)
    assert await stored_helpline() == ("0900 987 6543", "confirmed")


async def test_old_page_brings_no_retired_helpline_back(
    helpline: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, helpline)
    await submit(other_admin, helpline, {"intent": "retire"})

    answer = await submit(client, helpline, {**HELPLINE, "intent": "confirm", **before})

    assert answer.status_code == 409
    assert "Retired: members do not see it." in answer.text
    assert (await stored_helpline())[1] == "retired"


async def test_old_page_of_a_helpline_can_still_retire_it(
    helpline: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, helpline)
    await save(other_admin, helpline, {**HELPLINE, "phone": "0900 987 6543", "intent": "confirm"})

    answer = await submit(client, helpline, {**HELPLINE, "intent": "retire", **before})

    assert answer.status_code == 303
    assert await stored_helpline() == ("0900 987 6543", "retired")


async def test_old_page_of_a_helpline_that_was_sent_with_a_mistake_first_is_refused_all_the_same(
    helpline: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, helpline)
    await save(other_admin, helpline, {**HELPLINE, "phone": "0900 987 6543", "intent": "confirm"})
    mistaken = await submit(client, helpline, {**HELPLINE, "name": "", "intent": "confirm", **before})

    answer = await submit(client, helpline, {**HELPLINE, "intent": "confirm", **seen_again(mistaken)})

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert await stored_helpline() == ("0900 987 6543", "confirmed")


async def test_admin_who_compared_a_helpline_can_send_theirs(
    helpline: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, helpline)
    await save(other_admin, helpline, {**HELPLINE, "phone": "0900 987 6543", "intent": "confirm"})
    mine = {**HELPLINE, "phone": "0900 111 1111", "intent": "confirm"}
    compared = await submit(client, helpline, {**mine, **before})

    answer = await submit(client, helpline, {**mine, **seen_again(compared)})

    assert answer.status_code == 303
    assert await stored_helpline() == ("0900 111 1111", "confirmed")


async def test_every_part_of_a_helpline_that_was_saved_meanwhile_is_shown(
    helpline: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, helpline)
    await save(other_admin, helpline, {**HELPLINE_OTHERWISE, "intent": "confirm"})

    answer = await submit(client, helpline, {**HELPLINE, "intent": "confirm", **before})

    shown = {name: value for name, value in HELPLINE_OTHERWISE.items() if name != "slug"} | {"country": "Ireland"}
    assert sorted(saved_on(answer)) == sorted([*shown.values(), "no"])


async def test_old_page_of_a_board_puts_no_old_rules_back(
    board: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, board)
    await save(other_admin, board, {**BOARD, "rules": "- Be kinder"})

    answer = await submit(client, board, {**BOARD, "name": "Long nights", **before})

    assert answer.status_code == 409
    assert 'value="Long nights"' in answer.text
    assert saved_on(answer) == ["Quiet nights", "- Be kinder"]
    assert await rules() == "- Be kinder"


@pytest.mark.parametrize("choice", ["archived", "cover_crisis", "cover_red", "cover_misinformation"])
async def test_old_page_of_a_board_undoes_no_choice(
    board: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient, choice: str
) -> None:
    before = await open_page(client, board)
    await save(other_admin, board, {**BOARD, choice: "1"})

    answer = await submit(client, board, {**BOARD, **before})

    assert (answer.status_code, saved_on(answer)) == (409, ["yes"])
    assert f'name="{choice}" value="1" checked' in (await client.get(board)).text


async def test_old_page_of_a_board_that_was_sent_with_a_mistake_first_is_refused_all_the_same(
    board: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, board)
    await save(other_admin, board, {**BOARD, "rules": "- Be kinder"})
    mistaken = await submit(client, board, {**BOARD, "name": "", **before})

    answer = await submit(client, board, {**BOARD, **seen_again(mistaken)})

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert await rules() == "- Be kinder"


async def test_admin_who_compared_a_board_can_send_theirs(
    board: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, board)
    await save(other_admin, board, {**BOARD, "rules": "- Be kinder"})
    compared = await submit(client, board, {**BOARD, "rules": "- Be patient", **before})

    answer = await submit(client, board, {**BOARD, "rules": "- Be patient", **seen_again(compared)})

    assert answer.status_code == 303
    assert await rules() == "- Be patient"


async def test_every_part_of_a_board_that_was_saved_meanwhile_is_shown(
    board: str, client: httpx.AsyncClient, other_admin: httpx.AsyncClient
) -> None:
    before = await open_page(client, board)
    await save(other_admin, board, BOARD_OTHERWISE)

    answer = await submit(client, board, {**BOARD, **before})

    chosen = ["yes" if text == "1" else text for text in BOARD_OTHERWISE.values()]
    assert sorted(saved_on(answer)) == sorted([*chosen, "no", "no"]), "nothing is held any more"


@pytest.mark.parametrize("page", ["helpline", "board"])
async def test_page_without_a_change_meanwhile_compares_nothing(
    helpline: str, board: str, client: httpx.AsyncClient, page: str
) -> None:
    path, told = (helpline, {**HELPLINE, "intent": "confirm"}) if page == "helpline" else (board, BOARD)

    mistaken = await submit(client, path, {**told, "name": "", **await open_page(client, path)})
    answer = await submit(client, path, {**told, **seen_again(mistaken)})

    assert "saved-title" not in mistaken.text
    assert answer.status_code == 303


async def test_second_press_of_a_form_is_answered_as_the_first(admin: Person, client: httpx.AsyncClient) -> None:
    helpline, board = {**HELPLINE, "intent": "confirm"}, {**BOARD, "position": "05"}
    made = [
        await submit(client, page, fields)
        for page, fields in (("/admin/helplines/new", helpline), ("/admin/boards/new", board))
        for _ in range(2)
    ]
    helpline_id, board_id = [(await fetch_one(f"SELECT id FROM {table}"))["id"] for table in ("helpline", "board")]
    changed: list[httpx.Response] = []
    for page, fields in (
        (f"/admin/helplines/{helpline_id}", {**helpline, "phone": "0900 987 6543", "read_on": "2026-11-21"}),
        (f"/admin/boards/{board_id}", {**board, "rules": "- Be kinder"}),
    ):
        before = await open_page(client, page)
        changed += [await submit(client, page, {**fields, **before}) for _ in range(2)]

    confirmed, boards = ("/admin/helplines?state=confirmed&country=GB", "saved"), ("/admin/boards", "saved")
    assert [goes_to(answer) for answer in (*made, *changed)] == [confirmed, confirmed, boards, boards] * 2
    assert (await stored_helpline(), await rules()) == (("0900 987 6543", "confirmed"), "- Be kinder")
    acts = [entry.act for entry in await read_entries()]
    assert acts == ["confirm-helpline", "create-board", "confirm-helpline", "change-board"]


async def test_helpline_that_is_saved_as_it_stands_goes_on_being_corrected(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "save"})
    await execute("UPDATE helpline SET seed_hash = 'as it came along'")
    page = f"/admin/helplines/{(await fetch_one('SELECT id FROM helpline'))['id']}"

    answer = await submit(client, page, {**HELPLINE, "intent": "save", **await open_page(client, page)})

    assert answer.status_code == 303
    assert (await fetch_one("SELECT seed_hash FROM helpline"))["seed_hash"] == "as it came along"
    assert [entry.act for entry in await read_entries()] == ["create-helpline"]


@pytest.mark.parametrize("other", [{"phone": "0900 987 6543"}, {"intent": "save"}])
async def test_short_name_of_a_helpline_that_stands_otherwise_is_taken(
    helpline: str, client: httpx.AsyncClient, other: dict[str, str]
) -> None:
    answer = await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "confirm", **other})

    assert answer.status_code == 422
    assert "Another helpline has this short name" in answer.text


async def test_board_whose_stored_policy_is_unusable_is_saved_by_the_usual_one(
    board: str, client: httpx.AsyncClient
) -> None:
    usual = {**BOARD, "crisis_minutes": "5", "red_minutes": "30", "amber_minutes": "1440"}
    await execute("""UPDATE board SET triage_policy = '{"hold_crisis": true}'""")

    await save(client, board, usual)

    assert parse_policy((await fetch_one("SELECT triage_policy FROM board"))["triage_policy"]) == TriagePolicy()
