"""Putting a session on an answer, and taking one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.clock import now
from server.moderation import shifts
from server.web.cookies import ended_cookie, session_cookie
from server.web.rate_limits import client_address
from server.web.sessions import LIFETIME, end_session, find_viewer, start_session
from server.web.viewer import viewer_of

if TYPE_CHECKING:
    from litestar.datastructures import Cookie

    from server.settings import Settings
    from server.web.request import KithRequest

EVERYTHING = '"cookies", "storage"'
"""For ``Clear-Site-Data`` on leaving. Cookies go for the whole registered domain.

Not ``"cache"``: Chromium holds the answer back until it has walked through all that it keeps of all sites, for seconds.
What says anything of a member is not stored in it to begin with (``Cache-Control: no-store``).
"""

OUR_TRACES = '"storage"'
"""For signing out and erasing, which must not sign anybody out of a neighbouring site, nor take what the next page
is to say; our own cookies are taken away by name."""


async def count_from_here(request: KithRequest, rule: str) -> None:
    """Count one use of ``rule`` by the hidden address, also for members: a fresh account must not be a fresh start.

    Raises: TooMany.
    """
    state = request.app.state
    await state.rate_limits.check(rule, state.rate_limits.hidden(client_address(request, state.settings)))


async def enter(
    request: KithRequest, member_id: int, *, staff: bool = False, second_factor: bool = False, stay: bool = False
) -> list[Cookie]:
    """Start a session in place of the one that this browser may have, and return its cookie.

    Staff sessions never outlive the browser.
    """
    stays = stay and not staff
    token = await start_session(member_id, staff=staff, second_factor=second_factor, stays=stays, at=now())
    return await carry_session(request, token)


async def carry_session(request: KithRequest, token: str) -> list[Cookie]:
    """Make this request the first one of a session that was just started, and return its cookie."""
    state = request.app.state
    before = viewer_of(request)
    if before is not None:
        await end_session(state.redis, before.session_id)
    viewer = request.scope["user"] = await find_viewer(state.redis, token)
    if before is not None and (viewer is None or viewer.id != before.id):
        await shifts.end(before.id, by=before.id, at=now())
    stays = viewer is not None and viewer.stays_longer
    return [session_cookie(state.settings, token, keep_for=LIFETIME if stays else None)]


def cookies_taken_away(settings: Settings) -> list[Cookie]:
    """Return cookies that take all of ours away, for browsers that do not know ``Clear-Site-Data``."""
    return [ended_cookie(settings, purpose) for purpose in ("session", "form", "said")]
