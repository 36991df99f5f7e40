"""Every error becomes a clear page in one place, with the right status and with what the person wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

import asyncpg
import structlog
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    PermissionDeniedException,
)
from litestar.response import Redirect, Response
from litestar.routes import HTTPRoute
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE, HTTP_500_INTERNAL_SERVER_ERROR

from models.database import DATABASE_AWAY
from server.errors import (
    BegunAsAnother,
    FormExpired,
    KithError,
    NotFound,
    SecondFactorNeeded,
    SignInNeeded,
    TooMany,
    Unavailable,
)
from server.forum.forms import Intent
from server.members.next_page import local_path
from server.members.whose_form import FIELD, seal_member
from server.web.authentication import remember_viewer, require_viewer
from server.web.forged_forms import ensure_form_token, is_from_elsewhere
from server.web.kept import keep
from server.web.pages import is_fragment, page

if TYPE_CHECKING:
    from litestar.response.base import ASGIResponse
    from litestar.types import Receive, Scope, Send

    from server.web.request import KithRequest

log = structlog.get_logger(__name__)

LINES_BESIDE_TEXT = frozenset({"draft-state", "notice-count", "onlookers"})
"""Targets of requests that the page makes by itself: an error is a line there and leaves the page alone."""

NOT_TO_BE_PUBLISHED = (Intent.PREVIEW, Intent.DRAFT)
"""What was meant where a form is asked about that another member began: its button says the same again."""

WAYS_IN: dict[type[KithError], str] = {SignInNeeded: "/sign-in", SecondFactorNeeded: "/sign-in/code"}
"""Pages that help against an error."""

NOTHING_TO_SEND_AGAIN = (
    "Nothing was done yet. Please go back, load that page again and press its button once more. If this keeps "
    "happening, your browser may be refusing cookies: Kith needs one for its forms."
)


class Unreadable(KithError):
    """A request that no browser would send, or one cut off on its way."""

    title = "That could not be read"
    sentence = "Something was missing or garbled on the way here. Please go back and try again."


class TooLarge(KithError):
    """A request body over the limit of the application."""

    status = 413
    title = "That is too large"
    sentence = "Kith takes up to 20,000 characters at once. Your browser still has your text: go back and shorten it."


TEXT_TO_SHORTEN = "Kith takes up to 20,000 characters at once. Please shorten your text, which is still on this page."
"""Of a text that is too large, where the page with its form stays."""


class WrongMethod(KithError):
    """An address that exists, asked for in a way it does not answer."""

    status = 405
    title = "This page opens another way"
    sentence = "Please go back to the page before and use its button."


class Broken(KithError):
    """A mistake of ours."""

    status = 500
    title = "Something broke on our side"
    sentence = "This is a mistake in Kith, not yours. Please try again; if it stays, tell a moderator."


def as_kith_error(error: Exception) -> KithError:
    """Translate any exception into what a person can be told."""
    match error:
        case KithError():
            return error
        case NotFoundException() | asyncpg.DataError():
            # DataError: an id that no row can have, such as 10**30.
            return NotFound()
        case asyncpg.ForeignKeyViolationError():
            # Somebody erased their account, or a thread went, while this was on its way.
            return NotFound("What this belongs to was taken away a moment ago.")
        case HTTPException():
            return _from_litestar(error)
        case _ if isinstance(error, DATABASE_AWAY):
            return Unavailable()
        case _:
            return Broken()


def _from_litestar(error: HTTPException) -> KithError:
    if isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        return FormExpired()
    if isinstance(error, MethodNotAllowedException):
        return WrongMethod()
    if error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        return TooLarge()
    return Unreadable() if error.status_code < HTTP_500_INTERNAL_SERVER_ERROR else Broken()


class ErrorPage(Response[bytes]):
    """The page of an error, made while it is sent: Litestar calls its exception handlers without awaiting them."""

    def __init__(self, error: Exception) -> None:
        """Keep the error until then."""
        super().__init__(b"")
        self._error = error

    def to_asgi_response(self, *, request: KithRequest, **options: Any) -> ASGIResponse:  # type: ignore[override]
        """Return what Litestar calls to send the answer. ``options`` (Any: Litestar's own) go on to the page."""

        async def send_page(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await answer_error(request, self._error)
            await answer.to_asgi_response(request=request, **options)(scope, receive, send)

        return cast("ASGIResponse", send_page)


def show_error(_: KithRequest, error: Exception) -> ErrorPage:
    """Turn an exception into its page."""
    return ErrorPage(error)


# Any: a template or a redirect.
async def answer_error(request: KithRequest, error: Exception) -> Response[Any]:
    """Answer with the page for an error; what was written comes back, ready to be sent again."""
    told = as_kith_error(error)
    if told.status >= HTTP_500_INTERNAL_SERVER_ERROR:
        log.error("request_failed", status=told.status, exc_info=error)
    try:
        await remember_viewer(request)
        return await _error_page(request, told)
    except DATABASE_AWAY:
        # Even who is looking cannot be known now: the same page, for nobody in particular.
        log.exception("error_page_without_viewer")
        request.scope["user"] = None
        return await _error_page(request, Unavailable())


async def _error_page(request: KithRequest, told: KithError) -> Response[Any]:
    headers = {"retry-after": str(told.retry_after)} if isinstance(told, TooMany) else {}
    if isinstance(told, TooLarge) and is_fragment(request):
        told = TooLarge(TEXT_TO_SHORTEN)
    if request.headers.get("hx-target") in LINES_BESIDE_TEXT:
        return await page(request, "errors/_line.html", status_code=told.status, headers=headers, error=told)
    # What another site sent never comes back as a form of ours, one click from done.
    is_ours = not is_from_elsewhere(request)
    cookies = ensure_form_token(request) if is_ours else []
    kept = await keep(request) if is_ours and request.method == "POST" else None
    way_in = _way_in(request, told)
    if kept is None or not kept.has_text:
        if way_in and not is_fragment(request):
            return Redirect(way_in, status_code=303)
        if isinstance(told, FormExpired):
            told = FormExpired(NOTHING_TO_SEND_AGAIN)
        kept = None
    send_as = told.handle if isinstance(told, BegunAsAnother) else ""
    if kept is not None and send_as:
        kept.others[FIELD] = seal_member(require_viewer(request).id, request.app.state.settings)
        if kept.others.get("intent") not in NOT_TO_BE_PUBLISHED:
            kept.others.pop("intent", None)  # the button there says that it sends
    if is_fragment(request):
        # Where no words came along, the page may hold some that this request knows nothing of: it stays.
        target = "#main" if kept else "#said"
        headers |= {"hx-retarget": target, "hx-reswap": "innerHTML show:top", "hx-reselect": "unset"}
    return await page(
        request,
        "errors/_said.html" if is_fragment(request) and kept is None else "errors/error.html",
        status_code=told.status,
        headers=headers,
        cookies=cookies,
        error=told,
        kept=kept,
        send_as=send_as,
        sign_in=isinstance(told, SignInNeeded),
        way_in=way_in,
        layout="_fragment.html" if is_fragment(request) else "base.html",
    )


def _way_in(request: KithRequest, told: KithError) -> str:
    """Return where to sign in, and back from there to the page that was asked for; empty where that does not help."""
    path = WAYS_IN.get(type(told), "")
    if not path:
        return ""
    if is_fragment(request):
        shown = request.headers.get("hx-current-url", "")
    else:
        shown = str(request.url) if request.method == "GET" else _page_of_button(request)
    back = urlsplit(shown)._replace(scheme="", netloc="", fragment="").geturl()
    return f"{path}?next={quote(local_path(back))}"


def _page_of_button(request: KithRequest) -> str:
    """Return the page that a form belongs to: its own address where that shows one, else the nearest one above it."""
    pages = {
        route.path_format for route in request.app.routes if isinstance(route, HTTPRoute) and "GET" in route.methods
    }
    path, template = request.url.path, request.scope["path_template"]
    while template and template not in pages:
        path, template = path.rpartition("/")[0], template.rpartition("/")[0]
    return path
