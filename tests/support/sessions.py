"""Signing in a real browser without its sign-in page, for tests that are about something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import fetch_one
from server.clock import now
from server.web.sessions import start_session

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.support.people import Person


async def let_in(page: Page, person: Person, *, second_factor: bool = False) -> None:
    """Give a page's browser a session of this member."""
    row = await fetch_one("SELECT role FROM member WHERE id = $1", person.id)
    token = await start_session(person.id, staff=row["role"] != "member", second_factor=second_factor, at=now())
    await page.goto("/about")
    await page.context.add_cookies([{"name": "kith-session", "value": token, "url": page.url, "httpOnly": True}])
