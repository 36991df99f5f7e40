"""The staff pages of the library open for staff alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.people import a_member, enter
from tests.support.resources import a_resource

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.app import NewBrowser

PAGES = ("", "/new", "/1", "/import", "/export")


@pytest.mark.parametrize("page", PAGES)
async def test_page_opens_for_staff_with_a_second_factor_alone(
    app: Litestar, new_browser: NewBrowser, page: str
) -> None:
    await a_resource()
    address = f"/moderation/resources{page}"
    assert (await new_browser().get(address)).headers["location"].startswith("/sign-in?")

    for role, second_factor, status in (
        ("member", True, 404),
        ("moderator", False, 303),
        ("moderator", True, 200),
        ("clinician", True, 200),
        ("admin", True, 200),
    ):
        browser = new_browser()
        await enter(browser, app, await a_member(f"{role}-{second_factor}", role=role), second_factor=second_factor)
        assert (await browser.get(address)).status_code == status, (role, second_factor)


async def test_resource_that_does_not_exist_has_no_page(app: Litestar, new_browser: NewBrowser) -> None:
    browser = new_browser()
    await enter(browser, app, await a_member("steady-heron-20", role="moderator"), second_factor=True)

    assert (await browser.get("/moderation/resources/99")).status_code == 404
    assert (await browser.get("/resources/nothing-here")).status_code == 404
