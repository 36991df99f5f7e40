"""What does not exist in the library has no page; who may open the others stands in ``tests/test_access.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.people import a_member, enter

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.app import NewBrowser


async def test_resource_that_does_not_exist_has_no_page(app: Litestar, new_browser: NewBrowser) -> None:
    browser = new_browser()
    await enter(browser, app, await a_member("steady-heron-20", role="moderator"), second_factor=True)

    assert (await browser.get("/moderation/resources/99")).status_code == 404
    assert (await browser.get("/resources/nothing-here")).status_code == 404
