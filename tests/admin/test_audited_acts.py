"""What admins do to boards, people and helplines is in the audit log, in names and numbers alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.database import fetch_one
from tests.admin.test_admin_pages import BOARD, HELPLINE
from tests.support.conversation import a_board
from tests.support.people import a_member, fill_in, submit
from triage.queue.audit import Entry, read_entries, verify

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person


async def entry() -> Entry:
    """Return the only entry."""
    [found] = await read_entries()
    return found


async def test_new_board_is_recorded_with_its_policy(admin: Person, client: httpx.AsyncClient) -> None:
    await submit(client, "/admin/boards/new", BOARD)

    found, board = await entry(), await fetch_one("SELECT id FROM board")
    assert (found.act, found.actor, found.subject) == ("create-board", admin.id, f"board:{board['id']}")
    assert found.detail["crisis_minutes"] == 3
    assert found.detail["changed"] == ""


async def test_changed_board_is_recorded_by_the_names_of_what_changed(admin: Person, client: httpx.AsyncClient) -> None:
    board = await a_board("quiet-nights")

    await fill_in(client, f"/admin/boards/{board.id}", {**BOARD, "purpose": "Only whispers here.", "archived": "1"})

    found = await entry()
    assert (found.act, found.subject) == ("change-board", f"board:{board.id}")
    assert found.detail["changed"] == "purpose, rules, position, archived"
    assert "whispers" not in str(found)


async def test_board_that_could_not_be_saved_is_not_recorded(admin: Person, client: httpx.AsyncClient) -> None:
    await a_board("quiet-nights")

    await submit(client, "/admin/boards/new", BOARD)

    assert await read_entries() == []


async def test_role_that_an_admin_gives_is_recorded(admin: Person, client: httpx.AsyncClient) -> None:
    member = await a_member("calm-fern-12")

    await submit(client, f"/admin/people/{member.id}", {"role": "moderator"})

    found = await entry()
    assert (found.act, found.actor, found.subject) == ("change-role", admin.id, f"member:{member.id}")
    assert found.detail == {"before": "member", "role": "moderator"}


async def test_second_factor_that_an_admin_resets_is_recorded(admin: Person, client: httpx.AsyncClient) -> None:
    moderator = await a_member("calm-fern-12", role="moderator")

    await submit(client, f"/admin/people/{moderator.id}/second-factor")

    found = await entry()
    assert (found.act, found.actor, found.subject) == ("reset-second-factor", admin.id, f"member:{moderator.id}")


async def test_helplines_whole_life_is_recorded(admin: Person, client: httpx.AsyncClient) -> None:
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "save"})
    number = (await fetch_one("SELECT id FROM helpline"))["id"]
    for intent in ("confirm", "save", "retire"):
        await fill_in(client, f"/admin/helplines/{number}", {**HELPLINE, "intent": intent})

    entries = await read_entries()

    assert [(one.act, one.detail["before"]) for one in entries] == [
        ("create-helpline", ""), ("confirm-helpline", "unconfirmed"), ("change-helpline", "confirmed"),
        ("retire-helpline", "unconfirmed"),
    ]  # fmt: skip
    assert {(one.actor, one.subject) for one in entries} == {(admin.id, f"helpline:{number}")}
    assert "Night" not in str(entries)
    assert await verify() == 4


async def test_log_says_acts_in_words_and_leads_to_what_they_were_about(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await submit(client, "/admin/boards/new", BOARD)
    await submit(client, f"/admin/people/{(await a_member('calm-fern-12')).id}", {"role": "moderator"})

    page = (await client.get("/admin/audit")).text

    assert '<option value="change-role">give somebody another role</option>' in page
    assert '<option value="create-board">set up a board</option>' in page
    assert re.search(r'<a href="/admin/audit\?act=create-board">set up a board</a>', page)
    assert f'href="/admin/boards/{(await fetch_one("SELECT id FROM board"))["id"]}"' in page
