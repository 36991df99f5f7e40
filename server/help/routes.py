"""The help page. It needs nobody to be signed in, and no JavaScript."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from server.clock import now
from server.help.needs import NEEDS
from server.help.service import chosen_country, list_countries, list_help
from server.web.pages import page
from server.web.request import KithRequest
from server.web.viewer import viewer_of

FOR_NOBODY_IN_PARTICULAR = {"cache-control": "private, no-cache"}
"""Browsers may keep what a signed-out visitor read, for when there is no network; a member's page is not stored."""


@get("/help")
async def help_page(request: KithRequest, country: FromQuery[str] = "", need: FromQuery[str] = "") -> Template:
    """Show help by country and need: the emergency number first, then lines that answer at any hour."""
    viewer = viewer_of(request)
    default = request.app.state.settings.default_region
    shown = chosen_country(country, viewer.region if viewer else None, default)
    wanted = need if need in NEEDS else ""
    return await page(
        request,
        "help/help.html",
        headers=None if viewer else FOR_NOBODY_IN_PARTICULAR,
        help=await list_help(shown, wanted, at=now()),
        countries=await list_countries(),
        needs=NEEDS,
        need=wanted,
    )


HELP_ROUTES = (help_page,)
