"""Roles: the first admin, and what happens to somebody whose role changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from pyotp import parse_uri

from models.database import execute, fetch, fetch_one
from models.members import Role
from server.clock import now
from server.errors import NotFound
from server.members.erasure import LastAdmin
from server.members.handles import HandleNotAllowed
from server.members.joining import HandleTaken
from server.members.staff import create_admin, set_role
from server.notices.service import list_notices
from tests.support.people import a_member, enter, join, sign_in, submit
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


async def test_the_first_admin_has_all_it_takes_to_sign_in(app: Litestar) -> None:
    made = await create_admin("calm-otter-12", at=now(), settings=app.state.settings)

    row = await fetch_one("SELECT role, phrase_noted, totp_secret FROM member")
    assert (row["role"], row["phrase_noted"]) == ("admin", True)
    assert len(made.phrase.split()) == 7
    assert len(made.recovery_codes) == 10
    parsed = parse_uri(made.totp_uri)
    assert (parsed.secret, parsed.name, parsed.issuer) == (made.totp_secret, "calm-otter-12", "Kith")
    assert [one.act for one in await read_entries()] == ["create-admin"]


async def test_an_admin_needs_a_free_and_fitting_handle(app: Litestar) -> None:
    await a_member("calm-otter-12")

    with pytest.raises(HandleTaken):
        await create_admin("CALM-otter-12", at=now(), settings=app.state.settings)
    with pytest.raises(HandleNotAllowed):
        await create_admin("", at=now(), settings=app.state.settings)

    assert await fetch("SELECT 1 FROM recovery_code") == []


async def test_becoming_a_moderator_ends_the_long_sessions(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)
    assert (await client.get("/account")).status_code == 200

    await set_role(app.state.redis, person.id, Role.MODERATOR, actor_id=None, at=now())

    assert (await client.get("/account")).status_code == 303
    assert (await fetch_one("SELECT role FROM member"))["role"] == "moderator"


async def test_who_could_not_come_back_is_not_signed_out_but_asked_to_note_the_phrase(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    admin, other = await a_member("calm-fern-12", role="admin"), new_browser()
    await enter(client, app, admin, second_factor=True)
    person = await join(other)

    refused = [await submit(client, f"/admin/people/{person.id}", {"role": "moderator"}) for _ in range(2)]

    assert [answer.status_code for answer in refused] == [409, 409]
    assert "they might never come back" in refused[0].text
    [told] = (await list_notices(person.id)).rows
    assert "please write it down first" in told.sentence
    assert (await other.get(f"/notices/{told.id}")).headers["location"] == "/join/phrase"
    await submit(other, "/join/phrase", {"noted": "1"})
    assert (await submit(client, f"/admin/people/{person.id}", {"role": "moderator"})).status_code == 303
    assert (await sign_in(new_browser(), person)).status_code == 303


async def test_password_is_a_way_back_too(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await join(client)
    await execute("UPDATE member SET password_hash = 'argon2'")

    await set_role(app.state.redis, person.id, Role.MODERATOR, actor_id=None, at=now())

    assert (await fetch_one("SELECT role FROM member"))["role"] == "moderator"


async def test_each_change_of_role_is_in_the_audit_log(app: Litestar) -> None:
    admin, person = await a_member("calm-otter-12", role="admin"), await a_member("calm-fern-12")

    for role in (Role.MODERATOR, Role.MODERATOR, Role.MEMBER):
        await set_role(app.state.redis, person.id, role, actor_id=admin.id, at=now())

    entries = await read_entries()
    assert [(one.act, one.actor, one.subject, one.detail) for one in entries] == [
        ("change-role", admin.id, f"member:{person.id}", {"before": "member", "role": "moderator"}),
        ("change-role", admin.id, f"member:{person.id}", {"before": "moderator", "role": "member"}),
    ]


async def test_going_back_to_member_shows_at_once_and_takes_the_second_factor_away(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    person = await a_member("calm-otter-12", role="moderator")
    await execute("UPDATE member SET totp_secret = 'sealed'")
    await enter(client, app, person, second_factor=True)
    assert (await client.get("/account/second-factor")).status_code == 200

    await set_role(app.state.redis, person.id, Role.MEMBER, actor_id=None, at=now())

    assert (await client.get("/account/second-factor")).status_code == 404
    assert (await fetch_one("SELECT totp_secret FROM member"))["totp_secret"] is None


async def test_from_one_staff_role_to_another_sessions_go_on(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12", role="moderator")
    await enter(client, app, person, second_factor=True)

    await set_role(app.state.redis, person.id, Role.CLINICIAN, actor_id=None, at=now())

    assert (await client.get("/account")).status_code == 200


async def test_the_last_admin_stays_one(app: Litestar) -> None:
    admin = await a_member("calm-otter-12", role="admin")

    with pytest.raises(LastAdmin):
        await set_role(app.state.redis, admin.id, Role.MODERATOR, actor_id=None, at=now())


async def test_two_admins_cannot_remove_each_other_at_once(app: Litestar) -> None:
    admins = [await a_member(f"calm-otter-{number}", role="admin") for number in (12, 13)]

    results = await asyncio.gather(
        *(set_role(app.state.redis, admin.id, Role.MEMBER, actor_id=None, at=now()) for admin in admins),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in results) == ["LastAdmin", "NoneType"]
    assert len(await fetch("SELECT 1 FROM member WHERE role = 'admin'")) == 1


async def test_nobody_gets_a_role_who_is_not_there(app: Litestar) -> None:
    with pytest.raises(NotFound):
        await set_role(app.state.redis, 999, Role.ADMIN, actor_id=None, at=now())
