"""Staying signed in: where a session's end moves on with use, the end of its cookie does too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.datastructures import MutableScopeHeaders

from server.web.cookies import cookie_name, session_cookie
from server.web.sessions import LIFETIME, session_id_of
from server.web.viewer import Connection, viewer_of

if TYPE_CHECKING:
    from litestar.types import Message, Scope


async def renew_session_cookie(message: Message, scope: Scope) -> None:
    """Send the cookie anew with an answer whose request moved the end of a session that stays.

    Not with an answer that says otherwise what becomes of the cookie, nor with one that something may store.
    """
    if message["type"] != "http.response.start":
        return
    connection = Connection(scope)
    viewer = viewer_of(connection)
    if viewer is None or not viewer.stays_longer:
        return
    settings = connection.app.state.settings
    name = cookie_name(settings, "session")
    token = connection.cookies.get(name, "")
    headers = MutableScopeHeaders.from_message(message)
    is_said = any(cookie.startswith(f"{name}=") for cookie in headers.getall("set-cookie", []))
    if is_said or headers.get("cache-control") != "no-store" or session_id_of(token) != viewer.session_id:
        return
    headers.add("set-cookie", session_cookie(settings, token, keep_for=LIFETIME).to_header(header=""))
