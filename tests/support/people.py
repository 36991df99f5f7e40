"""People in tests: how they join, sign in and send forms, as a browser without scripts would."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher

from models.database import fetch_one
from server.clock import now
from server.web.cookies import cookie_name
from server.web.sessions import start_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx
    from litestar import Litestar

FORM_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')
PHRASE_LIST = re.compile(r'<ol class="phrase-words"[^>]*>(.*?)</ol>', re.DOTALL)
PHRASE_WORD = re.compile(r"<li>([a-z]+)</li>")
HIDDEN_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Person:
    """A member, with what only they know."""

    id: int
    handle: str
    phrase: str


async def form_token(client: httpx.AsyncClient, page: str = "/sign-in") -> str:
    """Open a page that has a form and return the form's token."""
    response = await client.get(page)
    found = FORM_TOKEN.search(response.text)
    assert found, f"{page} answered {response.status_code} without a form"
    return html.unescape(found[1])


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms, as a browser would send them back."""
    return {html.unescape(name): html.unescape(value) for name, value in HIDDEN_FIELD.findall(page)}


def phrase_on(page: str) -> str:
    """Return the recovery phrase that a page shows; empty where it shows none."""
    found = PHRASE_LIST.search(page)
    return " ".join(PHRASE_WORD.findall(found[1])) if found else ""


async def submit(
    client: httpx.AsyncClient, path: str, fields: Mapping[str, str] | None = None, *, page: str = "/sign-in"
) -> httpx.Response:
    """Send a form to ``path`` with the token of ``page``; the answer's redirect is not followed."""
    token = await form_token(client, page)
    return await client.post(path, data={**(fields or {}), "_csrf_token": token})


async def fill_in(client: httpx.AsyncClient, page: str, fields: Mapping[str, str]) -> httpx.Response:
    """Open a page whose form is sent to its own address, and send it with what it carries unseen."""
    carried = hidden_fields((await client.get(page)).text)
    return await client.post(page, data={**carried, **fields})


async def join(client: httpx.AsyncClient, handle: str = "") -> Person:
    """Join through the pages, and stay signed in."""
    page = (await client.get("/join")).text
    suggested = re.search(r'name="handle"[^>]* value="([^"]+)"', page)
    assert suggested, "the join page suggests no handle"
    handle = handle or html.unescape(suggested[1])
    response = await client.post("/join", data={**hidden_fields(page), "handle": handle, "stay": "on"})
    assert response.status_code == 200, response.text
    words = phrase_on(response.text).split()
    assert len(words) == 7, response.text
    return Person(await member_id_of(handle), handle, " ".join(words))


async def sign_in(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    """Sign in through the page."""
    return await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase})


async def member_id_of(handle: str) -> int:
    """Look a member up."""
    row = await fetch_one("SELECT id FROM member WHERE handle_key = lower($1)", handle)
    assert row is not None, f"nobody is called {handle}"
    return int(row["id"])


WELL_KNOWN_PHRASE = "for tests this phrase never changes here"


@cache
def _well_known_hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(WELL_KNOWN_PHRASE)


async def a_member(handle: str, *, role: str = "member") -> Person:
    """Put a member into the database directly: quick, for tests that are not about joining."""
    row = await fetch_one(
        """INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices,
                               totp_last_step)
           VALUES ($1::varchar, lower($1::varchar), $2, $3, $4, true, '{}', 0) RETURNING id""",
        handle,
        _well_known_hash(),
        role,
        now().date(),
    )
    return Person(int(row["id"]), handle, WELL_KNOWN_PHRASE)


async def enter(client: httpx.AsyncClient, app: Litestar, person: Person, *, second_factor: bool = False) -> None:
    """Give a browser a session of this member directly, without the sign-in page."""
    row = await fetch_one("SELECT role FROM member WHERE id = $1", person.id)
    token = await start_session(person.id, staff=row["role"] != "member", second_factor=second_factor, at=now())
    client.cookies.set(cookie_name(app.state.settings, "session"), token, domain="127.0.0.1", path="/")
