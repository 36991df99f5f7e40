"""The help page. It needs nobody to be signed in, and no JavaScript."""

from __future__ import annotations

import structlog
from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from models.database import DATABASE_AWAY
from server.clock import now
from server.help.needs import NEEDS
from server.help.service import (
    HelplineView,
    choose_help,
    chosen_country,
    confirmed_lines,
    countries_of,
    remembered_lines,
)
from server.web.authentication import remember_viewer
from server.web.pages import page
from server.web.request import KithRequest
from server.web.viewer import Viewer, viewer_of

log = structlog.get_logger(__name__)

FOR_NOBODY_IN_PARTICULAR = {"cache-control": "private, no-cache"}
"""Browsers may keep what a signed-out visitor read of a country; a member's page, and a need, are not stored."""


@get("/help", exclude_from_session=True)
async def help_page(request: KithRequest, country: FromQuery[str] = "", need: FromQuery[str] = "") -> Template:
    """Show help by country and need: the emergency number first, then lines that answer at any hour.

    While the database is away it shows what it showed before, to nobody in particular.
    """
    try:
        await remember_viewer(request)
        return await _show_lines(request, await confirmed_lines(), viewer_of(request), country, need)
    except DATABASE_AWAY:
        lines, viewer = remembered_lines(), viewer_of(request)
        if not lines:
            raise
        log.exception("help_from_memory")
        request.scope["user"] = None
        return await _show_lines(request, lines, viewer, country, need)


async def _show_lines(
    request: KithRequest, lines: list[HelplineView], viewer: Viewer | None, country: str, need: str
) -> Template:
    default = request.app.state.settings.default_region
    shown = chosen_country(country, viewer.region if viewer else None, default)
    wanted = need if need in NEEDS else ""
    return await page(
        request,
        "help/help.html",
        headers=None if viewer or need else FOR_NOBODY_IN_PARTICULAR,
        help=choose_help(lines, shown, wanted, at=now()),
        countries=countries_of(lines),
        needs=NEEDS,
        need=wanted,
    )


HELP_ROUTES = (help_page,)
