"""The form of a helpline: what Enter does in it, and what it leaves as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.database import fetch_one
from server.clock import now
from server.seeding import seed_all
from tests.admin.test_admin_pages import HELPLINE
from tests.support.people import fill_in, submit

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person


async def test_enter_in_a_field_confirms_nothing_and_the_day_of_reading_is_asked_anew(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await submit(client, "/admin/helplines/new", {**HELPLINE, "intent": "confirm"})
    row = await fetch_one("SELECT id FROM helpline")

    page = (await client.get(f"/admin/helplines/{row['id']}")).text

    form = page.partition('name="seen"')[2].partition("</form>")[0]
    buttons = re.findall(r"<button[^>]*>", form)
    assert 'value="save"' in buttons[0]
    assert re.search(r'<input[^>]*name="read_on"[^>]*value="2026', form) is None
    assert "page read on 20 November 2026" in page


async def test_short_name_of_a_helpline_stays_so_that_no_upgrade_brings_its_old_number_back(
    admin: Person, client: httpx.AsyncClient
) -> None:
    await seed_all(now())
    row = await fetch_one("SELECT id, phone FROM helpline WHERE slug = 'gb-samaritans'")
    told = {**HELPLINE, "slug": "gb-sam", "phone": "0800 111 1111", "intent": "confirm"}
    await fill_in(client, f"/admin/helplines/{row['id']}", told)

    await seed_all(now())

    page = (await client.get("/help?country=GB")).text
    assert "0800 111 1111" in page
    assert row["phone"] not in page
    assert "gb-samaritans" in (await client.get(f"/admin/helplines/{row['id']}")).text
