"""From cookie to viewer: the middleware that every routed request passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from models.members import Role
from server.errors import NotFound, SecondFactorNeeded, SignInNeeded
from server.web.cookies import cookie_name
from server.web.sessions import find_viewer, recognise_viewer
from server.web.viewer import Connection, Viewer, viewer_of

if TYPE_CHECKING:
    from litestar.handlers import BaseRouteHandler
    from litestar.types import ASGIApp, Receive, Scope, Send


class RememberViewer(ASGIMiddleware):
    """Put the signed-in member, or ``None``, where guards and handlers find it."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "exclude_from_session"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the cookie up, then go on."""
        await remember_viewer(Connection(scope))
        await next_app(scope, receive, send)


async def remember_viewer(connection: Connection) -> None:
    """Find out who is looking, once a request.

    Raises: asyncpg or OS errors where neither Redis nor PostgreSQL answers; taking somebody for signed out instead
    would cost them their page.
    """
    if "user" in connection.scope:
        return
    connection.scope["user"] = None
    state = connection.app.state
    token = connection.cookies.get(cookie_name(state.settings, "session"), "")
    if not token:
        return
    find = recognise_viewer if _is_asked_by_the_page(connection) else find_viewer
    connection.scope["user"] = await find(state.redis, token)


def _is_asked_by_the_page(connection: Connection) -> bool:
    """Tell whether an open page asks by itself, for a part of it or for live news: what people do there is a POST."""
    if connection.scope.get("method") != "GET":
        return False
    headers = connection.headers
    return headers.get("hx-request") == "true" or headers.get("accept", "").startswith("text/event-stream")


def require_viewer(connection: Connection) -> Viewer:
    """Return the signed-in member.

    Raises: SignInNeeded.
    """
    viewer = viewer_of(connection)
    if viewer is None:
        raise SignInNeeded
    return viewer


def requires_member(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: somebody is signed in."""
    require_viewer(connection)


def requires_moderator(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: a moderator, clinician or admin, with a second factor. To anybody else the page does not exist."""
    _require_staff(connection, allowed=require_viewer(connection).is_staff)


def requires_admin(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: an admin, with a second factor. To anybody else the page does not exist."""
    _require_staff(connection, allowed=require_viewer(connection).role is Role.ADMIN)


def _require_staff(connection: Connection, *, allowed: bool) -> None:
    if not allowed:
        raise NotFound
    if not require_viewer(connection).second_factor:
        raise SecondFactorNeeded
