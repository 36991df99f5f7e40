"""Signing out, and leaving quickly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from litestar import get, post
from litestar.response import Redirect

from server.clock import now
from server.members.entering import EVERYTHING, OUR_TRACES, cookies_taken_away
from server.moderation import shifts
from server.web.cookies import cookie_name
from server.web.forged_forms import is_from_elsewhere
from server.web.pages import go, is_fetched_ahead
from server.web.request import KithRequest
from server.web.sessions import end_session, session_id_of
from server.web.viewer import viewer_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

PATIENCE = 1.0
"""Seconds that somebody who leaves waits for the end of their session; then they are gone, and it ends behind them."""

GIVES_UP_AFTER = 60.0
"""Seconds after which a session that could not be ended is left to its own end."""

log = structlog.get_logger(__name__)
_ending: set[asyncio.Task[None]] = set()
"""What goes on behind an answer: nobody else holds on to it."""


@post("/sign-out")
async def sign_out(request: KithRequest) -> Redirect:
    """End the session and have the browser forget this site."""
    viewer = viewer_of(request)
    if viewer is not None:
        await _sign_out(request.app.state.redis, viewer.session_id)
    return forget_this_site(request, go("/", said="signed-out"), OUR_TRACES)


@get("/leave", exclude_from_session=True, exclude_from_csrf=True)
async def leave_quickly(request: KithRequest) -> Redirect:
    """Go to a neutral page at once, signed out. It is a plain link, so that it works in every browser.

    Another site cannot sign anybody out by linking here, and the person gets away even while the database is down, or
    keeps everybody waiting.
    """
    settings = request.app.state.settings
    away = Redirect(settings.leave_url, status_code=303)
    if is_from_elsewhere(request) or is_fetched_ahead(request):
        return away
    token = request.cookies.get(cookie_name(settings, "session"), "")
    if token:
        ending = asyncio.create_task(_sign_out_behind(request.app.state.redis, session_id_of(token)))
        _ending.add(ending)
        ending.add_done_callback(_ending.discard)
        await asyncio.wait((ending,), timeout=PATIENCE)
    return forget_this_site(request, away, EVERYTHING)


async def _sign_out_behind(redis: Redis, session_id: str) -> None:
    """End a session of somebody who does not wait for it."""
    try:
        async with asyncio.timeout(GIVES_UP_AFTER):
            await _sign_out(redis, session_id)
    except Exception:
        # The browser forgets the token all the same, and nobody else has it.
        log.exception("session_not_ended_on_leaving")


async def _sign_out(redis: Redis, session_id: str) -> None:
    """End a session, with it a moderator's shift, and free the case that they have."""
    member_id = await end_session(redis, session_id)
    if member_id is not None:
        await shifts.end(member_id, by=member_id, at=now())


def forget_this_site(request: KithRequest, answer: Redirect, cleared: str) -> Redirect:
    """Take our cookies away with this answer, and whatever ``cleared`` names."""
    for cookie in cookies_taken_away(request.app.state.settings):
        answer.set_cookie(cookie)
    answer.headers["clear-site-data"] = cleared
    return answer


LEAVING_ROUTES = (sign_out, leave_quickly)
