"""The admin's pages and forms are shut for everybody else, whatever is sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.admin.routes import ADMIN_ROUTES
from server.clock import now
from server.seeding import seed_all
from tests.support.people import a_member, enter, form_token

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

REQUESTS = sorted(
    (method, path.replace("{board_id:int}", "1").replace("{helpline_id:int}", "1").replace("{member_id:int}", "1"))
    for route in ADMIN_ROUTES
    for path in route.paths
    for method in route.http_methods - {"HEAD", "OPTIONS"}
)
FIELDS = {"role": "admin", "intent": "retire", "slug": "mine", "name": "Mine", "purpose": "Mine."}


async def _stored() -> list[object]:
    rows = await fetch("SELECT slug, name FROM board ORDER BY id")
    rows += await fetch("SELECT slug, state FROM helpline ORDER BY id")
    rows += await fetch("SELECT handle, role FROM member ORDER BY id")
    return [tuple(row) for row in rows]


def test_every_page_of_the_admin_is_tried_here() -> None:
    assert {path for _, path in REQUESTS} >= {"/admin", "/admin/boards/1", "/admin/people/1", "/admin/helplines/new"}
    assert len(REQUESTS) == sum(len(route.http_methods - {"HEAD", "OPTIONS"}) for route in ADMIN_ROUTES)


@pytest.mark.parametrize(
    ("role", "second_factor", "status"),
    [
        ("member", False, {404}),
        ("moderator", True, {404}),
        ("clinician", True, {404}),
        ("moderator", False, {303, 403, 404}),
        ("admin", False, {303, 403}),
    ],
)
async def test_nobody_but_an_admin_with_second_factor_gets_anywhere(
    app: Litestar, client: httpx.AsyncClient, role: str, *, second_factor: bool, status: set[int]
) -> None:
    await seed_all(now())
    await enter(client, app, await a_member("calm-fern-12", role=role), second_factor=second_factor)
    token = await form_token(client, "/account")
    before = await _stored()

    for method, path in REQUESTS:
        answer = await client.request(method, path, data={**FIELDS, "_csrf_token": token} if method == "POST" else None)
        assert answer.status_code in status, (method, path)
        assert 'href="/admin/people"' not in answer.text, (method, path)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in/code"), (method, path)

    assert await _stored() == before


async def test_admin_without_a_form_token_changes_nothing(admin: object, client: httpx.AsyncClient) -> None:
    answer = await client.post("/admin/people/1", data={"role": "moderator"})

    assert answer.status_code == 403
    assert (await fetch_one("SELECT role FROM member"))["role"] == "admin"
