"""What the page of erasing says before anybody erases: also of what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

WORK = "your answers and decisions with their words"


@pytest.mark.parametrize("path", ["/account/erase", "/about"])
async def test_page_says_that_backups_hold_what_was_there(app: Litestar, client: httpx.AsyncClient, path: str) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))

    page = (await client.get(path)).text

    assert "until they are deleted. Whoever runs this place can say how long that is." in page


@pytest.mark.parametrize("role", ["moderator", "clinician", "admin"])
async def test_staff_are_told_that_their_work_stays(app: Litestar, client: httpx.AsyncClient, role: str) -> None:
    await enter(client, app, await a_member("calm-fern-12", role=role))

    page = (await client.get("/account/erase")).text

    assert WORK in page
    assert "beside the number of your account" in page


async def test_members_are_told_nothing_of_work_that_they_do_not_do(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))

    assert WORK not in (await client.get("/account/erase")).text
